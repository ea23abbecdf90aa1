"""What several tests share belongs in a module of its own, such as tests/factories.py, and in no test module."""

import ast

from tests.house.reading import ROOT

STILL_IMPORTED = 24
"""Imports from one test module into another that were there when this test was written. The number may only fall."""


def test_no_further_test_module_is_imported_by_another() -> None:
    imports = [
        f"{path.relative_to(ROOT)} imports {node.module}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").rpartition(".")[2].startswith("test_")
    ]
    assert len(imports) <= STILL_IMPORTED, imports

"""What several tests share stands in a module of its own, such as tests/factories.py, and in no test module."""

import ast

from tests.conftest import LONG
from tests.house.reading import ROOT


def test_no_test_module_is_imported_by_another() -> None:
    imports = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in names_imported(node)
        if any(part.startswith("test_") for part in name.split("."))
    ]
    assert imports == []


def names_imported(node: ast.AST) -> list[str]:
    """With its module: from tests.pages import test_alone -> tests.pages.test_alone."""
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def test_the_files_that_begin_first_are_there() -> None:
    assert [name for name in LONG if not (ROOT / "tests" / f"{name}.py").is_file()] == []

"""The table of OWASP ASVS (tests/asvs.toml): whole, and what it calls met is there, with tests that exist.

And what no single file can show: nothing dangerous is called, and scripts and forms are as they should be.
"""

import ast
import re
import tomllib
from typing import Any

from tests.house.reading import CODE, ROOT, TEMPLATES, name_of, nodes

TABLE: dict[str, dict[str, dict[str, Any]]] = tomllib.loads((ROOT / "tests" / "asvs.toml").read_text("utf-8"))
ROWS = {name: row for chapter in TABLE.values() for name, row in chapter.items()}
STATES = ("met", "not", "open")
BY_DESIGN = "by design"
"""In place of files: the product is made without what the requirement forbids, so no file can show it."""
FIRST_LEVEL, BOTH_LEVELS = 70, 253
DANGEROUS = {"eval", "exec", "compile", "system", "popen", "md5", "sha1", "getstatusoutput", "mktemp"}
OBJECTS = {"pickle", "marshal", "shelve", "dill"}
CHANCE_IS_MEANT = ("service/story/", "service/demo/", "service/sandbox/")


def test_every_requirement_of_both_levels_is_in_the_table_once() -> None:
    assert list(TABLE) == [f"V{number}" for number in range(1, 18)]
    assert len(ROWS) == sum(len(chapter) for chapter in TABLE.values()) == BOTH_LEVELS
    assert sum(row["level"] == 1 for row in ROWS.values()) == FIRST_LEVEL
    assert all(re.fullmatch(rf"{chapter}\.\d+\.\d+", name) for chapter, rows in TABLE.items() for name in rows)


def test_a_requirement_has_one_state_and_what_it_names_is_there() -> None:
    for name, row in ROWS.items():
        states = [word for word in STATES if word in row]
        assert len(states) == 1 and row["what"] and row["level"] in (1, 2) and row[states[0]], name
        assert (states == ["met"]) == ("test" in row), name
        if states == ["met"]:
            files = [] if row["met"] == BY_DESIGN else row["met"]
            assert isinstance(files, list) and [file for file in files if not (ROOT / file).is_file()] == [], name
            assert row["test"] and [test for test in row["test"] if not is_there(test)] == [], name


def is_there(test: str) -> bool:
    file, _, name = test.partition("::")
    path = ROOT / file
    return path.is_file() and path.name.startswith("test_") and (not name or f"def {name}(" in path.read_text("utf-8"))


def test_the_readme_leads_to_the_table() -> None:
    assert "tests/asvs.toml" in (ROOT / "README.md").read_text("utf-8")


def test_no_dangerous_function_is_called() -> None:
    """No code or shell line made of text, no objects read back, no broken hash, no chance that can be guessed."""
    objects = set()
    for file, node in nodes(*CODE):
        if isinstance(node, ast.Call) and _is_dangerous(node):
            objects.add(f"{file}: {ast.unparse(node.func)}")
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {name.name for name in node.names} | {getattr(node, "module", None) or ""}
            objects |= {f"{file}: {name}" for name in names & OBJECTS}
            if "random" in names and not str(file).startswith(CHANCE_IS_MEANT):
                objects.add(f"{file}: random")
    assert objects == set()


def _is_dangerous(call: ast.Call) -> bool:
    name, whole = name_of(call.func), ast.unparse(call.func)
    if any(keyword.arg == "shell" for keyword in call.keywords) or whole in ("yaml.load", "tempfile.mktemp"):
        return True
    return name in DANGEROUS and whole not in ("re.compile", "ast.compile", "typst.compile")


def test_a_password_is_masked_and_may_be_pasted() -> None:
    field = re.compile(r'f\.line\(form, "(?:\w*password)"[^}]*')
    pages = {file: file.read_text("utf-8") for file in TEMPLATES}
    asked = [(file.name, line) for file, text in pages.items() for line in field.findall(text)]
    assert len(asked) >= 4
    assert [field for field in asked if 'type="password"' not in field[1] or "autocomplete=" not in field[1]] == []
    hindered = re.compile(r'onpaste|autocomplete="off"')
    assert [file for file, text in pages.items() if field.search(text) and hindered.search(text)] == []


def test_scripts_keep_nothing_in_the_browser() -> None:
    stores = re.compile(r"localStorage|sessionStorage|indexedDB|document\.cookie|\beval\(|new Function|postMessage")
    scripts = sorted((ROOT / "service").rglob("*.js"))
    assert len(scripts) >= 2
    assert [file for file in scripts if stores.search(file.read_text("utf-8"))] == []

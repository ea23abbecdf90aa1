"""The paths that README and the newest changes show exist, and each package says what lives there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.reading import ROOT, tree

IN_BACKQUOTES = re.compile(r"`([a-z.][\w.{},<>/:-]*)`")
IS_A_PATH = re.compile(r"/|\.(py|sql|toml|md)$")
IN_BRACES = re.compile(r"{([^{}]*)}")
MADE_BY_USE = {".data/", "verify.py"}
"""The folder that `make run` fills, and the program in the zip of the evidence."""
LAYERS = ("service", "workflows", "tenants")
PACKAGES = sorted(file for layer in LAYERS for file in (ROOT / layer).rglob("__init__.py"))


def expanded(path: str) -> list[str]:
    """The paths that braces stand for, as in a shell."""
    braces = IN_BRACES.search(path)
    if not braces:
        return [path]
    before, after = path[: braces.start()], path[braces.end() :]
    return [whole for word in braces[1].split(",") for whole in expanded(before + word + after)]


def paths_in(line: str) -> Iterator[str]:
    """The paths that a line shows. A name without a folder stands in the folder of the path before it on the line."""
    folder = ""
    for shown in IN_BACKQUOTES.findall(line):
        if not IS_A_PATH.search(shown) or "://" in shown or shown in MADE_BY_USE:
            continue
        path = shown.partition("::")[0]
        if "/" in path:
            folder = path.rpartition("/")[0]
        yield from expanded(path if "/" in path else f"{folder}/{path}".lstrip("/"))


def missing(text: str) -> list[str]:
    """The paths in this text that are not in the repository; `<name>` stands for any name."""
    return [
        path for line in text.splitlines() for path in paths_in(line)
        if not any(ROOT.glob(re.sub(r"<\w+>", "*", path).rstrip("/")))
    ]  # fmt: skip


def unreleased() -> str:
    return (ROOT / "CHANGELOG.md").read_text("utf-8").partition("\n## Unreleased\n")[2].partition("\n## ")[0]


def test_every_path_that_readme_shows_exists():
    text = (ROOT / "README.md").read_text("utf-8")
    assert len([path for line in text.splitlines() for path in paths_in(line)]) > 120 and missing(text) == []


def test_every_path_that_the_newest_changes_show_exists():
    assert unreleased() and missing(unreleased()) == []


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("`tenants/identity/{passwords,totp}.py`", []),
        ("`tenants/{passwords,lines}.py`", ["tenants/passwords.py"]),
        ("`workflows/law/periods.py`; a local time: `moments.py`", []),
        ("`workflows/law/periods.py`; in a breach: `moved_term.py`", ["workflows/law/moved_term.py"]),
        ("`migrations/schema/functions/<name>.sql` and `tests/asvs.toml::x`, `steps`", []),
        ("`nowhere/`", ["nowhere/"]),
    ],
)
def test_a_path_that_does_not_exist_is_seen(text: str, absent: list[str]):
    assert missing(text) == absent


@pytest.mark.parametrize("file", PACKAGES, ids=lambda file: str(file.parent.relative_to(ROOT)))
def test_each_package_says_what_lives_there_and_what_it_may_import(file: Path):
    words = ast.get_docstring(tree(file)) or ""
    assert len(words.splitlines()) >= 3 and len(re.findall(r"[.:](?:\s|$)", words)) >= 2
    assert re.search(r"\b[Mm]ay (?:then )?import\b|\bImports nothing else\b", words)

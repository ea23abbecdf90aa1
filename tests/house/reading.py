"""Reading our own house: its files, its syntax trees, its texts."""

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

from workflows.text_files import texts_in

ROOT = Path(__file__).parents[2]
CODE = ("service", "workflows", "tenants", "migrations")
TEMPLATES = sorted((ROOT / "service").rglob("*.html"))
SHOWN = re.compile(r"^ +(?:\.venv/bin/|\$ )meldketen (.*)$", re.M)
BESIDE = re.compile(r" {2,}\(.*$")
SERVICE_TEXTS = ROOT / "service" / "translations"
MAIL_TEXTS = ROOT / "workflows" / "mail" / "texts"


def python_files(*folders: str) -> list[Path]:
    """Every Python file in these folders, and wsgi.py when it is the whole house."""
    files = [file for folder in folders or (*CODE, "tests") for file in (ROOT / folder).rglob("*.py")]
    return sorted(files if folders else [*files, ROOT / "wsgi.py"])


@cache
def tree(file: Path) -> ast.Module:
    """What this file says."""
    return ast.parse(file.read_text("utf-8"))


def nodes(*folders: str) -> Iterator[tuple[Path, ast.AST]]:
    """Every node of every file in these folders."""
    for file in python_files(*folders):
        place = file.relative_to(ROOT)
        for node in walked(file):
            yield place, node


@cache
def walked(file: Path) -> list[ast.AST]:
    """Every node of this file; many tests of the house ask for all of them."""
    return list(ast.walk(tree(file)))


def name_of(node: ast.expr) -> str:
    """The last word of what is called: t, db.session.get -> get."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def texts(folder: Path) -> dict[str, str]:
    """Every text of one language, by its whole key."""
    return texts_in(folder)


def beginnings(expression: ast.expr) -> tuple[str, bool]:
    """What a key begins with, and whether that is all of it."""
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        return expression.value, True
    if isinstance(expression, ast.JoinedStr) and isinstance(expression.values[0], ast.Constant):
        return str(expression.values[0].value), False
    return "", False


def keys_in_templates() -> Iterator[tuple[Path, str, bool]]:
    """Every key that a template asks for, or its beginning when the rest is only known later."""
    asked = re.compile(r"""\bt\(\s*(?P<quote>["'])(?P<key>[^"']*)(?P=quote)\s*(?P<more>~)?""")
    for file in TEMPLATES:
        for match in asked.finditer(file.read_text("utf-8")):
            yield file.relative_to(ROOT), match["key"], match["more"] is None


def commands_in(section: str = "") -> list[list[str]]:
    """The words of each command that README shows on a line of its own; of the section with this title, or of all."""
    text = (ROOT / "README.md").read_text("utf-8")
    if section:
        text = text.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    lines = [BESIDE.sub("", line) for line in SHOWN.findall(text)]
    return [shlex.split(re.sub(r"[\[\]]", "", line)) for line in lines]


def mentioned(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}

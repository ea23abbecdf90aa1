"""What each route calls, as it stands in the code: from a view down to the statements of the tenants' layer."""

import ast
import re
from collections.abc import Iterator
from copy import copy
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
LAYERS = ("service", "workflows", "tenants")
CHANGES = re.compile(r"\.(?:post|put|delete|patch)\(|methods=\[(?!['\"]GET['\"]\])")
"""How the decorator of a view says that it changes something."""
Name = tuple[str, str]
"""A module, and a function or constant in it."""


class Code:
    """The functions and constants of all modules, by what they name."""

    def __init__(self) -> None:
        self.texts: dict[Name, str] = {}
        self.uses: dict[Name, set[Name]] = {}
        self.views: set[Name] = set()
        for layer in LAYERS:
            for file in sorted((ROOT / layer).rglob("*.py")):
                self.read(".".join(file.relative_to(ROOT).with_suffix("").parts), file.read_text("utf-8"))

    def read(self, module: str, text: str) -> None:
        """Add what this module defines, by its text."""
        tree, lines = ast.parse(text), text.splitlines()
        imported = _imported(tree)
        defined = {name: node for node in tree.body for name in _names_of(node)}
        for name, node in defined.items():
            used = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} - {name}
            here = {(module, each) for each in used & set(defined)}
            there = {imported[each] for each in used - set(defined) if each in imported}
            self.uses[module, name] = here | there | set(_of_modules(node, imported))
            self.texts[module, name] = "\n".join(lines[node.lineno - 1 : node.end_lineno])
            decorators = getattr(node, "decorator_list", [])
            if any(CHANGES.search(ast.unparse(each)) for each in decorators):
                self.views.add((module, name))

    def copy(self) -> "Code":
        """The same, to add modules to."""
        other = copy(self)
        other.texts, other.uses, other.views = dict(self.texts), dict(self.uses), set(self.views)
        return other

    def reached_from(self, start: Name) -> set[Name]:
        """Everything that this function leads to, and itself."""
        reached, waiting = {start}, [start]
        while waiting:
            for each in self.uses.get(waiting.pop(), set()) - reached:
                reached.add(each)
                waiting.append(each)
        return reached

    def routes_to(self, statement: re.Pattern[str]) -> set[str]:
        """The views that change something and lead to a constant whose text has this statement, as "module view"."""
        meant = {name for name, text in self.texts.items() if name[1].isupper() and statement.search(text)}
        return {f"{module} {view}" for module, view in self.views if self.reached_from((module, view)) & meant}


def _imported(tree: ast.Module) -> dict[str, Name]:
    """What each imported name stands for; of a module, its whole name in pieces."""
    from_module = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module for alias in node.names
    }  # fmt: skip
    modules = {
        alias.asname or alias.name: (*alias.name.rpartition(".")[::2],)
        for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }  # fmt: skip
    return from_module | modules


def _of_modules(node: ast.AST, imported: dict[str, Name]) -> Iterator[Name]:
    """What is named by its module, as in `advance.complete` or `workflows.engine.advance.complete`."""
    for each in ast.walk(node):
        if isinstance(each, ast.Attribute) and (of := imported.get(_dotted(each.value))):
            yield ".".join(part for part in of if part), each.attr


def _dotted(node: ast.expr) -> str:
    """The name that an expression is, with dots; "" for another expression."""
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return before and f"{before}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _names_of(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]


@cache
def code() -> Code:
    """Read once."""
    return Code()

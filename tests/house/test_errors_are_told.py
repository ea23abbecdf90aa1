"""Whoever calls a public function reads in its docstring which errors it raises by itself, and when."""

import ast
from collections.abc import Iterator

from tests.house.reading import CODE, name_of, python_files, tree

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def public_functions(inside: ast.Module | ast.ClassDef) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Each public function of a module, and each public method of its classes."""
    for node in inside.body:
        if isinstance(node, ast.ClassDef):
            yield from public_functions(node)
        elif isinstance(node, FUNCTIONS) and not node.name.startswith("_"):
            yield node


def raised_in(node: ast.AST) -> Iterator[str]:
    """The class of each error that is raised here, not in a function inside it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Raise):
            error = child.exc.func if isinstance(child.exc, ast.Call) else child.exc
            name = error.attr if isinstance(error, ast.Attribute) else error.id if isinstance(error, ast.Name) else ""
            if name[:1].isupper():
                yield name
        elif not isinstance(child, (*FUNCTIONS, ast.ClassDef, ast.Lambda)):
            yield from raised_in(child)


def leaving(function: ast.AST) -> set[str]:
    """The class of each error that a caller sees: raised here, and not caught here."""
    caught = {name_of(node.type) for node in ast.walk(function) if isinstance(node, ast.ExceptHandler) and node.type}
    return set(raised_in(function)) - caught


def test_a_public_function_names_the_errors_that_it_raises():
    """By their class, in its docstring: "Raises NotFound when ..."."""
    raising = [
        (f"{file}:{function.name}", leaving(function), ast.get_docstring(function) or "")
        for file in python_files(*CODE) for function in public_functions(tree(file))
    ]  # fmt: skip
    assert len([name for name, errors, _ in raising if errors]) > 100
    silent = {name: errors for name, errors, said in raising if any(error not in said for error in errors)}
    assert silent == {}

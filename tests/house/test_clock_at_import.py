"""No test takes the day when it is imported: a run that begins before midnight ends on the day after."""

import ast
from collections.abc import Iterator

from tests.house.reading import ROOT, python_files, tree

CLOCKS = {"now", "today", "utcnow"}


def at_import(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when a module is imported: everything but what stands within functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.Lambda):
            waiting = [*child.args.defaults, *getattr(child, "decorator_list", [])]
        else:
            waiting = [child]
        for part in waiting:
            yield part
            yield from at_import(part)


def clocks_read(module: ast.Module) -> list[str]:
    return [ast.unparse(node) for node in at_import(module) if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS]  # fmt: skip


def test_no_test_reads_the_clock_when_it_is_imported() -> None:
    read = {str(file.relative_to(ROOT)): clocks_read(tree(file)) for file in python_files("tests")}
    assert {file: calls for file, calls in read.items() if calls} == {}
    assert len(read) > 300


def test_it_is_found_in_a_constant_a_decorator_and_a_default() -> None:
    for text in ("X = datetime.now(UTC)", "class A:\n    x = [date.today()]", "@mark(datetime.now())\ndef f(): pass",
                 "def f(at=datetime.now()): pass"):  # fmt: skip
        assert len(clocks_read(ast.parse(text))) == 1, text
    assert clocks_read(ast.parse("def f():\n    return datetime.now()\nx = lambda: date.today()")) == []

"""Variables are named after what they hold: `payload`, `breach`, `row`, never a word that fits everything."""

import ast
import re

from tests.house.reading import CODE, ROOT, TEMPLATES, nodes

EMPTY = {"told", "given", "found", "one"}
BOUND_IN_A_TEMPLATE = re.compile(r"{%-? *(?:for|set|macro \w+\() *([\w, ]+)")


def bound(node: ast.AST) -> str | None:
    """The name that this node gives to a value; None when it gives none."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        return node.attr
    return node.arg if isinstance(node, ast.arg) else None


def test_no_variable_has_a_name_that_fits_everything():
    names = [(str(file), bound(node)) for file, node in nodes(*CODE, "tests/trials")]
    assert len([name for _, name in names if name]) > 3000
    assert {(file, name) for file, name in names if name in EMPTY} == set()


def test_no_variable_of_a_template_has_a_name_that_fits_everything():
    names = [
        (str(file.relative_to(ROOT)), name)
        for file in TEMPLATES for words in BOUND_IN_A_TEMPLATE.findall(file.read_text("utf-8"))
        for name in re.findall(r"\w+", words.partition(" in ")[0])
    ]  # fmt: skip
    assert len(names) > 200 and [(file, name) for file, name in names if name in EMPTY] == []

"""An assertion of a test says which answer is right: one that many answers satisfy can hardly fail."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.reading import nodes

PLAIN = {"bool", "bytes", "dict", "float", "int", "list", "object", "set", "str", "tuple", "UUID"}
SEVERAL = (ast.In, ast.NotIn, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
OF_TRIALS = "tests/trials/"
"""The attack sends what nobody foresaw, so it can only say which answers are wrong."""
SOFT = [
    "assert answer.status_code in (200, 412)", "assert answer.status_code < 500",
    "assert 200 <= answer.status_code < 300",
    "assert len(followed) == 1 and QUEUE", "assert True", "assert 'found'", "assert isinstance(bakery.breach, UUID)",
    "assert isinstance(answer.json, (dict, list))",
]  # fmt: skip
HARD = [
    "assert answer.status_code == 200", "assert found and found[1] == NAME",
    "assert isinstance(fault.orig, CheckViolation)",
    "assert isinstance(row, dict) and row['name'] == 'Anna'",
    "assert answer.status_code != 413 and len(answer.data) < MOST",
]  # fmt: skip


def parts_of(condition: ast.expr) -> Iterator[ast.expr]:
    """What must hold each for itself: a and b and c -> a, b, c."""
    if isinstance(condition, ast.BoolOp) and isinstance(condition.op, ast.And):
        for part in condition.values:
            yield from parts_of(part)
    else:
        yield condition


def is_constant(condition: ast.expr) -> bool:
    return isinstance(condition, ast.Constant) or (isinstance(condition, ast.Name) and condition.id.isupper())


def takes_several_statuses(condition: ast.expr) -> bool:
    """Whether the status of an answer is compared with a range or with a list."""
    if not isinstance(condition, ast.Compare) or not any(isinstance(op, SEVERAL) for op in condition.ops):
        return False
    compared = [condition.left, *condition.comparators]
    return any(isinstance(side, ast.Attribute) and side.attr == "status_code" for side in compared)


def is_of_a_plain_type(condition: ast.expr) -> bool:
    """Whether all that is asserted is that a value is text, a number, a list or an id."""
    if not isinstance(condition, ast.Call) or ast.unparse(condition.func) != "isinstance":
        return False
    return {node.id for node in ast.walk(condition.args[1]) if isinstance(node, ast.Name)} <= PLAIN


def is_soft(condition: ast.expr) -> bool:
    parts = list(parts_of(condition))
    return is_of_a_plain_type(condition) or any(is_constant(part) or takes_several_statuses(part) for part in parts)


def condition_in(line: str) -> ast.expr:
    [statement] = ast.parse(line).body
    assert isinstance(statement, ast.Assert)
    return statement.test


@pytest.mark.parametrize("line", SOFT)
def test_an_assertion_that_hardly_fails_is_known(line: str) -> None:
    assert is_soft(condition_in(line)) is True


@pytest.mark.parametrize("line", HARD)
def test_an_assertion_of_one_answer_may_stay(line: str) -> None:
    assert is_soft(condition_in(line)) is False


def test_no_assertion_of_a_test_can_hardly_fail() -> None:
    soft = [
        f"{file}:{node.lineno}: {ast.unparse(node)}" for file, node in nodes("tests")
        if isinstance(node, ast.Assert) and not str(file).startswith(OF_TRIALS) and is_soft(node.test)
    ]  # fmt: skip
    assert soft == []

"""Every pattern of the product reads a text of n signs in about n steps, or reads only short ones, at a named place."""

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.house.backtracking import TakesForEver, Work
from tests.house.reading import ROOT, name_of, nodes, python_files

N = 60
MOST_GROWTH = 2.6
"""Work at 2n by work at n: 2 when it is linear, 4 when it takes the square."""
SIGNS = ("a", " ", "-", "1", ".", "a-", "1 ", "a.", " t/m ", "@", "a@", "%", "{a", "https://", "\n", "x, ", "1.000")
SHORT_ONLY = {
    "service.running.logs:ADDRESS": "value[:LONGEST_VALUE]",
    "service.running.logs:PLACE": "filled), record.msg",
    "service.sandbox.rules:MAILBOX": r"(?=.{{1,254}}\Z)",
    "service.reading.values.moment:_TIMED": "cell[:LONGEST]",
    "workflows.mail.reasons:ADDRESS": "reason[: 4 * LONGEST]",
}
"""Patterns that look for something from every place, and what keeps the text short: a cut, or that it is our own."""
SEARCHING = {"search", "sub", "findall", "finditer", "split", "subn"}
PRODUCT = ("service", "workflows", "tenants")


def compiled() -> Iterator[tuple[str, "re.Pattern[str]"]]:
    """Every pattern that a module of the product holds, by module and name."""
    for file in python_files(*PRODUCT):
        words = file.relative_to(ROOT).with_suffix("").parts
        if words[:2] == ("service", "story"):
            continue
        module = importlib.import_module(".".join(words[:-1] if words[-1] == "__init__" else words))
        for name, value in vars(module).items():
            yield from ((f"{module.__name__}:{name}{place}", pattern) for place, pattern in patterns_in(value))


def patterns_in(value: object) -> Iterator[tuple[str, "re.Pattern[str]"]]:
    """A pattern, or those in a dictionary or in rows."""
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield "", value
    elif isinstance(value, dict):
        yield from ((f".{key}", inner) for key, inner in value.items() if isinstance(inner, re.Pattern))
    elif isinstance(value, tuple):
        for at, inner in enumerate(value):
            yield from ((f".{at}{place}", pattern) for place, pattern in patterns_in(inner))


def in_place() -> Iterator[tuple[str, "re.Pattern[str]"]]:
    """Every pattern that stands in a call: re.fullmatch("...", text)."""
    for file, node in nodes(*PRODUCT):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            pattern = node.args[0] if name_of(node.func.value) == "re" else None
            if isinstance(pattern, ast.Constant) and name_of(node.func) != "compile":
                yield f"{file}:{name_of(node.func)}:{pattern.value}", re.compile(str(pattern.value))


@cache
def searched() -> set[tuple[str, str]]:
    """The module and the name of what is called that looks from every place."""
    return {
        (str(file.with_suffix("")).replace("/", "."), name_of(node.func.value)) for file, node in nodes(*PRODUCT)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SEARCHING
    }  # fmt: skip


@cache
def every_pattern() -> dict[str, "re.Pattern[str]"]:
    """Every pattern of the product; read when a test asks, because each worker collects every file of tests."""
    return dict(compiled()) | dict(in_place())


def grows(pattern: "re.Pattern[str]", signs: str, search: bool) -> bool:
    """Whether twice as much text takes more than about twice the steps."""
    few, many = (Work(pattern, signs * (n // len(signs)) + "!") for n in (N, 2 * N))
    try:
        least, most = (work.of_search() if search else work.of_fullmatch() for work in (few, many))
    except TakesForEver:
        return True
    return most > MOST_GROWTH * max(least, N)


def looks_everywhere(key: str) -> bool:
    """Whether the pattern is searched for: in its own module, or in one that took it from there."""
    module, _, rest = key.partition(":")
    if "/" in module:
        return rest.partition(":")[0] in SEARCHING
    name = rest.partition(".")[0]
    others = {key.partition(":")[0] for key in every_pattern() if key.endswith(f":{name}")} - {module}
    return any(called == name and place not in others for place, called in searched())


def test_there_are_patterns():
    assert len(every_pattern()) > 20
    assert set(SHORT_ONLY) <= set(every_pattern())


def test_each_pattern_reads_in_one_go():
    growing = [
        (key, signs) for key, pattern in every_pattern().items() if key not in SHORT_ONLY
        for signs in SIGNS if grows(pattern, signs, looks_everywhere(key))
    ]  # fmt: skip
    assert growing == []


@pytest.mark.parametrize("key", sorted(SHORT_ONLY))
def test_what_keeps_a_text_short_stands_beside_its_pattern(key: str):
    source = ROOT / f"{key.partition(':')[0].replace('.', '/')}.py"
    assert SHORT_ONLY[key] in source.read_text("utf-8")


@pytest.mark.parametrize("pattern", [r"(.+?)\s*(?:-|tot)\s*(.+)", r"(a+)+b", r"\s+\s+x", r"(a|a)*b"])
def test_the_count_sees_what_would_take_for_ever(pattern: str):
    assert any(grows(re.compile(pattern), signs, search=False) for signs in SIGNS)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [(r"\w+\s", "a "), ("[0-9]{1,3}([.][0-9]{3})+", "1.000.000"), ("(a|b)+c?", "abab"), ("a*?b", "aab")],
)  # fmt: skip
def test_the_count_matches_what_python_matches(pattern: str, text: str):
    work = Work(re.compile(pattern), text)
    assert work.matches() == (re.fullmatch(pattern, text) is not None)

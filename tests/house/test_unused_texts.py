"""Every text is asked for by a page, a command or the API, so that no text stands there which nobody reads."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from jinja2 import Environment
from jinja2 import nodes as of_template

from tests.house.reading import ROOT, SERVICE_TEXTS, TEMPLATES, name_of, nodes, texts

PRODUCT = ("service", "workflows", "tenants")
WORD = re.compile(r"[a-z0-9_.-]+", re.I)
BEGINNING = re.compile(r"[a-z_]+\.[a-z_.]*")
PART = re.compile(r"[a-z_]{3,}[_.]")
KEPT = ("labels.articles.", "labels.history.")
"""What names an article of the law or an entry of a history. Their keys are made from words that may stand in the
database alone, so an older entry can still be told; test_texts.py sees that none is missing."""


def parts_of(node: ast.expr | of_template.Node) -> list[str | None]:
    """The parts of a text that is built, in their order; None for a part that is known later only."""
    if isinstance(node, ast.JoinedStr):
        return [part for value in node.values for part in parts_of(value)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*parts_of(node.left), *parts_of(node.right)]
    if isinstance(node, of_template.Concat):
        return [part for value in node.nodes for part in parts_of(value)]
    if isinstance(node, ast.Constant | of_template.Const) and isinstance(node.value, str):
        return [node.value]
    return [None]


def joined(parts: list[str | None]) -> list[str | None]:
    """The same parts, where those that follow each other and are known later are one."""
    return [part for at, part in enumerate(parts) if part is not None or at == 0 or parts[at - 1] is not None]


@cache
def constants() -> frozenset[str]:
    """Every whole text in the product's code and templates."""
    in_code = {node.value for _, node in nodes(*PRODUCT) if isinstance(node, ast.Constant)}
    in_templates = {node.value for tree in templates() for node in tree.find_all(of_template.Const)}
    return frozenset(value for value in in_code | in_templates if isinstance(value, str))


@cache
def templates() -> list[of_template.Template]:
    return [Environment(autoescape=True).parse(file.read_text("utf-8")) for file in TEMPLATES]


def built() -> Iterator[list[str | None]]:
    """The parts of every text that is built while the product runs."""
    for _, node in nodes(*PRODUCT):
        if isinstance(node, ast.JoinedStr | ast.BinOp):
            yield parts_of(node)
    for tree in templates():
        yield from map(parts_of, tree.find_all(of_template.Concat))


@cache
def patterns() -> list[tuple[str, re.Pattern[str]]]:
    """What a key that is built begins with, and what it can be. The parts that are known later are groups."""
    halves: list[list[str | None]] = [[value, None] for value in constants() if value.endswith((".", "_"))]
    all_parts = [joined(parts) for parts in [*built(), *halves] if BEGINNING.fullmatch(parts[0] or "")]
    begun = {tuple(parts) for parts in all_parts if None in parts}
    return [(parts[0] or "", re.compile("".join(r"([\w.-]+)" if part is None else re.escape(part) for part in parts)))
            for parts in sorted(begun, key=str)]  # fmt: skip


@cache
def words() -> frozenset[str]:
    """Every word in the product's code and its SQL: what a part of a key that is known later can be."""
    kinds = [f"{folder}/**/*.{kind}" for folder in PRODUCT for kind in ("py", "html", "typ", "json", "toml")]
    files = [file for kind in (*kinds, "migrations/**/*.sql") for file in ROOT.glob(kind)]
    read = (file.read_text("utf-8") for file in files if SERVICE_TEXTS not in file.parents)
    tokens = {token.strip(".") for text in read for token in WORD.findall(text)}
    return frozenset(word for token in tokens for word in (*token.split("."), re.sub(r"\W", "_", token)))


@cache
def endings() -> tuple[str, ...]:
    """Every text that is set behind a key, as in `t(key ~ ".title")` and `t(key ~ ("_why" if ...))`."""
    within = [part.value for tree in templates() for node in tree.find_all(of_template.Concat)
              for part in node.find_all(of_template.Const)]  # fmt: skip
    within += [part for parts in built() if parts[0] is None for part in parts if part]
    within += [value for value in constants() if value.startswith("_")]
    return tuple({part for part in within if isinstance(part, str) and part[:1] in ("_", ".") and part[1:]})


@cache
def starts() -> tuple[str, ...]:
    """What a part that is itself built can begin with, as in `t(f"confirm.{kind}")` with `f"processor_{answer}"`."""
    begun = {parts[0] for parts in built() if parts[0] and None in parts} | constants()
    return tuple({re.sub(r"\W", "_", start) for start in begun if PART.fullmatch(start)})


def is_asked_for(key: str) -> bool:
    whole = [key, *(key.removesuffix(end) for end in endings() if key.endswith(end))]
    return any(known in constants() or is_built(known) for known in whole)


def is_built(key: str) -> bool:
    matches = ((pattern.fullmatch(key), start) for start, pattern in patterns() if key.startswith(start))
    return any(all(can_be_a_part(part, start) for part in match.groups()) for match, start in matches if match)


def can_be_a_part(part: str, start: str) -> bool:
    """Whether this can be the part of a key that is known later. A refusal is raised by the key of its own text."""
    if start == "errors." and "." in part:
        return is_asked_for(part)
    return all(is_a_word(word) for word in part.split("."))


def is_a_word(word: str) -> bool:
    return word in words() or any(word.startswith(start) and word[len(start) :] in words() for start in starts())


@cache
def read_alone() -> set[str]:
    """The files of texts of which a command or a page asks by keys without the file's name."""
    return {
        node.args[0].value for _, node in nodes("service")
        if isinstance(node, ast.Call) and name_of(node.func) == "law_texts" and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }  # fmt: skip


def is_asked_for_alone(key: str) -> bool:
    file, _, rest = key.partition(".")
    return file in read_alone() and (rest in constants() or all(map(is_a_word, rest.split("."))))


def test_every_text_is_asked_for():
    unused = [
        key for key in texts(SERVICE_TEXTS / "nl")
        if not any(map(is_asked_for, {key, key.removesuffix("_one")})) and not key.startswith(KEPT)
        and not any(map(is_asked_for_alone, {key, key.removesuffix("_one")}))
    ]  # fmt: skip
    assert len(patterns()) > 50 and unused == []

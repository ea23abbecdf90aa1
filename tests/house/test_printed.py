"""What somebody typed, in every template: a name does not turn the page around, and a long text keeps its lines."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, nodes

from service.evidence.page import _template
from service.words.printed import FILTERS, Typed, dialled, in_its_place
from tenants.lines import END, ISOLATE
from tests.conftest import Database
from tests.house.reading import ROOT, TEMPLATES, name_of
from tests.house.reading import nodes as python_nodes

SARA = "שרה כהן"
PAGES = [file for file in TEMPLATES if "sandbox" not in file.parts]
KEY = re.compile(r"[a-z_.#-]+")
BY_ANOTHER_NAME = {"returned", "finding"}
"""Long texts that a template knows by a name of their own."""
ROWS = {"breach", "incident", "notice", "subject"}


@pytest.fixture(scope="module")
def columns(database: Database) -> dict[str, set[str]]:
    """The names of the columns that hold a line, and of those that hold a long text, by the checks of the database."""
    rows = database.outside("""
        select a.attname as name, string_agg(pg_get_constraintdef(k.oid), ' ') as checks
          from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any (k.conkey)
         where k.contype = 'c' group by a.attrelid, 1""")
    return {
        kind: {row["name"] for row in rows if f"{kind}({row['name']}" in row["checks"].replace("((", "(")}
        for kind in ("is_one_line", "is_long_text")
    }  # fmt: skip


def templates() -> Iterator[tuple[str, nodes.Template]]:
    environment = Environment(autoescape=True)
    environment.filters.update(FILTERS)
    for file in PAGES:
        yield str(file.relative_to(ROOT)), environment.parse(file.read_text("utf-8"))


def printed() -> Iterator[tuple[str, nodes.Expr]]:
    """Each expression that a template prints, with its place."""
    for name, template in templates():
        for output in template.find_all(nodes.Output):
            for part in output.nodes:
                if not isinstance(part, nodes.TemplateData):
                    yield f"{name}:{part.lineno}", part


def read_in(part: nodes.Node) -> Iterator[nodes.Node]:
    """What an expression shows as it is: not what a function makes a word of, only what t() or said() shows."""
    yield part
    if isinstance(part, nodes.Call) and not shows_as_it_is(part.node):
        return
    for inner in part.iter_child_nodes():
        yield from read_in(inner)


def shows_as_it_is(function: nodes.Expr) -> bool:
    if isinstance(function, nodes.Getattr):
        return function.attr == "said"
    return isinstance(function, nodes.Name) and function.name == "t"


def is_long(part: nodes.Node, names: set[str]) -> bool:
    if isinstance(part, nodes.Getitem) and isinstance(part.arg, nodes.Name):
        return isinstance(part.node, nodes.Name) and part.node.name in ROWS
    return isinstance(part, nodes.Getattr) and part.attr in names


def test_every_long_text_keeps_its_lines(columns: dict[str, set[str]]) -> None:
    names = columns["is_long_text"] | BY_ANOTHER_NAME
    assert {"description", "cause", "decision_reason", "late_reason", "review"} <= names
    shown = [(at, part) for at, part in printed() if any(is_long(inner, names) for inner in read_in(part))]
    bare = {at for at, part in shown if not (isinstance(part, nodes.Filter) and part.name == "paragraphs")}
    assert len(shown) > 15 and bare == set()


def test_paragraphs_have_a_class_of_their_own(app: Flask) -> None:
    page = app.jinja_env.from_string("{{ text|paragraphs }}", {"text": "een\n<twee>"}).render()
    assert page == '<span class="long">een\n&lt;twee&gt;</span>'
    assert app.jinja_env.from_string("{{ none|paragraphs }}{{ '<een>'|paragraphs }}").render() == "&lt;een&gt;"
    assert ".long { white-space: pre-line;" in (ROOT / "service/web/static/meldketen.css").read_text("utf-8")


def test_whatever_a_template_prints_keeps_to_its_place(app: Flask) -> None:
    calls = [(file, node.func) for file, node in python_nodes("service") if isinstance(node, ast.Call)]
    made = {file for file, function in calls if name_of(function) == "Environment"}
    assert made == {Path("service/evidence/page.py")}, "an environment of its own"
    for environment in (app.jinja_env, _template().environment):
        assert environment.finalize is in_its_place
        page = environment.from_string("{{ name }}|{{ [name]|map('isolated')|join(', ') }}|{{ typed }}")
        aside = f"{ISOLATE}{SARA}{END}"
        assert page.render(name=SARA, typed=Typed(SARA)) == f"{aside}|{aside}|{SARA}"
        assert page.render(name="Sara", typed="") == "Sara|Sara|"


def test_names_beside_each_other_are_isolated_one_by_one(columns: dict[str, set[str]]) -> None:
    """In a list of names, and in a name behind something else: what is printed is isolated only as a whole."""
    joined = bare = 0
    for name, template in templates():
        for filtered in template.find_all(nodes.Filter):
            if filtered.name == "join":
                inner, joined = filtered.node, joined + 1
                assert isinstance(inner, nodes.Filter) and inner.name == "map", f"{name}:{filtered.lineno}"
                assert inner.args == [nodes.Const("isolated")], f"{name}:{filtered.lineno}"
        for beside in template.find_all(nodes.Concat):
            first = beside.nodes[0]
            if not (isinstance(first, nodes.Const) and KEY.fullmatch(str(first.value))):
                bare += 1
                names = [part.attr for part in beside.nodes if isinstance(part, nodes.Getattr)]
                assert not set(names) & (columns["is_one_line"] | {"title"}), f"{name}:{beside.lineno}"
    assert joined > 1 and bare > 5


def test_what_a_field_holds_is_what_was_typed(columns: dict[str, set[str]]) -> None:
    """No sign is put into a field: its value is what a form gives back, or a word or number of our own."""
    texts, values = columns["is_one_line"] | columns["is_long_text"], re.compile(r'\bvalue="\{\{(.*?)\}\}"')
    printed = [(file.name, value) for file in PAGES for value in values.findall(file.read_text("utf-8"))]
    typed = {(name, value) for name, value in printed if set(re.findall(r"\.(\w+)", value)) & texts}
    assert len(printed) > 20 and typed == set()


LEADS = re.compile(r'\b(?:href|src|action|formaction)="([^"]*)"')
PHONES = {
    "020 123 45 67": "0201234567", "+31 (0)6-12.34.56.78": "+31612345678", "(020) 1234567": "0201234567", "112": "112",
    "06 12345678 (9-17 uur)": "0612345678", "06 12345678 of 06 87654321": "0612345678", "onbekend": "", "zie 2": "",
    "12": "", "": "", "1234567890123456": "", f"{ISOLATE}020 1234567 {SARA}{END}": "0201234567", SARA: "",
    "٠٢٠١٢٣": "",
    "javascript:1": "", "06;phone-context=x": "",
}  # fmt: skip


def test_no_address_in_a_template_holds_what_somebody_typed(columns: dict[str, set[str]]) -> None:
    """Where a link leads, no sign of direction may stand: a line that is typed goes through a filter or url_for."""
    environment = Environment()
    environment.filters.update(FILTERS)
    texts, bare, seen = columns["is_one_line"] | columns["is_long_text"], set(), 0
    for file in PAGES:
        for address in LEADS.findall(file.read_text("utf-8")):
            for output in environment.parse(address).find_all(nodes.Output):
                for part in output.nodes:
                    seen += not isinstance(part, nodes.TemplateData)
                    bare |= {(file.name, typed) for typed in typed_in(part) if typed in texts | {"phone", "email"}}
    assert seen > 100 and bare == set()


def typed_in(part: nodes.Node) -> Iterator[str]:
    """The columns that an expression prints as they are, or through a filter that keeps their signs."""
    if isinstance(part, nodes.Call) or (isinstance(part, nodes.Filter) and part.name in ("dialled", "urlencode")):
        return
    if isinstance(part, nodes.Getattr) and not (isinstance(part.node, nodes.Name) and part.node.name == "step"):
        yield part.attr  # a step's name is a word of ours
    for inner in part.iter_child_nodes():
        yield from typed_in(inner)


@pytest.mark.parametrize("typed", PHONES)
def test_a_link_dials_a_number_and_nothing_else(app: Flask, typed: str) -> None:
    assert dialled(typed) == PHONES[typed]
    with app.test_request_context():
        page = app.jinja_env.from_string("{% import 'parts.html' as p %}{{ p.phone(typed) }}").render(typed=typed)
    assert re.findall('href="([^"]*)"', page) == ([f"tel:{PHONES[typed]}"] if PHONES[typed] else [])
    pages = [file.read_text("utf-8") for file in PAGES]
    assert sum('"tel:' in text for text in pages) == 1, "one place makes such links"

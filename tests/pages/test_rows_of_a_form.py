"""A form shows no more rows than its list may have, and some to choose from: the rest is refused and left out."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from marshmallow import Schema, fields
from werkzeug.datastructures import MultiDict

from service.typed.document import MOST_ROWS, SPARE_ROWS, rows_shown
from service.web.form_answers import MOST_ORGANISATIONS
from service.web.forms import MOST_OF_A_FORM, MOST_ROWS_ON_A_PAGE, Form
from tenants.history.entries import Actor
from tests.conftest import Database
from tests.factories import Office
from tests.house.schemas import schemas_to_fill_in
from tests.pages.conftest import Reader, slug_of
from tests.pages.forms import TEMPLATES

Login = Callable[[Actor], Reader]
MANY = 6000
ROWS = re.compile(r'\.rows\("(\w+)", \w+(?:, ([0-9]+))?\)')
LARGE_PAGE = 200_000
"""Bytes: more than any page of ten contacts."""


def lists_of(schema: Schema, within: str = "") -> Iterator[tuple[str, Any]]:
    """Every list of a schema that a form can send, with the name of its field."""
    for name, field in schema.fields.items():
        if isinstance(field, fields.Nested):
            yield from lists_of(field.schema, f"{within}{name}.")
        elif isinstance(field, fields.List):
            yield within + name, field


def filled_with(name: str, field: Any, rows: int) -> MultiDict[str, str]:
    """A form with so many rows, or values, of this list."""
    if not isinstance(field.inner, fields.Nested):
        return MultiDict([(name, str(n)) for n in range(rows)])
    column = next(iter(field.inner.schema.fields))
    return MultiDict([(f"{name}.{n}.{column}", str(n)) for n in range(rows)])


def test_every_list_of_every_schema_is_shown_no_longer_than_it_may_be(app: Flask) -> None:
    found = [(schema, *row) for schema in schemas_to_fill_in() for row in lists_of(schema())]
    assert len(found) > 12
    for schema, name, field in found:
        assert rows_shown(field) <= min(MOST_ROWS, field.most + SPARE_ROWS), name
        form = Form(filled_with(name, field, MANY), is_posted=True)
        with app.test_request_context():
            assert form.load(schema()) is None
        assert ("field.too_many_rows", name) in {(fault["key"], fault["field"]) for fault in form.faults}, name
        assert len(form.rows(name, 0)) <= rows_shown(field) and len(form.typed.getlist(name)) <= rows_shown(field)
        assert len(list(form.typed.items(multi=True))) <= rows_shown(field), name
        assert len(form.faults) <= MOST_OF_A_FORM


def test_some_rows_too_many_stand_there_to_choose_from(app: Flask) -> None:
    for schema in schemas_to_fill_in():
        for name, field in lists_of(schema()):
            rows = min(field.most + 2, MOST_ROWS)
            form = Form(filled_with(name, field, rows), is_posted=True)
            with app.test_request_context():
                form.load(schema())
            assert "field.too_many_rows" not in {fault["key"] for fault in form.faults}, name
            assert len(list(form.typed.items(multi=True))) == rows


@pytest.mark.parametrize(("where", "row"), [("contacts", "contacts.{}.email"), ("terms", "services.s{}")])
def test_a_form_with_thousands_of_fields_is_answered_by_a_page_of_its_own_size(
    database: Database, reader: Login, office: Office, where: str, row: str
) -> None:
    [client] = database.outside("select id from processing_agreement where processor_id = :id limit 1", id=office.id)
    at = f"/o/{slug_of(office.id)}/clients/{client['id']}/{where}"
    answer = reader(office.officer).send(at, {row.format(n): "x" for n in range(9000)})
    assert answer.status_code == 422 and len(answer.data) < LARGE_PAGE, len(answer.data)


def test_a_page_shows_as_many_rows_of_each_list_as_its_form_takes(app: Flask) -> None:
    """A draft may hold more, so the page itself is bounded too."""
    templates = [file.read_text("utf-8") for file in TEMPLATES.rglob("*.html")]
    named = {match[1]: int(match[2] or MOST_ROWS_ON_A_PAGE)
             for text in templates for match in ROWS.finditer(text)}  # fmt: skip
    found = {name: rows_shown(field) for schema in schemas_to_fill_in() for name, field in lists_of(schema())
             if isinstance(field.inner, fields.Nested) and name in named}  # fmt: skip
    assert found.keys() == named.keys() == {"clients", "closed_periods", "contacts", "people"}
    assert [name for name, shown in found.items() if named[name] < shown] == []
    many = Form(MultiDict({f"organisations.{n}.name": "x" for n in range(MANY)}))
    assert len(many.rows("organisations", 0)) == MOST_ROWS_ON_A_PAGE == MOST_ORGANISATIONS

"""A fault in a row of a list is named by its row, and then by its field, for every list that somebody can fill in."""

from collections.abc import Callable

import pytest
from flask import Flask
from marshmallow import fields

from service.web.layout import field_name
from service.words.texts import has_text
from tenants.history.entries import Actor
from tests.factories import Office
from tests.house.schemas import schemas_to_fill_in
from tests.pages.conftest import Reader
from tests.pages.forms import an_incident_form, local


def fields_in_lists() -> set[tuple[str, str]]:
    """The list and the field of its rows; the field is empty where a row is one value."""
    names = set()
    for schema in schemas_to_fill_in():
        for name, field in schema._declared_fields.items():
            if isinstance(field, fields.List):
                inner = field.inner
                columns = inner.schema.fields if isinstance(inner, fields.Nested) else {"": inner}
                names |= {(name, column) for column in columns}
    return names


@pytest.mark.parametrize(("language", "row"), [("nl", "regel 2: "), ("en", "line 2: ")])
def test_every_field_of_every_list_is_named_by_its_row(app: Flask, language: str, row: str) -> None:
    fields = fields_in_lists()
    assert {("clients", "informed_at"), ("contacts", "email")} <= fields
    with app.test_request_context("/", headers={"Cookie": f"language={language}"}):
        for name, column in fields:
            said = field_name(f"{name}.1.{column}".rstrip("."))
            assert said.startswith(row) and not said[-1].isdigit(), said
            assert has_text(f"labels.field.{column or name}"), f"{name}.{column} has no words"
        nested = field_name("clients.1.contacts.2.email")
        assert nested.startswith(row) and nested.count(": ") == 2


def test_a_fault_in_the_second_row_is_found_by_its_name(
    reader: Callable[[Actor], Reader], office: Office, path: Callable[..., str]
) -> None:
    rows = {"clients.0.client_number": "K0001", "clients.1.client_number": "K0002", "clients.1.informed_how": "phone"}
    form = an_incident_form(**rows, **{"clients.1.informed_at": local(-5)})
    page = reader(office.officer).send(path("/incidents/new"), form).get_data(as_text=True)
    assert '<a href="#f-clients-1-informed_at">regel 2: Al geïnformeerd op, Dag: ' in page
    assert 'aria-label="regel 2: ' in page

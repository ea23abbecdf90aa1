"""Rows of a file become clients by the rules of form and API, and each fault stands at its row and column."""

from datetime import date
from typing import Any

import pytest
from marshmallow import ValidationError

from service.schemas.agreement import ClientSchema
from service.schemas.clients_from_file import ForAll, ForAllSchema, at_rows, new_clients
from service.schemas.faults import faults_of
from tenants.errors import Invalid

SERVICES = {"payroll_bare": "processor"}
ALL = ForAll(SERVICES, date(2024, 1, 1), "Administratie")
NOTHING_ELSE = ForAll(SERVICES, None, None)
HEADINGS = {
    "name": "Naam", "kvk_number": "KvK", "client_number": "Nr", "hours_to_notify": "Uren", "contact_name": "Wie",
    "contact_email": "Mail", "contact_phone": "Tel", "services": "Diensten",
}  # fmt: skip


def a_row(row: int = 2, **values: Any) -> tuple[int, dict[str, Any]]:
    plain: dict[str, Any] = {
        "name": "Bakkerij Jansen", "kvk_number": "12345678", "client_number": f"K{row}", "hours_to_notify": 24,
        "in_force_from": None, "contacts": [{"name": "Bea", "email": "bea@jansen.example", "phone": "010 1234567"}],
    }  # fmt: skip
    return row, plain | values


def test_a_row_with_the_answers_for_all_is_what_a_form_would_send() -> None:
    checked = new_clients([a_row()], ALL, HEADINGS)
    _, values = a_row()
    typed = ClientSchema().load(values | {"services": SERVICES, "in_force_from": "2024-01-01"})
    assert (checked.clients, checked.faults) == ([typed], [])


@pytest.mark.parametrize("day", [date(2018, 5, 25), "2018-05-25"])
def test_what_the_file_says_comes_before_what_is_said_of_all(day: Any) -> None:
    contacts = [{"name": "Bea", "phone": "010 1234567"}, {"email": "info@jansen.example"}]
    [client] = new_clients([a_row(in_force_from=day, contacts=contacts)], ALL, HEADINGS).clients
    assert client["in_force_from"] == "2018-05-25"
    assert client["contacts"] == [contacts[0], {"name": "Administratie", "email": "info@jansen.example"}]


def test_what_misses_in_rows_is_a_fault_at_each_row_and_column_at_once() -> None:
    rows = [
        a_row(4, kvk_number=None), a_row(5, contacts=[]), a_row(7, contacts=[{"email": "info@jansen.example"}]),
        a_row(9, name="x" * 201, hours_to_notify=721, in_force_from="2018-05-25"),
        a_row(10, kvk_number=None, contacts=[], services={"hosting": None}),
    ]  # fmt: skip
    checked = new_clients(rows, NOTHING_ELSE, HEADINGS)
    assert checked.clients == []
    assert sorted((fault.row, fault.column, fault.key, fault.value[:20]) for fault in checked.faults) == [
        (4, "", "file.in_force_from_missing", ""), (4, "KvK", "file.kvk_number_missing", ""),
        (5, "", "file.in_force_from_missing", ""), (5, "Mail", "contact.none", ""),
        (7, "", "file.in_force_from_missing", ""), (7, "Wie", "file.contact_name_missing", ""),
        (9, "Naam", "field.too_long", "x" * 20), (9, "Uren", "field.out_of_range", "721"),
        (10, "", "file.in_force_from_missing", ""), (10, "Diensten", "file.service_without_role", "Hosting en opslag"),
        (10, "KvK", "file.kvk_number_missing", ""), (10, "Mail", "contact.none", ""),
    ]  # fmt: skip


def test_refusals_of_the_list_stand_at_the_rows_that_they_are_about() -> None:
    new = new_clients([a_row(3), a_row(8)], ALL, HEADINGS).new
    refusals = [
        Invalid("client.likely_double_kvk_number", "clients.1.kvk_number", name="X", client_number="K1"),
        Invalid("contact.doubled", "clients.0.contacts.0.email", name="Bea"),
        Invalid("client.likely_double_domain", "clients.0.contacts", name="X", client_number="K1"),
        Invalid("office.too_many_clients", "clients", most=1),
    ]  # fmt: skip
    faults = at_rows(refusals, new, HEADINGS)
    assert [(fault.row, fault.column, fault.value) for fault in faults] == [
        (8, "KvK", "12345678"), (3, "Mail", "bea@jansen.example"), (3, "Mail", "Bea bea@jansen.example 010 1234567"),
        (8, "", ""),
    ]  # fmt: skip


def test_the_answers_for_all_are_asked_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        ForAllSchema().load({"services": {"hosting": "owner"}, "in_force_from": "1-1-2024", "other": 1})
    assert {fault.field for fault in faults_of(refused.value).faults} >= {"in_force_from", "other"}
    assert ForAllSchema().load({"services": SERVICES}) == NOTHING_ELSE

"""A contact stands once at a client, whichever way a list of contacts comes in."""

from typing import Any

import pytest
from flask import Flask

from tests.conftest import Database
from tests.service.caller import keys
from tests.service.doors_of_contacts import BEA, BY_PAGE, DOORS, House

COR = {"name": "Cor", "email": "cor@bakker.example", "phone": ""}
COR_AGAIN = {"name": "Cor Kok", "email": "COR@bakker.example ", "phone": ""}
ALSO_COR = """
    update processing_agreement
       set contacts = contacts || cast('[{"name": "Cor", "email": "cor@bakker.example"}]' as jsonb)
     where processor_id = :o"""
LISTS = """
    select array(select lower(trim(c ->> 'email')) from jsonb_array_elements(a.contacts) c) as addresses
      from processing_agreement a where a.processor_id = :o"""
OF_LISTS = [view for view, (_, _, kind) in DOORS.items() if kind in ("contacts", "clients", "typed", "typed_client")]


def lists(house: House) -> list[list[str]]:
    """The addresses of each agreement."""
    return [row["addresses"] for row in house.rows(LISTS)]


@pytest.mark.parametrize("view", OF_LISTS)
def test_a_list_with_the_same_contact_twice_is_refused_at_its_field(app: Flask, database: Database, view: str) -> None:
    house = House(app, database, view)
    officer, body = house.officer(), house.body
    house.body = lambda contact=COR: twice(body(COR))  # type: ignore[method-assign]
    answer = house.ask(officer)
    if view in BY_PAGE:
        assert answer.status_code == 422 and "Dit is hetzelfde contact als Cor. Haal" in answer.text
        assert 'href="#f-contacts-1-email"' in answer.text and 'value="COR@bakker.example' in answer.text
    else:
        of = "clients.0." if house.kind == "clients" else ""
        assert keys(answer) == [(f"{of}contacts.1.email", "contact.doubled")]
        assert "This is the same contact as Cor." in answer.text
    assert lists(house) == [[BEA["email"]]]


def twice(body: dict[str, Any]) -> dict[str, Any]:
    """The same, with Cor a second time behind the first."""
    if "contacts.0.name" in body:
        second = {f"contacts.1.{name}": value for name, value in COR_AGAIN.items()}
        return body | second | ({"contacts.1.place": "2"} if "contacts.0.place" in body else {})
    again = {name: value for name, value in COR_AGAIN.items() if value}
    if "clients" in body:
        return body | {"clients": [client | {"contacts": [*client["contacts"], again]} for client in body["clients"]]}
    return body | {"contacts": [*body["contacts"], again]}


@pytest.mark.parametrize("view", DOORS)
def test_no_way_leaves_a_contact_twice_at_a_client(app: Flask, database: Database, view: str) -> None:
    house = House(app, database, view)
    house.rows(ALSO_COR)
    officer, body = house.officer(), house.body
    house.body = lambda contact=COR: body(COR_AGAIN)  # type: ignore[method-assign]
    house.ask(officer)
    addresses = lists(house)
    assert addresses and all(len(of_one) == len(set(of_one)) for of_one in addresses)


@pytest.mark.parametrize("view", [view for view in OF_LISTS if DOORS[view][2] in ("clients", "typed_client")])
def test_a_client_without_contact_or_service_reads_what_to_do(app: Flask, database: Database, view: str) -> None:
    house = House(app, database, view)
    officer, body = house.officer(), house.body
    house.body = lambda contact=COR: bare(body())  # type: ignore[method-assign]
    answer = house.ask(officer)
    if view in BY_PAGE:
        assert "Geef minstens één contact op" in answer.text
        assert "Kies bij minstens één dienst uw rol." in answer.text
    else:
        expected = [("clients.0.contacts", "contact.none"), ("clients.0.services", "agreement.no_service")]
        assert sorted(keys(answer)) == expected
    assert answer.status_code == 422 and lists(house) == [[BEA["email"]]]


def bare(body: dict[str, Any]) -> dict[str, Any]:
    """The same, without a contact and without a service."""
    if "clients" in body:
        return body | {"clients": [client | {"contacts": [], "services": {}} for client in body["clients"]]}
    return {name: value for name, value in body.items() if not name.startswith(("contacts.", "services."))}

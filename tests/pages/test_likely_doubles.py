"""A client that the office may have already is found before it is registered again; somebody says that it is not it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tenants.agreements.client_list import agreements
from tenants.agreements.doubles_within import doubles_within
from tenants.agreements.likely_doubles import compared, likely_doubles, near
from tenants.agreements.processing_agreements import register_clients
from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tests.factories import Office, a_client, an_office
from tests.pages.conftest import Reader, slug_of
from tests.service.caller import caller_for, keys

Login = Callable[[Actor], Reader]
KVK = "68750110"
KNOWN = a_client(1, name="Bakkerij Jansen B.V.", kvk_number=KVK, contacts=[{"name": "A", "email": "a@jansen.example"}])
TYPED = {
    "name": "Slager", "kvk_number": "12345678", "client_number": "N1", "in_force_from": "2026-01-01",
    "contacts.0.name": "Bo", "contacts.0.email": "bo@slager.example", "services.audit": "controller",
}  # fmt: skip


def _id_of(office: Office) -> UUID:
    assert office.officer.id
    return office.officer.id


@pytest.fixture
def house(app: Flask) -> Office:
    office = an_office(0)
    with acting_for(office.id):
        register_clients([KNOWN])
    return office


@pytest.mark.parametrize(("one", "other", "similar"), [
    ("Bakkerij Jansen B.V.", "bakkerij jansen", True), ("Bakkerij Jansen", "Bakkerij Janssen", True),
    ("Bakkerij Jansen", "Bakerij Jansen", True), ("Bakkerij Jansen", "Bakkerij Jnasen", True),
    ("Stichting Café Élan", "Cafe Elan", True), ("Jansen & Zn. V.O.F.", "Jansen Zn", True),
    ("Bakkerij Jansen", "Slagerij Jansen", False), ("VvE Dorpsstraat 12", "VvE Dorpsstraat 13", False),
    ("BMG", "BMW", False), ("B.V.", "N.V.", False), ("<b>", "&", False),
])  # fmt: skip
def test_names_that_differ_by_a_letter_are_alike(one: str, other: str, similar: bool) -> None:
    assert bool(near(compared(one)) & near(compared(other))) is similar


@pytest.mark.parametrize(("more", "why"), [
    ({"kvk_number": KVK}, "kvk_number"), ({"name": "Bakkerij Janssen"}, "name"),
    ({"contacts.0.email": "b@JANSEN.example"}, "domain"),
])  # fmt: skip
def test_a_likely_double_is_shown_with_a_link_and_added_all_the_same(
    reader: Login, house: Office, more: dict[str, str], why: str
) -> None:
    there, at, form = reader(house.officer), f"/o/{slug_of(house.id)}/agreements/new", TYPED | more
    answer = there.send(at, form)
    page = answer.get_data(as_text=True)
    with acting_for(house.id):
        [known] = agreements(2)
    field = "contacts" if why == "domain" else why
    assert answer.status_code == 422 and f'href="#f-{field}"' in page and "Bakkerij Jansen B.V. (K0001)" in page
    assert f"/clients/{known['id']}" in page and 'name="confirmed_doubles"' in page
    for value in form.values():
        assert value == "controller" or f'value="{value}"' in page
    there.done(at, form | {"confirmed_doubles": "true"})
    with acting_for(house.id):
        assert len(agreements(3)) == 2


def test_what_is_like_nobody_is_registered_at_once(reader: Login, house: Office) -> None:
    reader(house.officer).done(f"/o/{slug_of(house.id)}/agreements/new", TYPED)


def test_the_api_asks_once(app: Flask, house: Office) -> None:
    assert house.officer.id
    there = caller_for(app, house.officer.id)
    twin = a_client(2, name="Bakkerij Jansn", kvk_number=KVK, contacts=[{"name": "A", "email": "x@jansen.example"}])
    twin.pop("slug")
    answer = there.post("agreements", {"clients": [twin]})
    assert answer.status_code == 422 and keys(answer) == [("clients.0.kvk_number", "client.likely_double_kvk_number")]
    assert "Bakkerij Jansen B.V. (K0001)" in answer.text
    assert there.post("agreements", {"clients": [twin], "confirmed_doubles": True}).status_code == 201


@pytest.mark.parametrize(("more", "field"), [
    ({"kvk_number": KVK}, "kvk_number"), ({"name": "Bakkerij Janssen"}, "name"),
    ({"contacts": [{"name": "B", "email": "b@JANSEN.example"}]}, "contacts"), ({}, None),
])  # fmt: skip
def test_clients_of_one_list_are_compared_with_each_other(
    app: Flask, more: dict[str, Any], field: str | None
) -> None:
    office = an_office(0)
    other = a_client(2, name="Slager", contacts=[{"name": "B", "email": "b@slager.example"}]) | more
    there, clients = caller_for(app, _id_of(office)), [{**client} for client in (KNOWN, other)]
    for client in clients:
        client.pop("slug")
    answer = there.post("agreements", {"clients": clients})
    if field is None:
        assert answer.status_code == 201
        return
    why = "domain" if field == "contacts" else field
    assert answer.status_code == 422 and keys(answer) == [(f"clients.1.{field}", f"client.likely_double_{why}")]
    assert "Bakkerij Jansen B.V. (K0001)" in answer.text
    assert there.post("agreements", {"clients": clients, "confirmed_doubles": True}).status_code == 201


def test_two_agreements_of_one_client_in_a_list_are_no_double() -> None:
    first, following = KNOWN | {"in_force_to": "2025-12-31"}, KNOWN | {"in_force_from": "2026-01-01"}
    assert doubles_within([first, following]) == []
    assert doubles_within([a_client(n, contacts=[{"name": "A", "email": f"a{n}@one.example"}]) for n in range(6)]) == []


def test_a_domain_of_a_public_provider_or_of_many_clients_says_nothing(house: Office) -> None:
    def at(number: int, email: str) -> Any:
        return a_client(number, name=f"Zaak {number}", contacts=[{"name": "A", "email": email}])

    with acting_for(house.id):
        register_clients([at(10, "een@ziggo.nl"), *(at(n, f"k{n}@kantoor.example") for n in range(20, 26))])
        assert likely_doubles([at(50, "twee@ziggo.nl"), at(51, "k@kantoor.example")]) == []


def test_nobody_learns_which_number_a_client_of_another_office_has(house: Office) -> None:
    other = an_office(0)
    with acting_for(other.id):
        assert likely_doubles([a_client(1, name="Anders", kvk_number=KVK)]) == []


def test_an_agreement_that_follows_another_is_no_double(house: Office) -> None:
    with acting_for(house.id):
        assert likely_doubles([KNOWN | {"in_force_from": "2030-01-01"}]) == []


def test_a_number_in_use_and_the_kvk_number_of_another_client_are_told_at_once(app: Flask, house: Office) -> None:
    other = a_client(2, name="Slagerij Pieters", kvk_number="12345674")
    with acting_for(house.id):
        register_clients([other])
    both = a_client(3, name="Kapper Vos", kvk_number=KVK, client_number=other["client_number"])
    both.pop("slug")
    answer = caller_for(app, _id_of(house)).post("agreements", {"clients": [both]})
    assert answer.status_code == 422 and set(keys(answer)) == {
        ("clients.0.client_number", "agreement.doubled"), ("clients.0.kvk_number", "client.likely_double_kvk_number"),
    }  # fmt: skip

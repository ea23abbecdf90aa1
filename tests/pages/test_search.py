"""The page and the API that find breaches, incidents, notices and clients."""

from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask

from tenants.history.entries import Actor
from tenants.identity.users import AUDITOR, ROLES
from tenants.lines import END, ISOLATE
from tests.factories import Office, a_member, an_incident, an_office, an_organisation, an_own_breach
from tests.pages.conftest import Reader, slug_of
from tests.service.caller import caller_for
from workflows.running.searches import index_in_time

Login = Callable[[Actor], Reader]


@pytest.fixture
def house(app: Flask) -> Office:
    office = an_office(2)
    an_incident(office, title="Laptop van Bakkerij Jansen gestolen")
    for number in range(12):
        an_own_breach(office.id, office.officer, title=f"Mail aan verkeerde ontvanger, geval {number}")
    return office


def page(reader: Reader, office: Office, **asked: str) -> str:
    shown = reader.client.get(f"/o/{slug_of(office.id)}/search", query_string=asked).text
    return unescape(shown).replace(ISOLATE, "").replace(END, "")


@pytest.mark.parametrize("is_indexed", [False, True])
def test_the_page_shows_a_few_of_each_kind_and_leads_to_all(house: Office, reader: Login, is_indexed: bool) -> None:
    if is_indexed:
        index_in_time(60)
    there = reader(house.officer)
    shown = page(there, house, q="verkeerde ontvanger")
    assert shown.count("verkeerde ontvanger, geval") == 8 and "kind=breach" in shown
    assert page(there, house, q="verkeerde", kind="breach").count("verkeerde ontvanger, geval") == 12
    assert "Laptop van Bakkerij Jansen" in page(there, house, q="bakk laptop")
    assert "K0001" in page(there, house, q="k0001")


def test_a_typing_error_is_forgiven_and_said(house: Office, reader: Login) -> None:
    index_in_time(60)
    shown = page(reader(house.officer), house, q="bakerij")
    assert "Laptop van Bakkerij" in shown and "‘bakerij’ komt niet voor. Gezocht op: bakkerij." in shown


def test_nothing_found_says_what_to_do(house: Office, reader: Login) -> None:
    shown = page(reader(house.officer), house, q="laptop zebra")
    assert "Niets gevonden voor: laptop zebra" in shown and "Dit komt hier niet voor: zebra." in shown
    assert "Niets gevonden" not in page(reader(house.officer), house)


def test_what_is_too_long_is_said_at_the_field(house: Office, reader: Login) -> None:
    answer = reader(house.officer).client.get(f"/o/{slug_of(house.id)}/search", query_string={"q": "a b c d e f g"})
    assert answer.status_code == 422 and "hoogstens zes woorden" in answer.text


def test_every_page_of_an_organisation_has_the_field(house: Office, reader: Login) -> None:
    assert f'action="/o/{slug_of(house.id)}/search"' in reader(house.officer).see(f"/o/{slug_of(house.id)}/")


@pytest.mark.parametrize("role", ROLES)
def test_every_role_may_search_where_it_may_read(house: Office, reader: Login, role: str) -> None:
    assert "geval 9" in page(reader(a_member(house.id, role)), house, q="geval")


def test_another_organisation_finds_nothing(house: Office, reader: Login) -> None:
    stranger = an_organisation("Een ander")
    there = reader(a_member(stranger, AUDITOR))
    assert "Niets gevonden" in unescape(there.client.get(f"/o/{slug_of(stranger)}/search?q=laptop").text)
    assert there.client.get(f"/o/{slug_of(house.id)}/search?q=laptop").status_code == 404


def test_the_api_finds_the_same_by_its_key(app: Flask, house: Office) -> None:
    index_in_time(60)
    assert house.officer.id
    caller, base = caller_for(app, house.officer.id), f"/api/o/{slug_of(house.id)}/search"
    answer = caller.get(f"{base}?q=bakerij+laptop").json
    assert [term["words"] for term in answer["terms"]] == [["bakkerij"], ["laptop"]]
    assert [len(kind["items"]) for kind in answer["kinds"] if kind["kind"] == "incident"] == [1]
    seen, address = [], f"{base}?q=geval&kind=breach&limit=5"
    after = ""
    while after is not None:
        [hits] = caller.get(address + (f"&after={after}" if after else "")).json["kinds"]
        seen += [hit["title"] for hit in hits["items"]]
        after = hits["next"]
    assert len(seen) == len(set(seen)) == 12
    assert caller.get(f"{base}?q=x&after={'a' * 10}").status_code == 422
    assert caller.get(base).status_code == 422

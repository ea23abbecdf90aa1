"""An office finds a client among many: by name, client number or proven KvK number; page by page, and sorted."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask

from tenants.agreements.client_list import (
    ATTENTION,
    LONGEST_SEARCH,
    MOST_WORDS,
    NAME,
    ORDERS,
    agreements,
    folded,
    words_of,
)
from tenants.agreements.processing_agreements import register_clients
from tenants.agreements.search_matches import CONTACT, ELSEWHERE, Match, match_beside_name
from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.counting import statements_of
from tests.factories import Office, a_client, an_incident, an_office
from tests.pages.conftest import Reader, slug_of
from tests.service.caller import caller_for

Login = Callable[[Actor], Reader]
NAMES = ("Zon & Zee", "Café Élan", "cafe Noord", "100% Fris", "Bakkerij_Oost", "Ǻngström B.V.")


@pytest.fixture
def house(app: Flask) -> Office:
    """An office whose clients have these names, registered in this order."""
    office = an_office(0)
    with acting_for(office.id):
        register_clients([a_client(n + 1, name=name) for n, name in enumerate(NAMES)])
    return office


def found(office: Office, search: str = "", order: str = NAME, most: int = 50) -> list[str]:
    with acting_for(office.id):
        return [row["controller_name"] for row in agreements(most, search=search, order=order)]


@pytest.mark.parametrize(("search", "names"), [
    ("cafe", ["Café Élan", "cafe Noord"]), ("CAFÉ", ["Café Élan", "cafe Noord"]), ("élan caf", ["Café Élan"]),
    ("elan", ["Café Élan"]), ("ang", ["Ǻngström B.V."]), ("100%", ["100% Fris"]), ("%", ["100% Fris"]),
    ("_", ["Bakkerij_Oost"]), ("K0003", ["cafe Noord"]), ("k0003", ["cafe Noord"]),
    ("0003", ["cafe Noord"]), ("\\", []), ("zon zee noord", []), ("a" * 4000, []),
    ("  ", sorted(NAMES, key=folded)),
])  # fmt: skip
def test_words_find_names_and_nothing_in_them_is_a_wildcard(house: Office, search: str, names: list[str]) -> None:
    assert found(house, search) == names


@pytest.mark.parametrize(("search", "is_found"), [
    ("desiree", True), ("DÉSIRÉE k", True), ("d.kok@bakkerij", True), ("zwaan desiree", True),
    ("06-12 34 56 78", True),
    ("0612345678", True), ("+31 6 1234 5678", True), ("(0031) 612345678", True), ("12345678", True), ("61234", True),
    ("06-12 34 56 79", False), ("desiree noord", False), ('"', False), ("led_elsewhere", False), ("]", False),
])  # fmt: skip
@pytest.mark.parametrize("phone", ["06 - 12345678", "+31 (6) 12.34.56.78"])
def test_a_client_is_found_by_what_is_known_of_its_contacts(
    house: Office, search: str, is_found: bool, phone: str
) -> None:  # fmt: skip
    contacts = [{"name": "Piet"}, {"name": "Désirée Kok", "email": "D.Kok@bakkerij.example", "phone": phone}]
    with acting_for(house.id):
        register_clients([a_client(7, name="Zwaan", contacts=contacts)])
    assert found(house, search) == (["Zwaan"] if is_found else [])
    match = match_beside_name(search, "Zwaan", "K0007", contacts)
    assert not is_found or (match is not None and match.by == CONTACT)


def test_another_office_finds_none_of_these_clients(house: Office) -> None:
    assert found(an_office(0), "cafe") == []


STATED = "select kvk_number_stated from processing_agreement where processor_id = :office and controller_name = :name"
UNKNOWN = "update processing_agreement set kvk_number_stated = null where processor_id = :office"


def test_the_number_that_the_office_typed_is_found_by_that_office_alone(
    house: Office, database: Database, reader: Login, app: Flask
) -> None:
    [row] = database.outside(STATED, office=house.id, name="Zon & Zee")
    number = row["kvk_number_stated"]
    other = an_office(0)
    assert found(house, number) == found(house, f"{number[:4]} {number[4:]}") == ["Zon & Zee"]
    assert found(house, number[:7]) == found(other, number) == []
    assert match_beside_name(number, "Zon & Zee", "K0001", []) == Match(ELSEWHERE)
    page = reader(house.officer).see(f"/o/{slug_of(house.id)}/search?q={number}")
    assert "Zon &amp; Zee" in page and number in page
    assert "Zon &amp; Zee" not in reader(other.officer).see(f"/o/{slug_of(other.id)}/search?q={number}")
    with acting_for(other.id):
        register_clients([a_client(1, name="Elders") | {"kvk_number": number}])
    assert found(house, number) == ["Zon & Zee"] and found(other, number) == ["Elders"]


def test_the_number_stands_on_the_page_the_forms_and_in_the_api(house: Office, reader: Login, app: Flask) -> None:
    assert house.officer.id
    caller, fenna = caller_for(app, house.officer.id), reader(house.officer)
    row = caller.get("agreements?search=Zon").json["items"][0]
    base, number = f"/o/{slug_of(house.id)}/clients/{row['id']}", row["kvk_number_stated"]
    for form in ("", "/terms", "/end", "/contacts", "/name"):
        page = re.sub(r"<[^>]+>|\s+", " ", fenna.see(base + form))
        assert re.search(rf"KvK-nummer zoals u het opgaf: +{number} ", page), form
    assert "Klopt het niet? Geef deze opdrachtgever hier een ander klantnummer" in fenna.see(f"{base}/name")
    shown = caller.get(f"agreements/{row['id']}")
    terms = {"in_force_from": "2030-01-01", "services": {"audit": "processor"}}
    seen = {"If-Match": shown.headers["ETag"]}
    changed = caller.post(f"agreements/{row['id']}/terms", terms, headers=seen)
    rows = [each["kvk_number_stated"] for each in caller.get("agreements?search=Zon").json["items"]]
    assert changed.status_code == 200, changed.text
    assert rows == [number, number] and shown.json["kvk_number_stated"] == number


def test_nothing_found_leads_to_the_search_that_forgives_typing_errors(house: Office, reader: Login) -> None:
    fenna, base = reader(house.officer), f"/o/{slug_of(house.id)}"
    [link] = re.findall(r'href="([^"]+)">Zoek ook met typefouten', fenna.see(f"{base}/agreements?search=elam"))
    assert unescape(link) == f"{base}/search?q=elam&kind=client" and 'value="elam"' in fenna.see(unescape(link))


def test_a_proven_number_is_found_however_it_is_typed(house: Office, database: Database) -> None:
    database.outside(UNKNOWN, office=house.id)
    [(number, name)] = [
        (row["kvk_number"], row["name"]) for row in database.outside(
            "select kvk_number, name from organisation where made_by = :office and name = 'Zon & Zee'", office=house.id)
    ]  # fmt: skip
    spaced = f"{number[:4]} {number[4:]}"
    assert found(house, spaced) == [], "an office reads no number that was not proven"
    database.outside("""update organisation set verified_at = now(), verified_how = 'operator', claimed_at = now()
                         where made_by = :office and kvk_number = :number""", office=house.id, number=number)
    assert found(house, spaced) == found(house, number) == [name]
    assert match_beside_name(spaced, name, "K0001", []) == Match(ELSEWHERE)


def test_what_needs_attention_comes_first(house: Office) -> None:
    an_incident(house, [hit for hit in Office(house.id, house.officer, 6).hits if hit.client_number == "K0003"])
    with acting_for(house.id):
        register_clients([a_client(7, name="Zwaan", contacts=[{"name": "Piet"}])])
    assert found(house, order=ATTENTION)[:3] == ["cafe Noord", "Zwaan", "100% Fris"]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("search", ["", "a"])
def test_pages_of_two_are_together_the_whole_in_one_query_each(house: Office, order: str, search: str) -> None:
    rows: list[dict[str, Any]] = []
    with acting_for(house.id):
        whole = agreements(50, search=search, order=order)
        while part := agreements(2, (rows[-1]["created_at"], rows[-1]["id"]) if rows else None, search, order):
            rows += part
    assert [row["id"] for row in rows] == [row["id"] for row in whole] and len(whole) > 3


def test_the_page_keeps_what_was_asked_and_says_what_to_do_when_nothing_is_found(
    house: Office, reader: Login
) -> None:
    fenna, base = reader(house.officer), f"/o/{slug_of(house.id)}/agreements"
    page = fenna.see(f"{base}?search=caf%C3%A9&sort=attention")
    assert 'value="café"' in page and "Zon &amp; Zee" not in page and "Café Élan" in page
    assert '<option value="attention" selected>' in page
    nothing = fenna.see(f"{base}?search=%3Cb%3Eniemand")
    assert "Geen opdrachtgever met: &lt;b&gt;niemand" in nothing
    assert f'href="{base}">Toon alle opdrachtgevers' in nothing
    assert f'value="{"x" * LONGEST_SEARCH}"' in fenna.see(f"{base}?search={'x' * 3000}")
    order = re.findall(r'<th scope="row">\s*<a href="[^"]+">([^<]+)</a><br>', fenna.see(base))
    assert [unescape(name) for name in order] == sorted(NAMES, key=folded), "by name when nobody says otherwise"


def test_the_api_finds_the_same(house: Office, app: Flask) -> None:
    assert house.officer.id
    caller = caller_for(app, house.officer.id)
    answer = caller.get("agreements?search=cafe&sort=name&limit=1").json
    assert [row["controller_name"] for row in answer["items"]] == ["Café Élan"]
    more = caller.get(f"agreements?search=cafe&sort=name&limit=1&after={answer['next']}").json
    assert [row["controller_name"] for row in more["items"]] == ["cafe Noord"] and more["next"] is None
    assert caller.get(f"agreements?search={'x' * 101}").status_code == 422
    assert caller.get("agreements?sort=kvk").status_code == 422
    assert [row["controller_name"] for row in caller.get("agreements").json["items"]] == list(NAMES), "as before"


def test_a_word_counts_once_and_more_than_five_are_refused_at_the_field(
    house: Office, reader: Login, app: Flask
) -> None:
    assert words_of("Zee zee ZÉÉ zee zon") == ["zee", "zon"] and len(words_of("a b c d e")) == MOST_WORDS
    assert found(house, "zon zee " * 12) == ["Zon & Zee"]
    fenna, base = reader(house.officer), f"/o/{slug_of(house.id)}/agreements"
    page = fenna.see(f"{base}?search=a+b+c+d+e+f", 422)
    assert "Zoek op hoogstens vijf woorden" in page and "Niets gevonden" not in page
    assert 'value="a b c d e f"' in page and 'aria-invalid="true"' in page
    assert house.officer.id
    answer = caller_for(app, house.officer.id).get("agreements?search=a+b+c+d+e+f")
    assert answer.status_code == 422
    assert [(fault["field"], fault["key"]) for fault in answer.json["errors"]] == [("search", "search.too_many_words")]


@pytest.mark.parametrize("order", ORDERS)
def test_a_search_computes_nothing_of_a_name_or_a_contact(house: Office, order: str) -> None:
    """At 10,000 clients that is most of its time: PostgreSQL keeps what is compared."""
    with statements_of() as seen, acting_for(house.id):
        [first, *_] = agreements(50, search="a", order=order)
        agreements(50, (first["created_at"], first["id"]), search="a e i o 12345", order=order)
    searching = [statement for statement in seen if "strpos" in statement]
    assert len(searching) == 2
    assert not [name for s in searching for name in ("regexp_replace", "translate(", "string_agg") if name in s]

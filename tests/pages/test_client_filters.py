"""The list of clients narrowed and sorted, in the address of the page and in the API; each client stands there once."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask

from tenants.agreements.client_filters import EACH_ONCE, Filters
from tenants.agreements.client_list import NAME, NEWEST, NUMBER, ORDERS, agreements
from tenants.agreements.clients import client_of
from tenants.agreements.processing_agreements import register_clients
from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tests.counting import statements_of
from tests.factories import Office, a_client, an_office
from tests.pages.conftest import Reader, slug_of
from tests.service.caller import caller_for
from workflows.law.periods import AMSTERDAM

Login = Callable[[Actor], Reader]
A_DAY = timedelta(days=1)
NAMES = ("Nu", "Straks", "Laatste dag", "Voorbij", "Zonder uren", "Zonder contact", "Controle")
IN_FORCE = ["Controle", "Laatste dag", "Nu", "Zonder contact", "Zonder uren"]


def today() -> date:
    return datetime.now(UTC).astimezone(AMSTERDAM).date()


@pytest.fixture
def house(app: Flask) -> Office:
    """An office whose clients have these terms, by their names."""
    office, day = an_office(0), today()
    terms: dict[str, dict[str, Any]] = {
        "Nu": {}, "Straks": {"in_force_from": (day + A_DAY).isoformat()},
        "Laatste dag": {"in_force_to": day.isoformat()}, "Voorbij": {"in_force_to": (day - A_DAY).isoformat()},
        "Zonder uren": {"hours_to_notify": None}, "Zonder contact": {"contacts": [{"name": "Anna"}]},
        "Controle": {"services": {"audit": "controller"}},
    }  # fmt: skip
    with acting_for(office.id):
        register_clients([a_client(n + 1, name=name, **terms[name]) for n, name in enumerate(NAMES)])
    return office


def shown(office: Office, order: str = NAME, **chosen: Any) -> list[str]:
    with acting_for(office.id):
        return [row["controller_name"] for row in agreements(50, order=order, chosen=Filters(**chosen))]


@pytest.mark.parametrize(("chosen", "names"), [
    ({"state": "in_force"}, IN_FORCE), ({"state": "coming"}, ["Straks"]), ({"state": "ended"}, ["Voorbij"]),
    ({"hours": False}, ["Zonder uren"]), ({"contact": "none"}, ["Zonder contact"]),
    ({"service": "audit"}, ["Controle"]), ({"service": "hosting"}, []), ({"accepted": True}, []),
    ({"accepted": False, "state": "ended"}, ["Voorbij"]), ({"hours": False, "service": "audit"}, []),
])  # fmt: skip
def test_a_list_shows_what_was_chosen_in_the_address_and_in_the_api(
    reader: Login, app: Flask, house: Office, chosen: dict[str, Any], names: list[str]
) -> None:
    assert shown(house, **chosen) == names
    query = urlencode({n: str(value).lower() if isinstance(value, bool) else value for n, value in chosen.items()})
    page = reader(house.officer).see(f"/o/{slug_of(house.id)}/agreements?{query}")
    assert [name for name in NAMES if f">{name}</a>" in page] == [name for name in NAMES if name in names]
    assert house.officer.id
    rows = caller_for(app, house.officer.id).get(f"agreements?sort=name&{query}").json["items"]
    assert [row["controller_name"] for row in rows] == names


def test_each_client_stands_once_with_what_counts_now(house: Office, app: Flask) -> None:
    assert house.officer.id
    there = caller_for(app, house.officer.id)
    [row] = there.get("agreements?search=Nu&sort=name&current=true").json["items"]
    terms = {"hours_to_notify": 4, "services": {"audit": "controller"}}
    first = today()
    for day in (first, first + 9 * A_DAY):
        version = there.get(f"agreements/{row['id']}").headers["ETag"]
        answer = there.post(f"agreements/{row['id']}/terms", terms | {
            "in_force_from": day.isoformat(), "in_force_to": (first + 8 * A_DAY).isoformat() if day == first else None,
        }, headers={"If-Match": version})  # fmt: skip
        assert answer.status_code == 200, answer.text
    assert len(there.get("agreements?search=Nu").json["items"]) == 3
    [once] = there.get("agreements?search=Nu&current=true").json["items"]
    assert (once["in_force_from"], once["hours_to_notify"]) == (first.isoformat(), 4)
    with acting_for(house.id):
        assert len(agreements(50, chosen=EACH_ONCE)) == len(NAMES)


def test_the_database_and_the_page_call_the_same_agreement_the_one_that_counts(house: Office) -> None:
    with acting_for(house.id):
        for row in agreements(50, chosen=EACH_ONCE):
            assert client_of(row["id"]).current.id == row["id"]


def test_a_list_is_sorted_by_number_and_by_what_is_newest_page_by_page(house: Office) -> None:
    names = list(NAMES)
    assert shown(house, NUMBER) == names
    assert shown(house, NEWEST) == names[::-1]
    for order in ORDERS:
        seen: list[Any] = []
        with acting_for(house.id):
            whole = [row["id"] for row in agreements(50, order=order, chosen=EACH_ONCE)]
            last = None
            while part := agreements(2, last, "", order, EACH_ONCE):
                seen += [row["id"] for row in part]
                last = (part[-1]["created_at"], part[-1]["id"])
        assert seen == whole and len(seen) == len(NAMES)


def test_filters_stay_in_the_address_of_the_next_page_and_strange_ones_choose_nothing(
    reader: Login, house: Office
) -> None:
    with acting_for(house.id):
        register_clients([a_client(100 + n, name=f"Klant {n:03d}") for n in range(60)])
    there, at = reader(house.officer), f"/o/{slug_of(house.id)}/agreements"
    page = there.see(f"{at}?state=in_force&sort=number")
    following = re.search(r'href="([^"]+)" rel="next"', page)
    assert following and "state=in_force" in following[1] and "sort=number" in following[1]
    assert "Klant 059" in there.see(unescape(following[1])) and "Straks" not in there.see(unescape(following[1]))
    assert "Controle" in there.see(f"{at}?state=x&hours=y&contact=w&service=z&accepted=q&sort=w")


def test_a_list_takes_as_many_statements_whatever_is_chosen(house: Office) -> None:
    def asked(chosen: Filters) -> int:
        with statements_of() as seen, acting_for(house.id):
            agreements(50, order=NAME, chosen=chosen)
        return len(seen)

    assert asked(Filters("in_force", "none", False, False, "audit", True)) <= asked(Filters())

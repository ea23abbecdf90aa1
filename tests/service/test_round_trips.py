"""What Meldketen writes its own reader reads back to the same rows: CSV and XLSX, in both languages."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from service.reading.outcome import Item
from service.reading.reader import reading_of
from tenants.agreements.processing_agreements import register_clients
from tenants.identity.users import OWNER
from tenants.isolation import acting_for
from tenants.register.breaches import breach
from tests import factories
from tests.factories import FENNA, Office
from tests.service.caller import Caller, caller_for
from workflows.law.periods import AMSTERDAM
from workflows.mail.batches import Addressee
from workflows.mail.listing import add_recipients
from workflows.mail.unmailed import Unmailed
from workflows.notice.bulk_notice import begin_by_choice

FORMS = [(ending, language) for ending in ("csv", "xlsx") for language in ("nl", "en")]
MAILED = [
    ("=SOM(A1)", "plus@gezin.example"), ('Jan "de" Vries; jr.', "+jan@gezin.example"),
    ("José Żółć", "-jose@a.example"),
    ("'s Gravesande", "s@a.example"), ("+31 Piet", "piet@a.example"), ("", "naamloos@a.example"),
    ("@thuis", "thuis@a.example"), ("'Els'", "els@a.example"),
]  # fmt: skip
UNMAILED = [("Oma zonder mail", ""), ("-Opa", ""), ("Zus van Jan", "+jan@gezin.example")]
CLIENTS: list[dict[str, Any]] = [
    {"client_number": "00123", "name": "Bakkerij \"Jansen\" B.V.", "kvk_number": "01234567", "hours_to_notify": 24,
     "contacts": [{"name": "=Bea", "email": "+bea@jansen.example", "phone": "+31 10 123 45 67"},
                  {"name": "Bo", "phone": "020 123 45 67"}, {"name": "Kees", "email": "kees@jansen.example"}]},
    {"client_number": "-7", "name": "+Tandarts", "kvk_number": "12345678", "hours_to_notify": None,
     "contacts": [{"name": "Wit", "email": "wit@tand.example"}]},
    {"client_number": "0", "name": "Kapper; Kort", "kvk_number": "23456789", "hours_to_notify": 720,
     "contacts": [{"name": "Koos", "email": "koos@kort.example"}, {"name": "Kim", "email": "kim@kort.example"}]},
]  # fmt: skip
TITLES = ["=HYPERLINK(1)", "'t Archief\u2019s sleutel", "Mail; \"verkeerd\" verstuurd", "-5 laptops"]


@pytest.fixture(scope="module")
def house(app: Flask) -> Office:
    """An office whose clients, breaches and people have values that a spreadsheet would like to change."""
    office = factories.an_office(0)
    with acting_for(office.id):
        register_clients(factories.a_client(nth, **client) for nth, client in enumerate(CLIENTS))
    late = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)  # in Amsterdam it is the 25th
    for title in TITLES:
        factories.an_own_breach(office.id, office.officer, title=title, found_at=late, happened_from=late)
    return office


@pytest.fixture(scope="module")
def owner(app: Flask, house: Office) -> Caller:
    who = factories.a_member(house.id, OWNER)
    assert who.id
    return caller_for(app, who.id)


@pytest.fixture(scope="module")
def notice(house: Office) -> UUID:
    own = factories.an_own_breach(house.id, FENNA)
    with acting_for(house.id):
        begun = begin_by_choice(breach(own), house.officer)
        add_recipients(begun.id, [Addressee(*person) for person in MAILED])
        add_recipients(begun.id, [Unmailed(*person) for person in UNMAILED])
    return begun.id


def items(owner: Caller, path: str, language: str, purpose: str) -> list[Item]:
    """What the reader makes of a file, each row of which fits."""
    answer = owner.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    reading = reading_of(answer.get_data(), purpose)
    read = list(reading.items())
    assert (reading.faults, reading.asks, reading.rows) == ([], [], len(read))
    return read


@pytest.mark.parametrize(("ending", "language"), FORMS)
@pytest.mark.parametrize(("path", "people"), [("people", MAILED + UNMAILED), ("unreached", UNMAILED)])
def test_the_people_of_a_notice(
    owner: Caller, notice: UUID, path: str, people: list[tuple[str, str]], ending: str, language: str
) -> None:
    read = items(owner, f"notices/{notice}/{path}.{ending}", language, "recipients")
    assert Counter((item.values["name"], item.values["address"] or "") for item in read) == Counter(people)


@pytest.mark.parametrize(("ending", "language"), FORMS)
def test_the_agreements(owner: Caller, ending: str, language: str) -> None:
    read = {item.values["client_number"]: item.values for item in items(
        owner, f"agreements.{ending}", language, "clients"
    )}  # fmt: skip
    assert read == {client["client_number"]: client | {"in_force_from": date(2020, 1, 1)} for client in CLIENTS}


@pytest.mark.parametrize(("ending", "language"), FORMS)
def test_the_register(owner: Caller, notice: UUID, ending: str, language: str) -> None:
    kept = owner.get("breaches.json").json
    assert kept and {row["title"] for row in kept} > set(TITLES)
    read = items(owner, f"breaches.{ending}", language, "register")
    assert [(item.values["reference"], item.values["title"]) for item in read] == [
        (row["reference"], row["title"]) for row in kept
    ]
    assert [item.values["description"] or "" for item in read] == [row["description"] for row in kept]
    people = [(item.values["people_min"], item.values["people_max"]) for item in read]
    assert people == [(row["people_min"], row["people_max"]) for row in kept]
    days = [tuple(item.values[name] for name in ("discovered_on", "began_on", "reported_on")) for item in read]
    names = ("found_at", "happened_from", "submitted_at")
    assert days == [tuple(local_day(row[name]) for name in names) for row in kept]
    assert (date(2026, 10, 25), date(2026, 10, 25), None) in days


def local_day(moment: str | None) -> date | None:
    return datetime.fromisoformat(moment).astimezone(AMSTERDAM).date() if moment else None

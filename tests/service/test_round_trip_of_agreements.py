"""The agreements that Meldketen writes its own reader reads back: also those that ended, and no client for tests."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from service.reading.reader import reading_of
from tenants.agreements.client_of_tests import make_test_client
from tenants.agreements.processing_agreements import register_clients
from tenants.isolation import acting_for
from tests import factories
from tests.factories import Office
from tests.service.caller import Caller, caller_for
from tests.service.round_trips import CLIENTS, FORMS, as_day, taken

PLAIN: dict[str, Any] = {
    "client_number": "R1", "name": "Rietdekker", "kvk_number": "34567890", "hours_to_notify": 8,
    "services": {"audit": "processor"}, "contacts": [{"name": "Riet", "email": "riet@dak.example"}],
}  # fmt: skip
PERIODS: list[dict[str, Any]] = [
    {"in_force_from": "2019-02-03", "in_force_to": "2023-12-31"}, {"in_force_from": "2024-01-01", "in_force_to": None},
    {"in_force_from": "2020-01-01", "in_force_to": "2021-06-30", "client_number": "E1", "name": "Eindig B.V.",
     "kvk_number": "45678901"},
]  # fmt: skip
"""A client whose agreement ended and who has another one, and a client that is none any more."""


@pytest.fixture(scope="module")
def house(app: Flask) -> Office:
    """An office with clients, of which some agreements ended, and a client for tests."""
    office = factories.an_office(0)
    with acting_for(office.id):
        clients = [*CLIENTS, *(PLAIN | period for period in PERIODS)]
        register_clients(factories.a_client(nth, **client) for nth, client in enumerate(clients))
        make_test_client("Proef", office.officer, "fg@delinde.example")
    return office


def caller_of(app: Flask, office: Office) -> Caller:
    assert office.officer.id
    return caller_for(app, office.officer.id)


@pytest.mark.parametrize(("ending", "language"), FORMS)
def test_the_agreements(app: Flask, house: Office, ending: str, language: str) -> None:
    content = caller_of(app, house).get(f"agreements.{ending}", headers={"Accept-Language": language}).get_data()
    reading = reading_of(content, "clients")
    agreements = [
        *(client | {"in_force_from": date(2020, 1, 1), "in_force_to": None} for client in CLIENTS),
        *(PLAIN | period | {name: as_day(period[name]) for name in OF_PERIOD} for period in PERIODS),
    ]  # fmt: skip
    assert sorted((item.values for item in reading.items()), key=by_period) == sorted(agreements, key=by_period)
    assert ([(ask.key, ask.count) for ask in reading.asks], reading.faults) == ([("file.test_clients", 1)], [])
    if (ending, language) not in (("csv", "nl"), ("json", "en")):
        return
    run, result = taken(caller_of(app, house), content, "clients")
    assert (run["fits"], run["faults"], run["left_out_rows"]) == (len(agreements), 0, 1)
    assert (result["known"], result["new"]) == (len(agreements), 0)
    other = caller_of(app, factories.an_office(0))
    taken(other, content, "clients")
    assert periods(other) == sorted((who, str(on), str(to)) for who, on, to in map(by_period, agreements))


OF_PERIOD = ("in_force_from", "in_force_to")


def by_period(agreement: Any) -> tuple[Any, ...]:
    return agreement["client_number"], *(agreement[name] for name in OF_PERIOD)


def periods(caller: Caller) -> list[tuple[Any, ...]]:
    """The agreements of an office: the client's number, and the first and last day."""
    return sorted((who, str(on), str(to)) for who, on, to in map(by_period, caller.get("agreements.json").json))

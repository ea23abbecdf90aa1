"""An estimate ("ca. 75") stays one wherever a number of people is said, and an open end stays open in a sum."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from service.schemas.people_counted import numbers_of
from tenants.history.entries import of_subject
from tenants.isolation import acting_for
from tests import factories
from tests.service.caller import Caller, caller_for, refused

PEOPLE = ("people_min", "people_max", "people_estimate")


def people_in(row: Any) -> tuple[Any, ...]:
    return tuple(row[name] for name in PEOPLE)


def test_clients_keep_their_estimates_and_a_sum_says_at_least_and_about(
    app: Flask, incident: dict[str, Any]
) -> None:  # fmt: skip
    office = factories.an_office(clients=3)
    assert office.officer.id
    caller = caller_for(app, office.officer.id)
    said = [("K0001", "ongeveer 75"), ("K0002", "meer dan 500"), ("K0003", "")]
    new = incident | {"clients": [{"client_number": who, "people": people or None} for who, people in said]}
    preview, made = caller.post("incidents/preview", new).json, caller.post("incidents", new)
    assert made.status_code == 201, made.text
    path = f"incidents/{made.json['id']}"
    assert "ongeveer 75" in next(s["letter"]["text"] for s in preview["samples"] if s["people_estimate"])
    for sums in (preview, caller.get(f"{path}/board").json):
        assert (*people_in(sums), sums["people_not_known"]) == (576, None, True, 1)
    rows = {row["client_number"]: row for row in caller.get(f"{path}/escalations").json["items"]}
    exported = {row["client_number"]: row for row in caller.get("incidents.json").json}
    for of in (rows, exported):
        assert [people_in(of[who]) for who, _ in said] == [(75, 75, True), (501, None, False), (None, None, False)]
    with acting_for(office.id):
        opened = [e for e in of_subject(UUID(rows["K0001"]["id"])) if e.what == "escalation.opened"]
    assert [people_in(entry.details) for entry in opened] == [(75, 75, True)]


def test_a_breach_keeps_its_estimate_until_somebody_says_a_number(officer: Caller, moment: Any) -> None:
    new = {"title": "Tas weg", "description": "In de trein", "found_at": moment(2), "became_aware_at": moment(1)}
    made = officer.post("breaches", new | {"people": "ca. 75"})
    assert made.status_code == 201, made.text
    path = f"breaches/{made.json['id']}"
    assert people_in(made.json) == (75, 75, True)
    same = {"facts": {"data": ["name"]}, "people_min": 75, "people_max": 75}
    assert people_in(officer.put(f"{path}/facts", same).json) == (75, 75, True)
    exact = officer.put(f"{path}/facts", same | {"people_estimate": False})
    assert people_in(exact.json) == (75, 75, False)
    refused(officer.put(f"{path}/facts", same), 422, "facts.nothing_changed")
    other = officer.put(f"{path}/facts", same | {"people_min": "ca. 80", "people_max": None})
    assert people_in(other.json) == (80, 80, True)
    assert people_in(officer.put(f"{path}/facts", same | {"people_max": 90}).json) == (75, 90, False)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ({"people_min": "ca. 75"}, (75, 75, True)), ({"people_min": "75"}, ("75", None, False)),
        ({"people_min": "ca. 70", "people_max": "80"}, ("70", "80", True)),
        ({"people_max": "ongeveer veel"}, (None, "ongeveer veel", False)), ({"people_min": 75}, (75, None, None)),
        ({"people": "ca. 70-80"}, (70, 80, True)), ({"people": "meer dan 500"}, (501, None, False)),
        ({"people": "onbekend"}, (None, None, False)), ({"people_min": "ca. 75", "people_max": 3}, ("75", 3, True)),
    ],
)  # fmt: skip
def test_what_is_typed(typed: dict[str, Any], read: tuple[Any, ...]) -> None:
    assert tuple(numbers_of(typed).get(name) for name in PEOPLE) == read

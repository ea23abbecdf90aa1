"""Moments as the field writes them: in a file of clients who were called already, and in an incident that cannot be."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from marshmallow import ValidationError

from service.admission.admission import admission
from service.http.faults import message
from service.schemas.faults import faults_of
from service.schemas.incident import IncidentSchema
from service.schemas.lists import read_clients
from tenants.errors import ManyInvalid
from tests.service.caller import Caller, keys

FILE = (Path(__file__).parent / "field" / "09-al-gebeld.csv").read_bytes()
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SURE = datetime(2026, 11, 25, 8, tzinfo=UTC)
"""25 November, 09:00 in Amsterdam."""
TYPED = {
    "title": "Kwijt", "services": ["payroll_bare"], "found_at": "2026-11-25T08:00",
    "became_aware_at": "2026-11-25T09:00", "description": "Weg", "contact_name": "F", "contact_email": "f@example.nl",
}  # fmt: skip


@pytest.fixture
def noon(app: Flask) -> Iterator[None]:
    """Moments are compared with the request's."""
    with app.test_request_context():
        admission().now = NOW
        yield


def faults(file: bytes, aware_at: datetime | None = SURE, confirmed: bool = False) -> dict[int, list[Any]]:
    """What is told, by the row as Excel counts it."""
    with pytest.raises(ManyInvalid) as refusal:
        read_clients(file, aware_at, confirmed)
    by_line: dict[int, list[Any]] = {}
    for fault in refusal.value.faults:
        by_line.setdefault(fault.values["line"], []).append((fault.key, message(fault.key, fault.values)))
    return by_line


def test_everybody_who_was_called_is_read_or_told_in_one_round(noon: None) -> None:
    faults_by_line = faults(FILE)
    assert {line: [key for key, _ in line_faults] for line, line_faults in faults_by_line.items()} == {
        3: ["call.before_awareness"],
        4: ["csv.moment_without_time"],
        6: ["file.day_without_year"],
        7: ["csv.moment_unreadable"],
        8: ["csv.moment_is_twice"],
        9: ["csv.informed_how"],
        10: ["call.before_awareness"],
    }
    words = {line: " ".join(said for _, said in said_here) for line, said_here in faults_by_line.items()}
    assert "12 februari 2026 09:15" in words[3] and "25 november 2026 09:00" in words[3]
    assert "'25-11-2026'" in words[4] and "Zet de tijd erbij" in words[4]
    assert "2026-10-25 02:15+02:00" in words[8] and "2026-10-25 02:15+01:00" in words[8]
    assert "telefoon of brief" in words[9]
    assert "24 november 2026 16:00" in words[10]


def test_the_first_row_is_read_as_it_was_written(noon: None) -> None:
    [hit] = read_clients(b"\n".join(FILE.splitlines()[:2]), SURE)
    assert hit.informed_at == datetime(2026, 11, 25, 8, 15, tzinfo=UTC)


@pytest.mark.parametrize(("offset", "hour"), [("+02:00", 0), ("+01:00", 1)])
@pytest.mark.parametrize("written", ["2026-10-25 02:15", "25-10-2026 2:15"])
def test_an_hour_that_was_twice_can_be_written_in_a_file(noon: None, offset: str, hour: int, written: str) -> None:
    file = f"klantnummer;geinformeerd op;hoe\nP1;{written}{offset};telefoon\n"
    [hit] = read_clients(file, datetime(2026, 10, 20, tzinfo=UTC), confirmed=True)
    assert hit.informed_at == datetime(2026, 10, 25, hour, 15, tzinfo=UTC)


def refused(**more: Any) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as refusal:
        IncidentSchema().load(TYPED | {"clients": [{"client_number": "K1"}]} | more)
    return [(str(fault.field), fault.key) for fault in faults_of(refusal.value).faults]


def test_moments_that_cannot_be_are_told_together_with_what_else_is_wrong(noon: None) -> None:
    row = {"client_number": "K1", "informed_at": "2026-11-25T06:30", "informed_how": "phone"}
    assert sorted(refused(
        title="", became_aware_at="2026-11-25T07:00", happened_from="2026-11-25T10:00",
        happened_until="2026-11-25T09:00", clients=[row],
    )) == [
        ("became_aware_at", "moment.aware_before_found"),
        ("clients.0.informed_at", "call.before_awareness"),
        ("happened_from", "moment.found_before_begun"),
        ("happened_until", "moment.reversed"),
        ("title", "field.required"),
    ]  # fmt: skip


def test_what_is_far_off_is_asked_and_taken_when_somebody_says_that_it_is_right(noon: None) -> None:
    long_ago = {"found_at": "2025-11-25T08:00", "became_aware_at": "2025-11-25T09:00"}
    assert refused(**long_ago) == [("found_at", "moment.ask.found_long_ago")]
    row = {"client_number": "K1", "informed_at": "2025-11-25T10:00", "informed_how": "phone"}
    both = long_ago | {"clients": [row]}
    assert {key for _, key in refused(**both)} == {"moment.ask.found_long_ago", "moment.ask.informed_long_ago"}
    loaded = IncidentSchema().load(TYPED | both | {"moments_confirmed": True})
    assert not hasattr(loaded, "moments_confirmed") and loaded.clients[0].informed_at.year == 2025
    file = {"clients_csv": "klantnummer;geinformeerd op;hoe\nK1;25-11-2025 10:00;brief\n", "clients": None}
    assert ("clients_csv", "moment.ask.informed_long_ago") in refused(**long_ago, **file)
    assert IncidentSchema().load(TYPED | long_ago | file | {"moments_confirmed": True}).clients[0].informed_how


def test_a_tick_never_makes_possible_what_cannot_be(noon: None) -> None:
    assert refused(became_aware_at="2026-11-25T07:00", moments_confirmed=True) == [
        ("became_aware_at", "moment.aware_before_found")
    ]


def test_the_api_asks_about_moments_that_are_far_apart(
    officer: Caller, approver: Caller, own_breach: UUID, moment: Callable[[float], str], incident: dict[str, Any]
) -> None:
    far = incident | {"found_at": moment(800), "became_aware_at": moment(799)}
    answer = officer.post("incidents", far)
    assert keys(answer) == [("found_at", "moment.ask.found_long_ago")]
    assert "31 days" in answer.json["errors"][0]["message"]
    assert officer.post("incidents", far | {"moments_confirmed": True}).status_code == 201
    term = {"until": moment(-800), "reason": "Storing", "source": "AP"}
    at = f"breaches/{own_breach}/moved-term"
    answers = [keys(officer.post(at, term)), officer.post(at, term | {"moments_confirmed": True}).status_code]
    assert answers == [[("until", "moment.ask.moved_far")], 200]

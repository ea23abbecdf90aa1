"""What Meldketen writes its own reader reads back to the same rows: CSV, XLSX and JSON, in both languages."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from service.reading.outcome import Item
from service.reading.reader import reading_of
from service.words.texts import spoken
from tenants.agreements.processing_agreements import register_clients
from tenants.identity.users import OWNER
from tenants.isolation import acting_for
from tenants.register.breaches import breach
from tests import factories
from tests.conftest import Database
from tests.factories import FENNA, Office
from tests.service.caller import Caller, caller_for
from tests.service.round_trips import CLIENTS, FORMS, as_day, taken
from tests.worlds.old_register import ANSWERS, BARE, HASH, LAPTOP, LIKE_OURS
from workflows.escalation.incident import ClientHit
from workflows.law.periods import AMSTERDAM
from workflows.mail.batches import Addressee
from workflows.mail.listing import add_recipients
from workflows.mail.unmailed import Unmailed
from workflows.notice.bulk_notice import begin_by_choice
from workflows.notification.taking_over import OldBreach, take_over

MAILED = [
    ("=SOM(A1)", "plus@gezin.example"), ('Jan "de" Vries; jr.', "+jan@gezin.example"),
    ("José Żółć", "-jose@a.example"),
    ("'s Gravesande", "s@a.example"), ("+31 Piet", "piet@a.example"), ("", "naamloos@a.example"),
    ("'=Jan", "jan2@a.example"), ("''+Jan", "jan3@a.example"), ("Jan,'=1", "jan4@a.example"),
    ("Pol,=1+1", "pol@a.example"), ('Pol,"=1"', "pol2@a.example"),
    ("@thuis", "thuis@a.example"), ("'Els'", "els@a.example"),
]  # fmt: skip
UNMAILED = [("Oma zonder mail", ""), ("-Opa", ""), ("Zus van Jan", "+jan@gezin.example")]
TITLES = [
    "=HYPERLINK(1)", "'t Archief\u2019s sleutel", "Mail; \"verkeerd\" verstuurd", "-5 laptops", "Brief,=1+1",
]  # fmt: skip


OF_DAYS = {"began_on": "happened_from", "discovered_on": "found_at", "reported_on": "submitted_at"}
DECIDED = {"submitted": "yes", "not_notified": "no"}
STATES = (
    "decision = 'notify', decision_reason = '+Ja', decided_at = now(), submitted_at = now(), authority_number = '@1'",
    "decision = 'do_not_notify', decision_reason = 'Nee', decided_at = now()",
    "decision = 'notify', decision_reason = 'Ja', decided_at = now()", "decision = 'notify', decision_reason = 'Ja'",
    "decision = null",
)
FACTS = """people_estimate = true, people_min = 5, people_max = 5, consequences = '=1+1', measures = '-geen',
    facts = '{"nature": ["confidentiality", "integrity"], "data": ["name"]}'"""
LATE = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)  # in Amsterdam it is the 25th
HITS: list[dict[str, Any]] = [
    {"client_number": "00123", "people_min": 75, "people_max": 75, "estimate": True, "informed_at": LATE,
     "informed_how": "phone"},
    {"client_number": "-7", "people_min": 501, "people_max": None, "estimate": False, "informed_at": None,
     "informed_how": None},
    {"client_number": "0", "people_min": None, "people_max": None, "estimate": False, "informed_at": LATE,
     "informed_how": "letter"},
]  # fmt: skip
OLD = [
    LAPTOP, BARE, replace(LIKE_OURS, reference="2019-0001"),
    OldBreach(row=6, reference="Q-1", title=""), OldBreach(row=7, reference=None, title="", measures="Gebeld"),
    OldBreach(row=8, reference="Q-2", title="", nature="Diefstal"),
    *(OldBreach(row=9, reference=f"=DL-{answer}", title="+Oud", reported_to_ap=answer, people_told=answer,
                people_min=70, people_max=80, estimate=True, reason="-Geen\nkans", discovered_on=date(2021, 3, 4))
      for answer in ANSWERS),
]  # fmt: skip
FILES = (
    ("breaches", "register.csv", "register"), ("incidents", "incidents.column", "hits"),
    ("incidents/{}/escalations", "board.csv_column", "hits"), ("agreements", "agreements.column", "clients"),
)  # fmt: skip
NOT_HELD = {
    "register.csv": (
        # Who else had a part in it: an old register has the breaches of one organisation.
        "from", "according_to", "stated_aware_at", "stated_by",
        # Moments and terms of the law, which begin no clock of an old breach.
        "happened_until", "became_aware_at", "earliest_aware_at", "own_aware_at", "own_aware_reason", "later_aware_at",
        "later_aware_reason", "alarm_at", "due_at", "late_reason",
        # What the assessment rested on. An old register holds what was decided and why.
        "groups", "cause", "risk", "risk_reason", "people_exception", "people_reason", "decision", "decided_at",
        # How it came about here: who did what, and which file an old breach came from.
        "done_alone", "changed_after_approval", "version", "old_file", "old_row",
    ),
    # What the client itself said: it is asked anew.
    "agreements.column": ("controller_confirmed",),
    # The incident and its agreement, which the next incident has of its own, and what came of telling the client.
    "incidents.column": (
        "reference", "title", "services", "found_at", "became_aware_at", "happened_from", "happened_until", "is_test",
        "ended_at", "controller_name", "hours_agreed", "alarm_at", "call_needed_at", "acknowledged_at",
        "acknowledged_by", "decision", "decided_at", "decided_alone",
    ),
    "board.csv_column": (
        "read_at", "controller_name", "is_test", "state", "term", "alarm_at", "acknowledged_at", "acknowledged_by",
        "decision", "decided_at", "decided_alone", "call_needed_at", "contact", "contact_how", "phone", "email",
    ),
}  # fmt: skip
"""The columns of each file that its purpose cannot hold, and why."""


@pytest.fixture(scope="module")
def house(app: Flask) -> Office:
    """An office whose clients, breaches and people have values that a spreadsheet would like to change."""
    office = factories.an_office(0)
    with acting_for(office.id):
        register_clients(factories.a_client(nth, **client) for nth, client in enumerate(CLIENTS))
    for title in TITLES:
        factories.an_own_breach(office.id, office.officer, title=title, found_at=LATE, happened_from=LATE)
    with acting_for(office.id):
        take_over(OLD, uuid4(), HASH, office.officer)
    return office


@pytest.fixture(scope="module")
def register(owner: Caller, notice: UUID, database: Database) -> list[dict[str, Any]]:
    """What the register says, with breaches of an old one, and an own one in each state of a decision."""
    own = [row["id"] for row in owner.get("breaches").json["items"] if row["title"] in TITLES]
    with database.superuser.begin() as behind:
        behind.execute(text("set local session_replication_role = replica"))  # nobody has to approve these
        for breach_id, state in zip(own[: len(STATES)], STATES, strict=True):
            behind.execute(text(f"update breach set {state}, {FACTS} where id = :id"), {"id": breach_id})
    kept = owner.get("breaches.json").json
    assert {row["decision_state"] for row in kept} >= {"submitted", "not_notified", "approved", "taken_over"}
    return list(kept)


@pytest.fixture(scope="module")
def incident_id(house: Office) -> str:
    hits = [
        ClientHit(line, hit["client_number"], hit["people_min"], hit["people_max"], hit["estimate"],
                  hit["informed_at"], hit["informed_how"]) for line, hit in enumerate(HITS, 1)
    ]  # fmt: skip
    opened = factories.an_incident(house, hits, found_at=LATE, became_aware_at=LATE)
    return str(opened.id)


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
def test_the_register(owner: Caller, register: list[dict[str, Any]], ending: str, language: str) -> None:
    read = items(owner, f"breaches.{ending}", language, "register")
    assert [item.values for item in read] == [as_read(row, ending, language) for row in register]


def as_read(row: dict[str, Any], ending: str, language: str) -> dict[str, Any]:
    """Return what the reader makes of a row of the register: what an old register holds of it."""
    old, texts = row["taken_over"] or {}, spoken(language)
    days = {name: local_day(row[of]) or as_day(old.get(name)) for name, of in OF_DAYS.items()}

    def words(kind: str) -> str | None:
        named = row["facts"].get(kind, [])
        return ", ".join(named if ending == "json" else [texts[f"labels.{kind}.{word}"] for word in named]) or None

    return {
        "reference": old["reference"] if old else row["reference"], "own_number": row["reference"],
        "title": row["title"],
        "description": row["description"] or None, **days,
        "reported_to_ap": old.get("reported_to_ap") or DECIDED.get(row["decision_state"], "unknown"),
        "people_told": old.get("people_told") or ("yes" if row["people_told_at"] else "unknown"),
        "people_min": row["people_min"], "people_max": row["people_max"], "estimate": row["people_estimate"],
        "ap_number": row["authority_number"], "consequences": row["consequences"], "measures": row["measures"],
        "nature": old.get("nature") or words("nature"), "kinds_of_data": old.get("kinds_of_data") or words("data"),
        "reason": old.get("reason") or row["decision_reason"],
    }  # fmt: skip


@pytest.mark.parametrize(("ending", "language"), FORMS)
@pytest.mark.parametrize("path", ["incidents", "board"])
def test_the_clients_of_an_incident(owner: Caller, incident_id: str, path: str, ending: str, language: str) -> None:
    address = "incidents" if path == "incidents" else f"incidents/{incident_id}/escalations"
    read = items(owner, f"{address}.{ending}", language, "hits")
    assert {item.values["client_number"]: item.values for item in read} == {hit["client_number"]: hit for hit in HITS}


@pytest.mark.parametrize(("ending", "language"), FORMS)
def test_the_register_taken_again_changes_nothing(
    app: Flask, owner: Caller, register: list[dict[str, Any]], ending: str, language: str
) -> None:  # fmt: skip
    ours = owner.get(f"breaches.{ending}", headers={"Accept-Language": language}).get_data()
    for _ in range(2):
        run, result = taken(owner, ours)
        assert (run["faults"], run["known"], run["alike"], run["differ"]) == (0, len(register), 0, [])
        assert (result["new"], result["known"], result["equal"]) == (0, len(register), 0)
    assert owner.get("breaches.json").json == register
    other = caller_for(app, factories.a_member(factories.an_organisation(), OWNER).id or UUID(int=0))
    for new in (len(register), 0):
        run, result = taken(other, ours)
        assert (result["new"], result["known"]) == (new, len(register) - new)
    elsewhere = {row["taken_over"]["reference"]: row["description"] for row in other.get("breaches.json").json}
    assert (elsewhere["Q-1"], elsewhere["Q-2"]) == ("", ""), "no description comes from a title"
    again = other.get(f"breaches.{ending}", headers={"Accept-Language": language}).get_data()
    assert taken(other, again)[1]["new"] == 0 and len(other.get("breaches.json").json) == len(register)


def test_a_number_alone_does_not_say_that_a_breach_is_known(owner: Caller, register: list[dict[str, Any]]) -> None:
    [row, *_] = [row for row in register if not row["taken_over"]]
    day = local_day(row["found_at"])
    foreign = f"nummer;titel;datum ontdekking\n{row['reference']};Tas weg;{day}\n".encode()
    run, result = taken(owner, foreign)
    assert (run["known"], run["alike"], result["new"]) == (0, 1, 1)
    assert taken(owner, foreign)[1]["known"] == 1
    ours = owner.get("breaches.json").json
    assert {f"oud-{row['reference']}", row["reference"]} <= {each["reference"] for each in ours}
    run, result = taken(owner, owner.get("breaches.csv").get_data())
    assert (run["faults"], result["new"], result["known"]) == (0, 0, len(ours))
    for changed in ({"title": "Andere titel"}, {"found_at": "2025-01-01T10:00:00+00:00"}):
        run, result = taken(owner, json.dumps([{**row, **changed}]).encode())
        assert (run["known"], run["alike"], result["new"]) == (0, 1, 1), changed


def test_every_column_is_read_or_named(owner: Caller, register: list[dict[str, Any]], incident_id: str) -> None:
    for path, prefix, purpose in FILES:
        answer = owner.get(f"{path.format(incident_id)}.csv", headers={"Accept-Language": "nl"})
        columns, texts = reading_of(answer.get_data(), purpose).columns, spoken("nl")
        read = {columns.headings[place] for place in columns.used}
        named = {texts[f"{prefix}.{name}"] for name in NOT_HELD[prefix]}
        assert read.isdisjoint(named) and read | named == set(columns.headings)


def local_day(moment: str | None) -> date | None:
    return datetime.fromisoformat(moment).astimezone(AMSTERDAM).date() if moment else None

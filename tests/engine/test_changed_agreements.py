"""An agreement is changed, ended and renewed from a day on: what it means for incidents, open messages, histories."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tenants.agreements.changed_agreements import Terms
from tenants.agreements.clients import Client, client_of
from tenants.agreements.processing_agreements import agreements_by_client_number, register_clients
from tenants.database import db
from tenants.errors import Invalid, ManyInvalid, NotAllowed, NotFound, OutOfDate
from tenants.history.entries import of_subject, of_subjects
from tenants.history.witness import verify_acting_organisation
from tenants.isolation import acting_for
from tenants.organisations.admission import SUSPENDED
from tenants.register.escalations import board
from tests.conftest import Database
from tests.factories import Office, a_client, an_incident, an_office
from tests.operating import admit
from workflows.agreements.changing import change_terms
from workflows.agreements.ending import end_agreement
from workflows.agreements.renaming import rename_client
from workflows.escalation.incident import ClientHit
from workflows.law.periods import AMSTERDAM

A_DAY = timedelta(days=1)
ROLES = {"payroll_bare": "processor"}


@pytest.fixture
def office(database: Database) -> Office:
    return an_office(1)


def today() -> date:
    """The local day, by the clock that a test's machine has in common with the database."""
    return datetime.now(UTC).astimezone(AMSTERDAM).date()


def the_client(office: Office, number: str = "K0001") -> Client:
    with acting_for(office.id):
        return client_of(agreements_by_client_number([number])[number][0].id)


def changed(office: Office, from_day: date, hours: int | None = 4, to_day: date | None = None, **more: Any) -> UUID:
    """The office's first client has these hours from that day on."""
    client = the_client(office)
    terms = Terms(in_force_from=from_day, in_force_to=to_day, hours_to_notify=hours, services=more.get("roles", ROLES))
    with acting_for(office.id):
        return change_terms(client.current.id, terms, more.get("seen", client.version), office.officer)


def ended(office: Office, last_day: date, reason: str | None = None) -> None:
    client = the_client(office)
    with acting_for(office.id):
        end_agreement(client.current.id, last_day, reason, client.version, office.officer)


def periods(office: Office, number: str = "K0001") -> list[tuple[date, date | None, int | None]]:
    client = the_client(office, number)
    return [(a.in_force_from, a.in_force_to, a.hours_to_notify) for a in client.agreements]


def noticed_on(office: Office, day: date) -> Any:
    """An incident noticed at noon, local time, on this day."""
    at = datetime(day.year, day.month, day.day, 12, tzinfo=AMSTERDAM)
    return an_incident(office, [ClientHit(1, "K0001", 5, 5)], found_at=at, became_aware_at=at)


def hours_of(office: Office, incident: Any) -> int | None:
    with acting_for(office.id):
        return board(incident.id, 1)[0].hours_agreed


def faults_of(error: pytest.ExceptionInfo[ManyInvalid]) -> list[tuple[str, str | None]]:
    return [(fault.key, fault.field) for fault in error.value.faults]


def test_other_hours_begin_on_their_day_and_what_was_agreed_before_stays(office: Office) -> None:
    day = today() - 10 * A_DAY
    changed(office, day)
    assert periods(office) == [(date(2020, 1, 1), day - A_DAY, 24), (day, None, 4)]
    assert hours_of(office, noticed_on(office, day - A_DAY)) == 24
    assert hours_of(office, noticed_on(office, day)) == 4


def test_an_open_message_keeps_the_hours_with_which_it_began(office: Office) -> None:
    incident = noticed_on(office, today() - 3 * A_DAY)
    with acting_for(office.id):
        before = board(incident.id, 1)[0].alarm_at
    changed(office, today() - 2 * A_DAY)
    with acting_for(office.id):
        [row] = board(incident.id, 2)
        assert (row.hours_agreed, row.alarm_at) == (24, before)


def test_nothing_changes_for_the_day_of_an_open_message(office: Office) -> None:
    day = today() - 3 * A_DAY
    noticed_on(office, day)
    with pytest.raises(ManyInvalid) as refused:
        changed(office, day)
    assert faults_of(refused) == [("agreement.relied_on", "in_force_from")]
    with pytest.raises(ManyInvalid) as refused:
        ended(office, day - A_DAY)
    assert faults_of(refused) == [("agreement.end_relied_on", "last_day")]
    changed(office, day + A_DAY)
    assert len(periods(office)) == 2


def test_an_agreement_that_ended_is_hit_up_to_its_last_day(office: Office) -> None:
    ended(office, today() - 5 * A_DAY, "Is weg")
    noticed_on(office, today() - 5 * A_DAY)
    with pytest.raises(ManyInvalid) as refused:
        noticed_on(office, today() - 4 * A_DAY)
    assert faults_of(refused) == [("client.agreement_not_in_force", "clients")]


def test_a_renewed_agreement_is_hit_again(office: Office) -> None:
    ended(office, today() - 5 * A_DAY)
    changed(office, today() - 4 * A_DAY, hours=48)
    assert [hours for _, _, hours in periods(office)] == [24, 48]
    assert hours_of(office, noticed_on(office, today() - 4 * A_DAY)) == 48
    assert hours_of(office, noticed_on(office, today() - 5 * A_DAY)) == 24


def test_from_its_first_day_an_agreement_itself_is_corrected(office: Office) -> None:
    changed(office, date(2020, 1, 1), hours=None, to_day=date(2099, 1, 1), roles={"audit": "controller"})
    client = the_client(office)
    assert periods(office) == [(date(2020, 1, 1), date(2099, 1, 1), None)]
    assert client.current.services == {"audit": "controller"}


def test_what_was_planned_is_withdrawn_when_the_client_leaves_before(office: Office) -> None:
    changed(office, today() + 30 * A_DAY)
    planned = the_client(office).last.id
    ended(office, today() + A_DAY)
    assert periods(office) == [(date(2020, 1, 1), today() + A_DAY, 24)]
    with acting_for(office.id):
        assert [entry.what for entry in of_subject(planned)] == ["agreement.changed", "agreement.withdrawn"]


def test_an_end_can_be_moved_and_stands_in_both_histories(office: Office) -> None:
    ended(office, today() + 40 * A_DAY, "Naar een ander kantoor")
    ended(office, today() + 50 * A_DAY)
    current = the_client(office).current
    with acting_for(office.id):
        entries = [entry for entry in of_subject(current.id) if entry.what == "agreement.ended"]
    days = [(today() + days * A_DAY).isoformat() for days in (40, 50)]
    assert [entry.details["in_force_to"] for entry in entries] == days
    assert entries[0].details["reason"] == "Naar een ander kantoor" and entries[1].details["before"] == days[0]
    with acting_for(current.controller_id):
        there = [entry for entry in of_subject(current.id) if entry.what == "agreement.ended"]
        assert [entry.details["in_force_to"] for entry in there] == days
        assert [entry.details["by"] for entry in there] == ["De Linde Accountants"] * 2
        assert "reason" not in there[0].details and verify_acting_organisation().ok


@pytest.mark.parametrize(("days_ago", "later", "key"), [
    (1, 0, "agreement.over"), (1, 900, "agreement.over"), (1, -1, None), (1, -30, None), (0, 30, None), (-5, 30, None),
])  # fmt: skip
def test_what_is_over_is_renewed_and_not_ended_again(
    office: Office, days_ago: int, later: int, key: str | None
) -> None:
    """Days that nobody agreed would be in force backwards."""
    ended(office, today() - days_ago * A_DAY)
    before, last_day = periods(office), today() + later * A_DAY
    if key is None:
        ended(office, last_day)
        assert periods(office)[0][1] == last_day
        return
    with pytest.raises(ManyInvalid) as refused:
        ended(office, last_day)
    assert faults_of(refused) == [(key, "last_day")] and periods(office) == before


def test_an_end_before_what_is_planned_is_not_moved_over_the_days_between(office: Office) -> None:
    ended(office, today() - 5 * A_DAY)
    changed(office, today() + 30 * A_DAY)
    with pytest.raises(ManyInvalid) as refused:
        ended(office, today() + 3 * A_DAY)
    assert faults_of(refused) == [("agreement.over", "last_day")] and len(periods(office)) == 2


def test_all_faults_of_a_change_are_told_at_once(office: Office) -> None:
    changed(office, today() + 30 * A_DAY)
    with pytest.raises(ManyInvalid) as refused:
        changed(office, date(2019, 1, 1), to_day=date(2018, 1, 1))
    assert faults_of(refused) == [
        ("agreement.before_first", "in_force_from"), ("agreement.ends_before", "in_force_to"),
    ]  # fmt: skip
    with pytest.raises(ManyInvalid) as refused:
        changed(office, today(), to_day=None)
    assert faults_of(refused) == [("agreement.overlaps_next", "in_force_to")]
    with pytest.raises(ManyInvalid) as refused:
        ended(office, date(2019, 12, 31))
    assert faults_of(refused) == [("agreement.ends_before_begin", "last_day")]
    assert len(periods(office)) == 2


def test_nobody_overwrites_what_they_did_not_see(office: Office) -> None:
    seen = the_client(office).version
    changed(office, today())
    with pytest.raises(OutOfDate):
        changed(office, today() + A_DAY, seen=seen)
    assert len(periods(office)) == 2


def test_nobody_agrees_again_what_was_withdrawn_meanwhile(office: Office) -> None:
    changed(office, today() + 30 * A_DAY)
    seen = the_client(office).version
    ended(office, today())
    assert len(periods(office)) == 1 and the_client(office).version > seen
    with pytest.raises(OutOfDate):
        changed(office, today() + 30 * A_DAY, seen=seen)


def test_a_name_and_a_number_change_in_all_agreements_of_the_client(office: Office) -> None:
    changed(office, today())
    client = the_client(office)
    with acting_for(office.id):
        rename_client(client.current.id, "Bakker & Zn", "K-77", client.version, office.officer)
    renamed = the_client(office, "K-77")
    assert {(a.controller_name, a.client_number) for a in renamed.agreements} == {("Bakker & Zn", "K-77")}
    with acting_for(office.id):
        entry = of_subjects([a.id for a in renamed.agreements], ["agreement.renamed"])[0]
    assert entry.details["name"] == {"before": "Client 1", "after": "Bakker & Zn"}
    assert entry.details["client_number"] == {"before": "K0001", "after": "K-77"}
    with acting_for(client.current.controller_id):
        there = of_subjects([a.id for a in renamed.agreements], ["agreement.renamed"])[0]
    assert "Bakker" not in str(there.details) and there.details["new_number"] == "K-77"


def test_a_number_of_another_client_is_refused_whatever_its_capitals(database: Database) -> None:
    office = an_office(2)
    client = the_client(office)
    with pytest.raises(Invalid) as refused, acting_for(office.id):
        rename_client(client.current.id, "Zelf", "k0002", client.version, office.officer)
    assert (refused.value.key, refused.value.field) == ("agreement.number_taken", "client_number")


def test_a_suspended_office_changes_nothing(office: Office) -> None:
    admit(office.id, SUSPENDED)
    with pytest.raises(NotAllowed):
        changed(office, today())
    with pytest.raises(NotAllowed):
        ended(office, today())
    with pytest.raises(DBAPIError, match="not admitted"), acting_for(office.id):
        db.session.execute(text("select end_agreement(:a, current_date)"), {"a": the_id(office)})


def the_id(office: Office) -> UUID:
    return agreements_by_client_number(["K0001"])["K0001"][0].id


def test_an_agreement_of_another_office_is_not_there(office: Office, database: Database) -> None:
    other, client = an_office(1), the_client(office)
    with pytest.raises(NotFound), acting_for(other.id):
        end_agreement(client.current.id, today(), None, client.version, other.officer)
    with pytest.raises(DBAPIError, match="no such agreement"), acting_for(other.id):
        db.session.execute(text("select end_agreement(:a, current_date)"), {"a": client.current.id})
    with pytest.raises(DBAPIError, match="not admitted"), acting_for(client.current.controller_id):
        db.session.execute(text("select rename_client(:a, 'x', 'y')"), {"a": client.current.id})


@pytest.mark.parametrize(("statement", "why"), [
    ("select change_agreement(:a, date '2026-01-01', null, 4, '{}')", "rests on"),
    ("select change_agreement(:a, date '2019-01-01', null, 4, '{}')", "rests on"),
    ("select end_agreement(:a, date '2026-01-01')", "rests on"),
    ("select change_agreement(:a, current_date + 2, current_date + 1, 4, '{}')", "check"),
    ("select rename_client(:a, 'x', 'K0002')", "another client has this number"),
])  # fmt: skip
def test_the_database_holds_to_the_same_rules(database: Database, statement: str, why: str) -> None:
    office = an_office(2)
    noticed_on(office, today())
    with pytest.raises(DBAPIError, match=why), acting_for(office.id):
        db.session.execute(text(statement), {"a": the_id(office)})


def test_the_database_refuses_two_agreements_of_one_client_on_a_day(database: Database) -> None:
    office, client = an_office(0), a_client(1)
    with acting_for(office.id):
        register_clients([client])
    with pytest.raises(DBAPIError, match="two agreements of one client"), acting_for(office.id):
        register_clients([client | {"in_force_from": "2026-01-01"}])
    changed(office, today() + 30 * A_DAY)
    with pytest.raises(DBAPIError, match="two agreements of one client"), acting_for(office.id):
        statement = text("select change_agreement(:a, current_date + 1, null, 4, '{}')")
        db.session.execute(statement, {"a": the_id(office)})


def test_a_client_with_several_agreements_counts_once(office: Office) -> None:
    admit(office.id, None, most_clients=1)
    changed(office, today())
    ended(office, today() + A_DAY)
    changed(office, today() + 2 * A_DAY)
    assert len(periods(office)) == 3

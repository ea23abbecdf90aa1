"""One incident opens at every controller: as a set, once, each in its own register, in few statements."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tenants.agreements.processing_agreements import register_clients
from tenants.database import db
from tenants.errors import ManyInvalid
from tenants.history.witness import verify_acting_organisation
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.counting import statements_of
from tests.factories import Office, a_client, an_incident, an_office, sendgrid_tells
from workflows.catalogue import CATALOGUE
from workflows.engine.progress import settle
from workflows.engine.runs import Run, runs_by_id
from workflows.engine.steps import Human
from workflows.escalation.incident import ClientHit
from workflows.mail.outbox import Outbox
from workflows.running import jobs

ROWS = ("incident", "escalation", "breach", "run", "step", "clock", "history", "register_counter")


def counts(database: Database) -> dict[str, int]:
    return {table: database.outside(f"select count(*) as n from {table}")[0]["n"] for table in ROWS}


def test_each_controller_gets_its_own_and_sees_no_other(own_database: Database):
    office = an_office(clients=5)
    incident = an_incident(office)
    rows = own_database.outside("select * from escalation")
    assert len(rows) == 5
    for row in rows:
        with acting_for(row["controller_id"]):
            opened = db.session.execute(text("select id, escalation_id, reference, became_aware_at from breach")).all()
            assert [(b.id, b.escalation_id) for b in opened] == [(row["breach_id"], row["id"])]
            assert opened[0].reference.endswith("-0001") and opened[0].became_aware_at is None
            assert db.session.scalar(text("select count(*) from escalation")) == 1
            assert db.session.scalar(text("select count(*) from incident")) == 0
            assert verify_acting_organisation().ok
    assert incident.reference.endswith("-0001")


def test_opening_again_gives_nothing_new(own_database: Database):
    office = an_office(clients=3)
    incident = an_incident(office)
    before = counts(own_database)
    with acting_for(office.id):
        again = text("""
            select open_escalations(:incident, (select jsonb_agg(jsonb_build_object('hours', hours_agreed, 'alarm_at',
              alarm_at, 'moments', array[alarm_at])) from escalation where incident_id = :incident), '{}')""")
        assert db.session.scalar(again, {"incident": incident.id}) == 0
    assert counts(own_database) == before


def test_what_sql_opens_is_what_the_engine_would_have_opened(own_database: Database):
    office = an_office(clients=2)
    an_incident(office)
    for row in own_database.outside("select organisation_id, array_agg(id) as ids from run group by 1"):
        with acting_for(row["organisation_id"]):
            for run in runs_by_id(row["ids"]):
                workflow = CATALOGUE[run.workflow]
                subject = workflow.load([run.subject_id])[run.subject_id]
                fresh = Run(workflow=run.workflow, version=workflow.version, state="running", steps=[], clocks=[])
                settle(workflow, fresh, subject, run.created_at)
                assert run.version == workflow.version
                assert [(s.name, s.kind, s.state, s.round) for s in run.steps] == [
                    (s.name, s.kind, s.state, s.round) for s in fresh.steps
                ]
                ours = [(c.name, c.state, c.alarm_at, c.due_at, c.moments, c.next_at) for c in run.clocks]
                theirs = [(c.name, c.state, c.alarm_at, c.due_at, c.moments, c.next_at) for c in fresh.clocks]
                assert ours[0] == theirs[0] and {c[0] for c in ours} <= {c[0] for c in theirs}
                assert isinstance(workflow.steps[0], Human) == (run.workflow == "ap_notification")
            db.session.rollback()


def test_several_agreements_with_one_controller_are_one_breach(own_database: Database):
    """People summed, the tightest hours, everybody's contacts; what is not known of one is not known of all."""
    office = an_office(clients=1)
    kvk = own_database.outside("select kvk_number from organisation where kvk_number is not null")[0]["kvk_number"]
    with acting_for(office.id):
        register_clients([a_client(2, kvk_number=kvk, hours_to_notify=12)])
    both = Office(office.id, office.officer, 2)
    first, again = an_incident(both), an_incident(both, [ClientHit(1, "K0001", 5, 5), ClientHit(2, "K0002")])
    breaches = own_database.outside("select * from breach order by reference")
    assert [row["reference"][-5:] for row in breaches] == ["-0001", "-0002"]
    assert [(row["incident_id"], row["people_min"]) for row in breaches] == [(first.id, 10), (again.id, None)]
    [escalation, _] = own_database.outside("select * from escalation order by id")
    assert (escalation["hours_agreed"], len(escalation["contacts"]), escalation["people_max"]) == (12, 4, 10)
    assert escalation["alarm_at"] - escalation["became_aware_at"] == timedelta(hours=12)


def test_nobody_opens_a_second_breach_of_one_incident_at_one_controller(own_database: Database):
    an_incident(an_office(clients=1))
    with pytest.raises(DBAPIError, match="breach_of_incident"):
        own_database.outside("""
            insert into breach select (jsonb_populate_record(b, jsonb_build_object(
              'id', gen_random_uuid(), 'reference', '2026-9', 'escalation_id', gen_random_uuid()))).* from breach b""")


@pytest.mark.parametrize(
    ("numbers", "faults"),
    [
        (["K0001", "K9999"], [("client.unknown", 3)]),
        (["K0001", "K0001"], [("client.doubled", 3)]),
        (["K0001", "K0002", "K0001", "K9"], [("client.doubled", 4), ("client.unknown", 5)]),
    ],
)
def test_a_wrong_list_saves_nothing_and_names_each_line(
    own_database: Database, numbers: list[str], faults: list[tuple[str, int]]
):
    office = an_office(clients=2)
    before = counts(own_database)
    with pytest.raises(ManyInvalid) as refused:
        an_incident(office, [ClientHit(line, number) for line, number in enumerate(numbers, 2)])
    assert [(fault.key, fault.values["line"]) for fault in refused.value.faults] == faults
    assert counts(own_database) == before


@pytest.mark.parametrize(
    ("terms", "key"),
    [
        ({"in_force_from": "2099-01-01"}, "client.agreement_not_in_force"),
        ({"in_force_to": "2020-12-31"}, "client.agreement_not_in_force"),
        ({"services": {"hosting": "processor"}}, "client.not_this_service"),
    ],
)
def test_an_agreement_must_be_in_force_for_what_was_hit(own_database: Database, terms: dict[str, Any], key: str):
    office = an_office(clients=1, **terms)
    with pytest.raises(ManyInvalid) as refused:
        an_incident(office)
    assert [fault.key for fault in refused.value.faults] == [key]


def test_an_incident_without_clients_is_refused(own_database: Database):
    with pytest.raises(ManyInvalid) as refused:
        an_incident(an_office(), [])
    assert [fault.key for fault in refused.value.faults] == ["incident.no_clients"]


def test_where_the_office_is_controller_itself_it_has_its_own_breach(own_database: Database):
    office = an_office(clients=2, services={"payroll_bare": "controller"})
    an_incident(office)
    assert own_database.outside("select from escalation") == []
    breaches = own_database.outside("select * from breach")
    assert [(b["organisation_id"], b["origin"], b["people_max"]) for b in breaches] == [(office.id, "own", 10)]


def drained(clients: int, outbox: Outbox) -> int:
    """How many statements it takes to inform so many, from the first claim to the delivery."""
    office = an_office(clients)
    an_incident(office)
    with statements_of() as seen:
        jobs.drain(str(office.id))
        sendgrid_tells(outbox.mails)
        jobs.drain(str(office.id))
    assert sum(len(mail.people) for mail in outbox.mails) == clients
    outbox.mails.clear()
    return len(seen)


def test_informing_three_hundred_takes_no_more_statements_than_informing_a_few_batches(
    own_database: Database, outbox: Outbox
):
    few, many = drained(100, outbox), drained(300, outbox)
    assert many <= 3 * few and many < 250, (few, many)


def test_opening_for_many_takes_as_many_statements_as_opening_for_one(own_database: Database):
    needed = []
    for clients in (1, 50):
        office = an_office(clients)
        with statements_of() as seen:
            an_incident(office)
        needed.append(len(seen))
    assert needed[0] == needed[1] < 30

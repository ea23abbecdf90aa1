"""Clocks: heard once however many processes listen, by the database's moment alone, and the reminders are real mail."""

from dataclasses import replace
from datetime import timedelta
from threading import Event
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from tenants.errors import Refused
from tenants.identity.users import APPROVER, AUDITOR, HANDLER, PRIVACY_OFFICER
from tenants.isolation import acting_for, database_now
from tests.conftest import Database
from tests.engine.toy import a_workflow, begun, catalogue_of
from tests.factories import (
    BRAM,
    FENNA,
    JORIS,
    a_member,
    an_assessment,
    an_incident,
    an_office,
    an_organisation,
    an_own_breach,
    proven,
)
from workflows.catalogue import CATALOGUE
from workflows.engine.advance import complete
from workflows.engine.clocks import hear, organisations_to_hear
from workflows.engine.drain import drain_steps
from workflows.engine.steps import Heard, Workflow
from workflows.mail.outbox import Outbox
from workflows.notification.ap_notification import AP_NOTIFICATION
from workflows.running import jobs


@pytest.fixture
def organisation(database: Database) -> UUID:
    return an_organisation()


def clock_of(database: Database, organisation: UUID, name: str) -> dict[str, object]:
    query = "select * from clock where organisation_id = :o and name = :name"
    return dict(database.outside(query, o=organisation, name=name)[0])


def ringing(organisation: UUID, heard: object) -> Workflow:
    """A workflow whose clock alarms an hour ago and is late now."""
    with acting_for(organisation):
        now = database_now()
    return a_workflow(heard=heard, alarm_at=now - timedelta(hours=1))  # type: ignore[arg-type]


def test_two_clock_processes_hear_it_once(database: Database, organisation: UUID):
    heard, inside, go_on = [], Event(), Event()

    def listen(clocks: list[Heard]) -> None:
        heard.extend(clocks)
        inside.set()
        go_on.wait(10)

    workflow = ringing(organisation, listen)
    begun(organisation, workflow)
    first = database.elsewhere(hear, organisation, catalogue_of(workflow))
    inside.wait(10)
    assert hear(organisation, catalogue_of(workflow)) == 0
    go_on.set()
    assert first.result(10) == 1 and len(heard) == 1 and heard[0].late
    assert hear(organisation, catalogue_of(workflow)) == 0


def test_moments_that_went_by_together_are_heard_as_one(database: Database, organisation: UUID):
    heard: list[Heard] = []
    workflow = ringing(organisation, heard.extend)
    catalogue = catalogue_of(workflow)
    begun(organisation, workflow, 3)
    assert organisation in organisations_to_hear(catalogue)
    assert hear(organisation, catalogue) == 3 and len(heard) == 3
    clock = clock_of(database, organisation, "hours")
    assert (clock["heard"], clock["next_at"]) == (2, None) and organisation not in organisations_to_hear(catalogue)


def test_what_could_not_be_told_is_told_again(database: Database, organisation: UUID):
    heard: list[Heard] = []

    def choke(clocks: list[Heard]) -> None:
        raise OSError

    workflow = ringing(organisation, choke)
    begun(organisation, workflow)
    assert hear(organisation, catalogue_of(workflow)) == 0
    assert hear(organisation, catalogue_of(ringing(organisation, heard.extend))) == 0 and not heard, "it waits"
    database.outside("update clock set next_at = now() where organisation_id = :o", o=organisation)
    assert hear(organisation, catalogue_of(ringing(organisation, heard.extend))) == 1 and len(heard) == 1


def test_a_clock_waits_for_whoever_is_at_the_run(database: Database, organisation: UUID):
    """A worker or person holds the run: what they do now may be what the clock would have chased."""
    heard: list[Heard] = []
    workflow = ringing(organisation, heard.extend)
    begun(organisation, workflow)
    with database.superuser.begin() as somebody:
        somebody.exec_driver_sql(f"select from run where organisation_id = '{organisation}' for update")
        assert database.elsewhere(hear, organisation, catalogue_of(workflow)).result(10) == 0
    assert hear(organisation, catalogue_of(workflow)) == 1


def test_a_clock_of_an_unknown_workflow_is_left_to_who_knows_it(database: Database, organisation: UUID):
    heard: list[Heard] = []
    workflow = ringing(organisation, heard.extend)
    begun(organisation, workflow)
    assert hear(organisation, {}) == 0
    assert hear(organisation, catalogue_of(workflow)) == 1


def test_a_clock_that_was_met_is_not_heard(database: Database, organisation: UUID):
    heard: list[Heard] = []
    workflow = ringing(organisation, heard.extend)
    toy = begun(organisation, workflow)[0]
    drain_steps(organisation, catalogue_of(workflow), uuid4())
    with acting_for(organisation):
        complete(workflow, toy, "decide", FENNA, PRIVACY_OFFICER, {})
    assert hear(organisation, catalogue_of(workflow)) == 0 and heard == []
    assert clock_of(database, organisation, "hours")["state"] == "met"


def test_reminders_are_mail_to_everybody_who_can_act(own_database: Database, outbox: Outbox):
    organisation = an_organisation()
    for role in (PRIVACY_OFFICER, APPROVER, AUDITOR):
        a_member(organisation, role, role)
    breach = an_own_breach(organisation, hours_ago=30)
    jobs.sweep()
    jobs.sweep()
    planned = own_database.outside("select purpose, text_key, about_id from mail_batch")
    assert [(row["purpose"], row["text_key"], row["about_id"]) for row in planned] == [
        ("reminder", "reminder_clock", breach)
    ]
    jobs.drain(str(organisation))
    assert sorted(person.name for mail in outbox.mails for person in mail.people) == [APPROVER, PRIVACY_OFFICER]


def test_when_it_is_late_the_reminder_says_so(own_database: Database, outbox: Outbox):
    organisation = an_organisation()
    a_member(organisation)
    an_own_breach(organisation, hours_ago=100)
    jobs.sweep()
    assert [row["text_key"] for row in own_database.outside("select text_key from mail_batch")] == ["reminder_overdue"]


def test_a_register_that_nobody_opened_yet_reminds_its_contacts(own_database: Database, outbox: Outbox):
    office = an_office()
    hit = office.hits[0]
    with acting_for(office.id):
        told_at = database_now() - timedelta(hours=30)
    an_incident(office, [replace(hit, informed_at=told_at, informed_how="phone")], hours_ago=31)
    jobs.drain(str(office.id))
    jobs.sweep()
    controller = own_database.outside("select controller_id from escalation")[0]["controller_id"]
    jobs.drain(str(controller))
    reminded = [person.name for mail in outbox.mails if mail.purpose == "reminder" for person in mail.people]
    assert sorted(reminded) == ["Anna", "Bo"]


BY_ANOTHER_OFFICE = """
    update escalation set processor_id = :office, contacts = '[{"name": "Cem", "email": "cem@client.example"}]'
     where breach_id = :breach"""


def test_the_contacts_of_each_office_are_reminded_of_its_own_breaches(own_database: Database, outbox: Outbox):
    """Two breaches in one register that nobody has opened, each told by another office."""
    office, other = an_office(), an_organisation("Een ander kantoor")
    with acting_for(office.id):
        told_at = database_now() - timedelta(hours=30)
    hits = [replace(hit, informed_at=told_at, informed_how="phone") for hit in office.hits]
    for _ in range(2):
        an_incident(office, hits, hours_ago=31)
    jobs.drain(str(office.id))
    first, second = (row["breach_id"] for row in own_database.outside("select breach_id from escalation order by id"))
    with own_database.superuser.begin() as behind:
        behind.execute(text("set local session_replication_role = replica"))
        behind.execute(text("update clock set next_at = null where organisation_id = :o"), {"o": office.id})
        behind.execute(text(BY_ANOTHER_OFFICE), {"office": other, "breach": second})
    jobs.sweep()
    written = own_database.outside("""
        select b.about_id, b.common->>'count' as breaches, count(*) as people
          from mail_batch b join recipient r on r.batch_id = b.id where b.purpose = 'reminder' group by 1, 2, b.id""")
    assert {row["about_id"]: (row["breaches"], row["people"]) for row in written} == {
        first: ("1", 2), second: ("1", 1)
    }
    controller = own_database.outside("select distinct controller_id from escalation")[0]["controller_id"]
    jobs.drain(str(controller))
    reminded = [{person.name for person in mail.people} for mail in outbox.mails if mail.purpose == "reminder"]
    assert sorted(reminded, key=len) == [{"Cem"}, {"Anna", "Bo"}]


def test_the_contract_hours_that_run_out_go_up_the_ladder_and_end_at_the_telephone(
    own_database: Database, outbox: Outbox
):
    office = an_office()
    incident = an_incident(office, hours_ago=25)
    jobs.drain(str(office.id))
    jobs.sweep()
    row = own_database.outside("select rung, call_needed_at from escalation")[0]
    assert row["rung"] == 2 and row["call_needed_at"] is not None
    jobs.drain(str(office.id))
    written = [person.name for mail in outbox.mails if mail.purpose == "escalation" for person in mail.people]
    assert written == ["Anna", "Bo"] and incident.reference.endswith("0001")


def test_a_clock_that_fails_leaves_those_of_other_organisations_heard(own_database: Database, outbox: Outbox):
    bad, good = an_organisation(), an_organisation()
    for organisation in (bad, good):
        a_member(organisation)
        an_own_breach(organisation, hours_ago=30)
    own_database.outside("update clock set name = 'unheard-of' where organisation_id = :bad", bad=bad)
    jobs.sweep()
    reminded = [row["organisation_id"] for row in own_database.outside("select organisation_id from mail_batch")]
    assert reminded == [good]


def test_a_decision_at_the_last_moment_and_the_clock_exactly_one_wins(database: Database, organisation: UUID):
    breach = an_own_breach(organisation, hours_ago=30)
    assert hear(organisation, CATALOGUE) == 1
    for step, values in (("assess", an_assessment()), ("draft", {"decision": "notify", "reason": "x"})):
        with acting_for(organisation):
            complete(AP_NOTIFICATION, breach, step, FENNA, PRIVACY_OFFICER, values)
    with acting_for(organisation):
        complete(AP_NOTIFICATION, breach, "approve", proven(BRAM), APPROVER, {"agrees": True})
    with acting_for(organisation):
        values = {"submitted_at": database_now(), "authority_number": "AP-1"}
        complete(AP_NOTIFICATION, breach, "submit", proven(JORIS), HANDLER, values)
    again = "update clock set next_at = now() where organisation_id = :o and state = 'running'"
    database.outside(again, o=organisation)
    assert hear(organisation, CATALOGUE) == 0
    with pytest.raises(Refused), acting_for(organisation):
        complete(AP_NOTIFICATION, breach, "submit", proven(JORIS), HANDLER, values)

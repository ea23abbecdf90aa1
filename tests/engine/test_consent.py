"""A verified organisation is asked before a processor writes in its register; one act brings what waited along."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import select, text

from tenants.agreements.consents import (
    ACCEPTED,
    ENDED,
    REFUSED,
    Consent,
    askings_by_id,
    confirm_waiting,
    processors,
)
from tenants.agreements.own_standing import own_standing
from tenants.agreements.processing_agreements import ProcessingAgreement, register_clients
from tenants.database import db
from tenants.errors import AlreadyDone, NotFound
from tenants.history.entries import Actor, of_subject
from tenants.history.witness import verify_acting_organisation
from tenants.isolation import acting_for
from tenants.register.breaches import breach
from tenants.register.escalations import acknowledge_receipt
from tests.conftest import Database
from tests.factories import (
    Office,
    a_client,
    an_incident,
    an_organisation,
    verified,
)
from tests.worlds.asked_controller import NUMBER, AskedController
from workflows.mail.outbox import Outbox
from workflows.trust.consenting import confirm_receipt


@pytest.fixture
def house(own_database: Database, outbox: Outbox) -> Iterator[AskedController]:
    yield AskedController(own_database, outbox)


def test_an_office_changes_the_organisation_only_with_consent(house: AskedController):
    before = house.rows()
    incident = an_incident(house.office)
    house.work()
    with acting_for(house.office.id):
        register_clients([a_client(2, kvk_number=NUMBER)], house.office.officer)
        waiting = db.session.scalar(text("select breach_id from escalation where incident_id = :i"), {"i": incident.id})
    register = house.database.outside("select controller_id from escalation")[0]["controller_id"]
    with acting_for(register):
        acknowledge_receipt(waiting, Actor(None, "Wie de link heeft"))
    an_incident(Office(house.office.id, house.office.officer, 2))
    house.work()
    assert register != house.id and house.rows() == before


def test_it_alone_sees_that_it_is_asked_with_what_was_written(house: AskedController):
    an_incident(house.office)
    with acting_for(house.id):
        [asking] = processors()
        assert (asking.state, asking.waits, asking.answers) == ("asked", True, (ACCEPTED, REFUSED))
        assert [message["title"] for message in asking.messages] == ["Back-upstation kwijt"]
    with acting_for(house.office.id):
        assert processors() == [] and db.session.scalars(select(Consent)).all() == []


def test_only_a_verified_organisation_is_asked(house: AskedController):
    house.database.outside("update organisation set verified_at = null, verified_how = null where id = :o", o=house.id)
    with acting_for(house.id):
        assert processors() == []
    with pytest.raises(NotFound):
        house.answered(ACCEPTED)


def test_accepting_moves_what_waited_with_its_clock_in_one_act(house: AskedController):
    an_incident(house.office)
    house.work()
    [old] = house.database.outside("select * from breach")
    [clock] = house.database.outside("select * from clock where organisation_id = :o", o=old["organisation_id"])
    assert clock["state"] == "running" and house.answered(ACCEPTED) == 1
    with acting_for(house.id):
        moved = breach(old["id"])
        for fact in ("became_aware_at", "due_at", "facts", "people_min"):
            assert getattr(moved, fact) == old[fact]
        entries = of_subject(moved.id)
        assert [entry.what for entry in entries] == ["breach.moved_in"]
        assert entries[0].details["reference_there"] == old["reference"] and verify_acting_organisation().ok
    running = house.database.outside("select * from clock where state = 'running' and name = :n", n=clock["name"])
    assert [(c["organisation_id"], c["next_at"], c["due_at"]) for c in running] == [
        (house.id, clock["next_at"], clock["due_at"])
    ]
    with acting_for(old["organisation_id"]):
        assert breach(old["id"]).title and verify_acting_organisation().ok
        assert db.session.scalar(text("select count(*) from run where state = 'running'")) == 0
    with acting_for(house.office.id):
        assert db.session.scalar(text("select controller_id from escalation")) == house.id
        assert set(db.session.scalars(select(ProcessingAgreement.controller_id))) == {house.id}
        assert [e.what for e in of_subject(house.office.id)][-1] == "consent.accepted"
        assert verify_acting_organisation().ok


def test_after_acceptance_an_incident_comes_into_the_register(house: AskedController):
    house.answered(ACCEPTED)
    an_incident(house.office)
    with acting_for(house.id):
        assert db.session.scalar(text("select count(*) from breach")) == 1
    with pytest.raises(AlreadyDone):
        house.answered(ACCEPTED)
    with pytest.raises(AlreadyDone):
        house.answered(REFUSED)


def test_the_receipt_by_a_link_that_was_mailed_before_still_works(house: AskedController):
    an_incident(house.office)
    house.work()
    house.answered(ACCEPTED)
    [link] = house.database.outside("select organisation_id, breach_id from invitation where used_at is null")
    assert link["organisation_id"] == house.id
    with acting_for(house.id):
        assert acknowledge_receipt(link["breach_id"], Actor(None, "Anna")) is not None
    assert house.database.outside("select acknowledged_at from escalation")[0]["acknowledged_at"]


@pytest.mark.parametrize("answered", [REFUSED, ENDED])
def test_after_refusing_or_ending_the_office_writes_in_a_register_of_its_own(house: AskedController, answered: str):
    an_incident(house.office)
    if answered == ENDED:
        house.answered(ACCEPTED)
    house.work()
    office_before = house.rows(house.office.id)
    house.answered(answered)
    if answered == REFUSED:
        assert house.rows(house.office.id) == office_before, "the office learns nothing of a refusal"
    before = house.rows()
    later = an_incident(house.office)
    house.work()
    assert house.rows() == before
    [row] = house.database.outside("select controller_id from escalation where incident_id = :i", i=later.id)
    [register] = house.database.outside("select * from organisation where id = :o", o=row["controller_id"])
    assert (register["made_by"], register["claimed_at"], register["kvk_number"]) == (house.office.id, None, NUMBER)
    assert house.answered(ACCEPTED) == (2 if answered == REFUSED else 1), "it may think again"


def test_of_two_offices_each_is_answered_by_itself(house: AskedController):
    other = house.an_office()
    an_incident(other)
    house.answered(REFUSED)
    assert house.answered(ACCEPTED, office=other.id) == 1
    with acting_for(house.id):
        states = {processor.processor_id: processor.state for processor in processors()}
        assert states == {house.office.id: REFUSED, other.id: ACCEPTED}


def test_its_own_people_hear_of_a_request_once_and_of_each_message(house: AskedController):
    house.work()
    for _ in range(2):
        an_incident(house.office)
        house.work()
    with acting_for(house.office.id):
        register_clients([a_client(2, kvk_number=NUMBER)], house.office.officer)
    house.work()
    keys = [row["text_key"] for row in house.database.outside("""
        select text_key from mail_batch where organisation_id = :o order by id""", o=house.id)]  # fmt: skip
    assert keys == ["processor_asks", "processor_writes", "processor_writes"]
    mails = [mail for mail in house.outbox.mails if "Hun eigen woorden" not in mail.subject and "klant" in mail.text]
    assert mails and "De Linde Accountants" in mails[0].subject


@pytest.mark.parametrize(
    ("answered", "said"), [(REFUSED, None), (ENDED, "hebt de samenwerking met dit kantoor beëindigd")]
)
def test_a_message_after_refusing_or_ending_is_seen_and_mailed_as_that(
    house: AskedController, answered: str, said: str | None
):
    an_incident(house.office)
    house.work()
    if answered == ENDED:
        house.answered(ACCEPTED)
    house.answered(answered)
    mailed = len(house.outbox.mails)
    an_incident(house.office)
    house.work()
    mail = next(mail for mail in reversed(house.outbox.mails) if "schrijft ING Bank" in mail.subject)
    with acting_for(house.id):
        [processor] = processors()
        assert (processor.state, processor.needs_somebody, own_standing().requests_waiting) == (answered, True, 1)
        assert said is None or (said in mail.text and "nog niet geaccepteerd" not in mail.text)
        news = [mail for mail in house.outbox.mails[mailed:] if "schrijft ING Bank" in mail.subject]
        assert len(news) == (0 if said is None else 1), "who was refused cannot go on mailing"
        assert said is None or f"/o/ing/processors#message-{processor.messages[0]['breach_id']}" in mail.text
        for message in processor.messages:
            confirm_receipt(house.office.id, UUID(message["breach_id"]), house.by)
        [processor] = processors()
        assert (processor.needs_somebody, own_standing().requests_waiting) == (False, 0)


def test_who_proves_it_later_hears_who_was_asking(house: AskedController):
    gone = "update organisation set verified_at = null, verified_how = null where id = :o"
    house.database.outside(gone, o=house.id)
    house.an_office()
    before = len(house.database.outside("select 1 from run where workflow = 'asked'"))
    verified(house.database.config.owner_url(), house.id)
    after = house.database.outside("select subject_id from run where workflow = 'asked' and organisation_id = :o",
                                   o=house.id)  # fmt: skip
    assert (before, len(after)) == (1, 2)


def test_it_confirms_a_message_without_accepting_and_the_senders_clock_for_receipt_stops(house: AskedController):
    an_incident(house.office)
    house.work()
    with acting_for(house.id):
        [asking] = processors()
        waiting = UUID(asking.messages[0]["breach_id"])
        assert confirm_receipt(house.office.id, waiting, house.by) is not None
        assert [processor.state for processor in processors()] == ["asked"]
        assert [e.what for e in of_subject(house.id)][-1] == "consent.receipt_confirmed"
        with pytest.raises(AlreadyDone):
            confirm_receipt(house.office.id, waiting, house.by)
        with pytest.raises(NotFound):
            confirm_receipt(house.office.id, house.id, house.by)
    house.work()
    [row] = house.database.outside("select * from escalation")
    assert row["acknowledged_at"] and row["acknowledged_by"] == house.by.name
    with acting_for(row["controller_id"]):
        assert "breach.receipt_confirmed" in [e.what for e in of_subject(waiting)]
        assert verify_acting_organisation().ok
    with acting_for(house.id):
        assert db.session.scalar(text("select count(*) from breach")) == 0


def test_another_organisation_cannot_confirm_a_message_that_waits(house: AskedController):
    an_incident(house.office)
    [other] = house.database.outside("select id from breach")
    with acting_for(a_member_elsewhere := an_organisation()):
        assert confirm_waiting(other["id"], "Vreemd") is None
        assert a_member_elsewhere and askings_by_id([other["id"]])[other["id"]].office is None

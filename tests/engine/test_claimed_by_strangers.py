"""Whoever opened a register and never proved its number hides no office from the organisation that did."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from tenants.agreements.consents import ACCEPTED, ENDED, REFUSED, processors
from tenants.agreements.processing_agreements import register_clients
from tenants.database import db
from tenants.errors import AlreadyDone, NotFound
from tenants.history.entries import of_subject
from tenants.history.witness import verify_acting_organisation
from tenants.identity.invitations import invitation_of, new_invitation
from tenants.identity.users import OWNER
from tenants.isolation import acting_for, acting_for_nobody, database_now
from tenants.register.breaches import breach
from tests.conftest import Database
from tests.factories import a_client, an_incident, verified
from tests.worlds.asked_controller import NUMBER, AskedController
from tests.worlds.strangers import AGREEMENTS, SECRET, Strangers, own_moment
from workflows.engine.runs import run_about
from workflows.mail.outbox import Outbox
from workflows.running import jobs
from workflows.trust.consenting import answer, confirm_receipt

OF_REGISTER = {
    "breach": "organisation_id", "run": "organisation_id", "step": "organisation_id", "clock": "organisation_id",
    "notice": "organisation_id", "broken_glass": "organisation_id", "recipient": "organisation_id",
    "membership": "organisation_id", "history_head": "organisation_id", "organisation": "id",
}  # fmt: skip


@pytest.fixture
def house(own_database: Database, outbox: Outbox) -> Iterator[AskedController]:
    yield AskedController(own_database, outbox)


@pytest.fixture
def strangers(house: AskedController) -> Strangers:
    """They opened the register, decided, and typed facts and a moment of their own."""
    strangers = Strangers(house)
    house.database.outside("update breach set description = :s, cause = :s, people_min = 7777, people_max = 7777, "
                           "facts = jsonb_build_object('data', jsonb_build_array('x')) where id = :b",
                           s=SECRET, b=strangers.breach)  # fmt: skip
    return strangers


def rows(house: AskedController, owner: UUID) -> dict[str, Any]:
    """All that the one who opened the register has there."""
    whole = "select coalesce(string_agg(t::text, '|' order by t::text), '') as all from {} t where {} = :o"
    return {t: house.database.outside(whole.format(t, key), o=owner)[0]["all"] for t, key in OF_REGISTER.items()}


def test_the_verified_organisation_is_asked_about_an_office_whose_register_another_opened(
    house: AskedController, strangers: Strangers
):
    before = rows(house, strangers.register)
    with acting_for(house.id):
        [asking] = processors()
        assert (asking.state, asking.waits, asking.answers) == ("asked", True, (ACCEPTED, REFUSED))
        [message] = asking.messages
    assert (message["title"], message["description"]) == ("Back-upstation kwijt", "Weg na verhuizing")
    assert (message["people_min"], message["acknowledged_at"]) == (5, None)
    assert message["stated_aware_at"] is message["due_at"] is None, "it was delivered to somebody else"
    assert rows(house, strangers.register) == before


@pytest.mark.parametrize("verified_too", [True, False])
def test_its_people_are_mailed_for_each_message_that_waits(
    house: AskedController, strangers: Strangers, verified_too: bool
):
    house.work()
    before = len(house.outbox.mails)
    if verified_too:
        house.database.outside("update organisation set verified_at = now(), verified_how = 'letter' where id = :o",
                               o=strangers.register)  # fmt: skip
    an_incident(house.office, title="Nog een")
    house.work()
    subjects = [
        mail.subject for mail in house.outbox.mails[before:]
        if "Nog een" in mail.text or "Nog een" in mail.subject
    ]  # fmt: skip
    keys = house.database.outside("""
        select b.text_key from mail_batch b where b.organisation_id = :o and b.text_key = 'processor_writes'""",
        o=house.id)  # fmt: skip
    assert subjects and len(keys) == (1 if verified_too else 2)


def test_who_proves_the_number_later_hears_who_was_asking(house: AskedController, strangers: Strangers):
    house.database.outside("update organisation set verified_at = null, verified_how = null where id = :o", o=house.id)
    house.database.outside("delete from step using run where run.id = step.run_id and workflow = 'asked'")
    house.database.outside("delete from run where workflow = 'asked'")
    verified(house.database.config.owner_url(), house.id)
    house.work()
    asked = house.database.outside("select subject_id from run where workflow = 'asked'")
    assert {row["subject_id"] for row in asked} == {strangers.register, strangers.breach} and len(asked) == 2
    for key in ("processor_asks", "processor_writes"):
        assert house.database.outside("select 1 from mail_batch where text_key = :k and organisation_id = :o",
                                      k=key, o=house.id)  # fmt: skip


def test_accepting_brings_only_what_the_office_stated(house: AskedController, strangers: Strangers):
    before = rows(house, strangers.register)
    old = house.database.outside("select * from breach where id = :b", b=strangers.breach)[0]
    assert house.answered(ACCEPTED) == 1
    house.work()
    mine = house.rows()
    assert all(SECRET not in value and "7777" not in value for value in mine.values())
    assert str(strangers.register) not in "".join(mine.values()), "no id of the other organisation"
    with acting_for(house.id):
        new = breach(strangers.breach)
        assert (new.description, new.cause, new.people_min) == ("Weg na verhuizing", None, 5)
        assert new.facts == {"data": ["name", "bsn"]} and new.decision is new.risk is new.submitted_at is None
        assert old["stated_aware_how"] == "mail" and new.stated_aware_at is new.became_aware_at is None
        assert new.acknowledged_at is None
        opened = run_about("ap_notification", new.id).open_step()
        assert opened and (opened.name, opened.state) == ("assess", "waiting")
        assert verify_acting_organisation().ok
    [clock] = house.database.outside("""
        select c.state, c.due_at from clock c join run r on r.organisation_id = c.organisation_id and r.id = c.run_id
         where r.organisation_id = :o and r.workflow = 'ap_notification'""", o=house.id)  # fmt: skip
    assert clock == {"state": "waiting", "due_at": None}, "a delivery to somebody else begins nothing"
    after = rows(house, strangers.register)
    changed = {table for table in before if before[table] != after[table]}
    assert changed <= {"run", "step", "history_head", "recipient"}, "theirs stays, but that they are told"


def test_accepting_leads_the_office_to_the_verified_register_alone(house: AskedController, strangers: Strangers):
    house.answered(ACCEPTED)
    assert house.database.outside(AGREEMENTS, o=house.office.id) == [{"controller_id": house.id}]
    [led] = house.database.outside("select * from escalation")
    assert (led["controller_id"], led["decision"], led["acknowledged_at"]) == (house.id, None, None)
    assert led["informed_at"] is None and led["call_needed_at"] is not None
    later = an_incident(house.office)
    with acting_for(house.office.id):
        register_clients([a_client(7, kvk_number=NUMBER)], house.office.officer)
    assert house.database.outside(AGREEMENTS, o=house.office.id) == [{"controller_id": house.id}]
    [row] = house.database.outside("select controller_id from escalation where incident_id = :i", i=later.id)
    assert row["controller_id"] == house.id
    with acting_for(strangers.register):
        assert breach(strangers.breach).description == SECRET and verify_acting_organisation().ok


def test_both_ends_are_told_and_the_stranger_does_not_hear_by_whom(house: AskedController, strangers: Strangers):
    house.answered(ACCEPTED)
    house.work()
    while jobs.drain(str(strangers.register)):
        pass
    keys = house.database.outside("select organisation_id, text_key from mail_batch where text_key in "
                                  "('client_proven', 'office_gone')")  # fmt: skip
    assert {(row["organisation_id"], row["text_key"]) for row in keys} == {
        (house.office.id, "client_proven"), (strangers.register, "office_gone")}  # fmt: skip
    theirs = [mail for mail in house.outbox.mails if "schrijft niet meer" in mail.subject]
    assert theirs and all("ING Bank" not in mail.text + mail.subject for mail in theirs)
    with acting_for(strangers.register):
        assert "breach.office_left" in [entry.what for entry in of_subject(strangers.breach)]
        gone = [entry for entry in of_subject(strangers.register) if entry.what == "consent.ended_by_proof"]
        assert len(gone) == 1 and "ING" not in str(gone[0].details)
    with acting_for(house.office.id):
        [led] = house.database.outside("select id from escalation")
        assert "escalation.begun_anew" in [entry.what for entry in of_subject(led["id"])]
        assert verify_acting_organisation().ok


@pytest.mark.parametrize("answered", [None, ACCEPTED])
def test_a_receipt_of_the_verified_organisation_is_its_own(
    house: AskedController, strangers: Strangers, answered: str | None
):
    before = rows(house, strangers.register)
    shared = house.database.outside("select * from escalation")
    with acting_for(house.id):
        assert confirm_receipt(house.office.id, strangers.breach, house.by) is not None
        with pytest.raises(AlreadyDone):
            confirm_receipt(house.office.id, strangers.breach, house.by)
        assert processors()[0].messages[0]["acknowledged_at"] is not None
    assert rows(house, strangers.register) == before and house.database.outside("select * from escalation") == shared
    with acting_for(house.office.id):
        entries = [e for e in of_subject(shared[0]["id"]) if e.what == "escalation.received_by_verified"]
        assert len(entries) == 1
    if answered:
        house.answered(answered)
        [led] = house.database.outside("select * from escalation")
        assert led["acknowledged_at"] is not None and led["acknowledged_by"] == house.by.name


def test_a_moment_of_the_strangers_does_not_come_along_and_the_office_s_is_counted(house: AskedController):
    strangers = own_moment(house)
    house.database.outside("update breach set stated_aware_how = 'phone'")
    house.database.outside("update escalation set informed_how = 'phone'")
    house.answered(ACCEPTED)
    house.work()
    with acting_for(house.id):
        new = breach(strangers.breach)
        assert new.became_aware_at == new.stated_aware_at is not None
        assert new.own_aware_reason is new.moved_term is None and new.due_at is not None
        assert "breach.aware" in [entry.what for entry in of_subject(new.id)]
    clocks = house.database.outside("""
        select c.state from clock c join run r on r.organisation_id = c.organisation_id and r.id = c.run_id
         where r.organisation_id = :o and r.workflow = 'ap_notification'""", o=house.id)  # fmt: skip
    assert clocks == [{"state": "running"}]


def test_who_opened_it_and_is_verified_too_keeps_it(house: AskedController, strangers: Strangers):
    verified(house.database.config.owner_url(), strangers.register)
    with acting_for(house.id):
        assert processors() == []
    with pytest.raises(NotFound):
        house.answered(ACCEPTED)


def test_links_that_led_to_them_show_nothing_any_more_whether_used_or_not(house: AskedController, strangers: Strangers):
    links = "select used_at is not null as used from invitation where organisation_id = :o and expires_at > now()"
    token, row = new_invitation(strangers.register, "mal@x.nl", OWNER, strangers.breach)
    with acting_for(strangers.register):
        row.used_at = database_now()
        db.session.add(row)
    assert {link["used"] for link in house.database.outside(links, o=strangers.register)} == {True, False}
    house.answered(ACCEPTED)
    assert house.database.outside(links, o=strangers.register) == []
    with acting_for_nobody(), pytest.raises(NotFound):
        invitation_of(token)


def test_after_ending_the_office_has_a_register_of_its_own_again(house: AskedController, strangers: Strangers):
    house.answered(ACCEPTED)
    with acting_for(house.id):
        answer(house.office.id, ENDED, house.by)
    [led] = house.database.outside(AGREEMENTS, o=house.office.id)
    assert led["controller_id"] not in (house.id, strangers.register)

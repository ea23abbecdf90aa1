"""What waits in an office's own register moves whole: its clock, its decisions, what was done alone, its notices."""

from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from sqlalchemy import text

from tenants.agreements.consents import ACCEPTED, ENDED, answer_processor
from tenants.database import db
from tenants.history.entries import of_subject
from tenants.history.witness import verify_acting_organisation
from tenants.identity.users import PRIVACY_OFFICER
from tenants.isolation import acting_for, database_now
from tenants.organisations.organisations import claim_acting_organisation
from tenants.register.notices import notice_of_breach
from tests.conftest import Database
from tests.factories import NOTICE_TEXT, a_member, an_incident, verified
from tests.worlds.asked_controller import AskedController
from tests.worlds.strangers import Strangers
from workflows.engine.runs import run_about
from workflows.escalation.escalation import make_aware
from workflows.mail.batches import Addressee
from workflows.mail.outbox import Outbox
from workflows.notice.bulk_notice import upload_recipients
from workflows.running import jobs
from workflows.trust.consenting import answer

CLOCKS = """
    select b.organisation_id, b.became_aware_at, c.state from breach b
      join run r on r.organisation_id = b.organisation_id and r.subject_id = b.id and r.workflow = 'ap_notification'
      join clock c on c.organisation_id = r.organisation_id and c.run_id = r.id"""


@pytest.fixture
def house(own_database: Database, outbox: Outbox) -> Iterator[AskedController]:
    yield AskedController(own_database, outbox)


def escalated(house: AskedController) -> dict[str, Any]:
    """An incident whose mail was sent, and not delivered yet; its escalation."""
    an_incident(house.office)
    while jobs.drain(str(house.office.id)):
        pass
    [escalation] = house.database.outside("select * from escalation")
    return escalation


def test_a_moment_that_is_written_while_the_controller_accepts_runs_its_clock(house: AskedController):
    escalation = escalated(house)
    written, goes_on = Event(), Event()

    def informs() -> None:
        with acting_for(house.office.id):
            make_aware({escalation["id"]: (database_now(), "phone")})
            written.set()
            assert goes_on.wait(30)

    informing = house.database.elsewhere(informs)
    assert written.wait(30)
    accepting = house.database.elsewhere(house.answered, ACCEPTED)
    house.database.wait_until_blocked()
    goes_on.set()
    informing.result(30)
    assert accepting.result(30) == 1
    [mine] = [row for row in house.database.outside(CLOCKS) if row["organisation_id"] == house.id]
    assert mine["became_aware_at"] is not None and mine["state"] == "running"


def test_a_moment_that_comes_while_the_controller_accepts_runs_its_clock(house: AskedController):
    escalation = escalated(house)
    moved, goes_on = Event(), Event()

    def accepts() -> None:
        with acting_for(house.id):
            assert answer_processor(house.office.id, ACCEPTED, None) == 1
            moved.set()
            assert goes_on.wait(30)

    def informs() -> None:
        with acting_for(house.office.id):
            make_aware({escalation["id"]: (database_now(), "phone")})

    accepting = house.database.elsewhere(accepts)
    assert moved.wait(30)
    informing = house.database.elsewhere(informs)
    house.database.wait_until_blocked()
    goes_on.set()
    accepting.result(30)
    informing.result(30)
    [mine] = [row for row in house.database.outside(CLOCKS) if row["organisation_id"] == house.id]
    assert mine["became_aware_at"] is not None and mine["state"] == "running"


def test_a_register_whose_breaches_went_on_elsewhere_is_not_opened_any_more(house: AskedController):
    register = escalated(house)["controller_id"]
    house.answered(ACCEPTED)
    with acting_for(register):
        assert not claim_acting_organisation()
    [gone] = house.database.outside("select * from organisation where id = :o", o=register)
    assert gone["claimed_at"] is None and gone["joined_into"] == house.id
    mays = "select may_write_about(:office, :register) as may"
    assert not house.database.outside(mays, office=house.office.id, register=register)[0]["may"]


def test_what_strangers_did_is_undone_and_their_mail_never_goes(house: AskedController):
    strangers = Strangers(house)
    house.database.outside("""
        update mail_batch set state = 'held', held_for = 'not_verified', text_key = 'notice'
         where purpose = 'notice'""")
    strangers.are_sent_away(house)
    with acting_for(strangers.register):
        opened = run_about("ap_notification", strangers.breach).open_step()
        assert opened and (opened.name, opened.state) == ("assess", "waiting")
        assert notice_of_breach(strangers.breach) is None
        assert "breach.released" in [entry.what for entry in of_subject(strangers.breach)]
    [breach] = house.database.outside("select * from breach")
    assert breach["decision"] is breach["submitted_at"] is breach["acknowledged_at"] is breach["risk"] is None
    [escalation] = house.database.outside("select * from escalation")
    assert escalation["decision"] is escalation["acknowledged_at"] is escalation["informed_at"] is None
    assert escalation["call_needed_at"] is not None
    with acting_for(house.office.id):
        assert "escalation.released" in [entry.what for entry in of_subject(escalation["id"])]
    clocks = "select c.state, c.next_at from clock c join run r on r.id = c.run_id where r.subject_id = :b"
    [clock] = house.database.outside(clocks + " and r.workflow = 'ap_notification'", b=strangers.breach)
    assert clock == {"state": "waiting", "next_at": None}, "its mail was delivered to the strangers"
    verified(house.database.config.owner_url(), strangers.register)
    house.work()
    mails = house.database.outside("select distinct state from mail_batch where purpose = 'notice'")
    assert mails == [{"state": "stopped"}]
    ended = house.database.outside("select state from run where subject_id = :n", n=strangers.notice)
    assert ended == [{"state": "cancelled"}]
    for organisation in (strangers.register, house.office.id):
        with acting_for(organisation):
            assert verify_acting_organisation().ok


def test_a_dossier_that_was_decided_moves_with_everything_about_it(house: AskedController):
    strangers = Strangers(house)
    strangers.are_of_before(house)
    there = {"o": strangers.register, "b": strangers.breach}
    about = "select name, done_by, done_for, outcome, done_at from step where run_id = (select id from run where "
    about += "organisation_id = :o and subject_id = :b and workflow = 'ap_notification') and organisation_id = {} "
    decided = house.database.outside(about.format(":o") + "order by id", **there)
    assert [step["name"] for step in decided if step["done_by"]] == ["assess", "draft", "approve", "submit"]
    assert house.answered(ACCEPTED) == 1
    assert house.database.outside(about.format(":me") + "order by id", me=house.id, **there) == decided
    with acting_for(house.id):
        moved = notice_of_breach(strangers.breach)
        assert moved and (moved.id, moved.approved_at) == (strangers.notice, None)
        assert moved.subject == NOTICE_TEXT["subject"]
        opened = run_about("bulk_notice", moved.id).open_step()
        assert opened and (opened.name, opened.state) == ("recipients", "waiting")
        upload_recipients(moved.id, [Addressee("A", "a@x.nl")], house.by, PRIVACY_OFFICER)
    glass = "select run_id, step, reason, reviewed_at from broken_glass where organisation_id = :o"
    mine = house.database.outside(glass, o=house.id)
    assert mine == house.database.outside(glass, o=strangers.register) and mine[0]["reviewed_at"] is None
    running = "select 1 from run where organisation_id = :o and state = 'running' and workflow <> 'own_people'"
    assert house.database.outside(running, o=strangers.register) == []


def test_a_notice_that_was_sent_stays_with_its_mails_and_the_history_says_so(house: AskedController):
    strangers = Strangers(house)
    house.database.outside("update notice set sent_at = now()")
    strangers.are_sent_away(house)
    assert house.answered(ACCEPTED) == 1
    with acting_for(house.id):
        assert notice_of_breach(strangers.breach) is None
        [moved] = [entry for entry in of_subject(strangers.breach) if entry.what == "breach.moved_in"]
        assert moved.details["notices_sent_there"] == 1
    [row] = house.database.outside("select state from run where subject_id = :n", n=strangers.notice)
    assert row["state"] == "running"


def test_strangers_who_end_the_office_do_not_keep_the_register(house: AskedController):
    strangers = Strangers(house)
    house.database.outside("update organisation set verified_at = now(), verified_how = 'letter' where id = :o",
                           o=strangers.register)  # fmt: skip
    ending = a_member(strangers.register)
    with acting_for(strangers.register):
        answer(house.office.id, ENDED, ending)
    later = an_incident(house.office)
    house.work()
    [newer] = house.database.outside("select * from escalation where incident_id = :i", i=later.id)
    assert newer["controller_id"] != strangers.register
    strangers.are_sent_away(house)
    [row] = house.database.outside("select * from organisation where id = :o", o=newer["controller_id"])
    assert row["joined_into"] == strangers.register
    with acting_for(house.office.id):
        for leads_to in ("escalation", "processing_agreement", "agreed_service"):
            there = db.session.scalars(text(f"select distinct controller_id from {leads_to}")).all()
            assert there == [strangers.register], leads_to
    for register in (strangers.register, newer["controller_id"], house.office.id):
        with acting_for(register):
            assert verify_acting_organisation().ok
    assert house.answered(ACCEPTED) == 2
    mine = [row for row in house.database.outside(CLOCKS) if row["organisation_id"] == house.id]
    assert [(row["state"], row["became_aware_at"]) for row in mine] == [("waiting", None)] * 2, "mailed to strangers"

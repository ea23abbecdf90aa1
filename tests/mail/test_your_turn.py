"""Mail to those whose turn it is, from the engine's steps to the sandbox: who gets it, when, and when it stops."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from tenants.database import db
from tenants.history.entries import Actor
from tenants.identity.deputies import add_deputy
from tenants.identity.users import APPROVER, AUDITOR, HANDLER, OWNER, User, make_member
from tenants.isolation import acting_for, acting_for_nobody, database_now
from tenants.organisations.organisations import claim_acting_organisation
from tenants.register.breaches import Breach, breach
from tests.conftest import Database
from tests.factories import a_member, an_assessment, an_incident, an_office, an_organisation, an_own_breach, proven
from tests.worlds.waiting_approvals import WaitingApprovals
from workflows.accounts.membership import change_role
from workflows.catalogue import CATALOGUE
from workflows.decisions import turn_mails
from workflows.engine.advance import complete
from workflows.mail.outbox import Outbox
from workflows.notification.ap_notification import AP_NOTIFICATION
from workflows.notification.form_answers import write_answers
from workflows.notification.supplement import supplement_facts
from workflows.running import jobs

A_DAY = timedelta(days=1)


@pytest.fixture
def sent(own_database: Database) -> Outbox:
    outbox = Outbox()
    jobs.use_mail_sender(outbox)
    return outbox


def tell(*organisations: UUID, at: datetime | None = None) -> None:
    """A tick of a clock process, without the seconds in which mail is gathered, and the sending."""
    for organisation in organisations:
        turn_mails.note_turns(organisation, CATALOGUE, 500, at)
    told = turn_mails.people_to_mail(500, gathered_s=0)
    for place in turn_mails.places_of_turns([person for person, _ in told]):
        turn_mails.drop_lost_turns(place, *(person for person, _ in told))
    for person, home in told:
        turn_mails.mail_turns(person, home)
    for organisation in organisations:
        jobs.drain(str(organisation))


def address(who: Actor) -> str:
    with acting_for_nobody():
        return db.session.get_one(User, who.id).email


def got(outbox: Outbox, who: Actor) -> list[str]:
    """The subjects of the mails to this person."""
    return [mail.as_read_by(to)[0] for mail in outbox.mails for to in mail.people if to.address == address(who)]


def listed(outbox: Outbox, who: Actor) -> list[tuple[str, ...]]:
    """What the mails with a list name first, and how many steps come with it, without the number of the breach."""
    subject = re.compile(r"U bent aan de beurt: (.+) \(\d{4}-\d{4}\), en nog (.+)")
    return [parts.groups() for line in got(outbox, who) if (parts := subject.fullmatch(line))]


def a_waiting_draft(organisation: UUID, officer: Actor, hours_ago: float = 0) -> UUID:
    breach_id = an_own_breach(organisation, officer, hours_ago=hours_ago)
    with acting_for(organisation):
        complete(AP_NOTIFICATION, breach_id, "assess", officer, "privacy_officer", an_assessment())
    return breach_id


def an_approval(organisation: UUID, officer: Actor) -> UUID:
    breach_id = a_waiting_draft(organisation, officer)
    with acting_for(organisation):
        draft = {"decision": "notify", "reason": "Kans op fraude."}
        complete(AP_NOTIFICATION, breach_id, "draft", officer, "privacy_officer", draft)
    return breach_id


def test_whoever_can_do_the_step_is_mailed_once_with_its_page(sent: Outbox):
    here = an_organisation()
    officer, approver, other = a_member(here), a_member(here, APPROVER), a_member(here, APPROVER)
    breach_id = an_approval(here, officer)
    tell(here)
    tell(here)
    assert got(sent, officer) == []
    for who in (approver, other):
        assert [subject.split(" (")[0] for subject in got(sent, who)] == ["U bent aan de beurt: Keur het besluit goed"]
    _, plain, html = sent.mails[0].as_read_by(sent.mails[0].people[0])
    assert plain.count(f"/breaches/{breach_id}#next") == html.count(f"/breaches/{breach_id}#next") == 1
    assert f"Gevraagd door: {officer.name}" in plain and "sha256" not in plain


CHANGES: dict[str, Callable[[Breach, Actor], Breach]] = {
    "measures": lambda row, by: supplement_facts(row.id, row.facts, row.people_min, row.people_max, by, measures="Weg"),
    "answers": lambda row, by: write_answers(row.id, {"summary": "Een bestand ging naar een ander."}, by),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whose_approval_is_undone_is_mailed_again_and_named_to_nobody(sent: Outbox, change: str):
    here = an_organisation()
    officer, handler, adam = a_member(here), a_member(here, HANDLER), a_member(here, APPROVER, "Adam")
    breach_id = an_approval(here, officer)
    tell(here)
    with acting_for(here):
        complete(AP_NOTIFICATION, breach_id, "approve", proven(adam), APPROVER, {"agrees": True})
    eva = a_member(here, APPROVER, "Eva")
    with acting_for(here):
        CHANGES[change](breach(breach_id), handler)
    tell(here)
    assert len(got(sent, adam)) == 2 and len(got(sent, eva)) == 1
    assert [mail.text.count("Gevraagd door") for mail in sent.mails] == [1, 0, 0]


def test_it_comes_within_a_minute_by_the_clock_process_itself(own_database: Database, sent: Outbox):
    """What came is gathered for twenty seconds; the rows are made older here instead of waiting."""
    here = an_organisation()
    officer, approver = a_member(here), a_member(here, APPROVER)
    an_approval(here, officer)
    jobs.sweep()
    assert turn_mails.GATHERED_S < 60 and got(sent, approver) == []
    own_database.outside("update turn_mail set created_at = now() - interval '20 seconds'")
    jobs.sweep()
    jobs.poll()
    assert len(got(sent, approver)) == 1


def test_it_comes_again_at_each_quarter_of_what_is_left_until_somebody_acts(sent: Outbox):
    here = an_organisation()
    officer, approver = a_member(here), a_member(here, APPROVER)
    breach_id = an_approval(here, officer)
    with acting_for(here):
        now = database_now()
    tell(here)
    for hours, mails in ((17, 1), (18, 2), (30, 2), (36, 3)):
        tell(here, at=now + timedelta(hours=hours))
        assert len(got(sent, approver)) == mails, hours
    assert got(sent, approver)[-1].startswith("Nog steeds aan u: Keur het besluit goed")
    with acting_for(here):
        complete(AP_NOTIFICATION, breach_id, "approve", proven(approver), APPROVER, {"agrees": True})
    tell(here, at=now + timedelta(hours=54))
    assert len(got(sent, approver)) == 3


def test_what_is_done_before_the_mail_is_written_is_not_mailed(own_database: Database, sent: Outbox):
    here = an_organisation()
    officer, approver = a_member(here), a_member(here, APPROVER)
    breach_id = an_approval(here, officer)
    turn_mails.note_turns(here, CATALOGUE, 500)
    with acting_for(here):
        complete(AP_NOTIFICATION, breach_id, "approve", proven(approver), APPROVER, {"agrees": True})
    tell()
    jobs.drain(str(here))
    assert got(sent, approver) == []
    assert own_database.outside("select from turn_mail where mailed_at is null") == []


def test_who_cannot_do_the_step_any_more_when_the_mail_is_written_gets_none(own_database: Database, sent: Outbox):
    here, elsewhere = an_organisation(), an_organisation()
    officer, approver, other = a_member(here), a_member(here, APPROVER), a_member(here, APPROVER)
    with acting_for_nobody():
        make_member(approver.id, elsewhere, OWNER)  # type: ignore[arg-type]
    an_approval(here, officer)
    an_own_breach(elsewhere)
    for place in (here, elsewhere):
        turn_mails.note_turns(place, CATALOGUE, 500)
    owner = proven(a_member(here, OWNER))
    with acting_for(here):
        assert approver.id
        change_role(approver.id, AUDITOR, owner)
    own_database.outside("update turn_mail set created_at = now() - interval '20 seconds'")
    jobs.sweep()
    for place in (here, elsewhere):
        jobs.drain(str(place))
    assert len(got(sent, other)) == 1
    [subject] = got(sent, approver)
    assert subject.startswith("U bent aan de beurt: Beoordeel"), "where the role is still there"
    assert own_database.outside("select from turn_mail where mailed_at is null") == []


def test_a_deputy_is_mailed_and_who_did_an_earlier_step_is_not(sent: Outbox):
    house = WaitingApprovals()
    deputy = a_member(house.id)
    with acting_for(house.id):
        now = database_now()
        assert house.approver.id and deputy.id and house.owner.id
        add_deputy(house.approver.id, deputy.id, now - A_DAY, now + A_DAY, "Ziek", house.owner.id)
    tell(house.id)
    for who in (deputy, house.approver, house.owner):
        assert listed(sent, who) == [("Keur de mededeling goed", "1 stap")]
    for who in (house.officer, house.other, house.handler, house.auditor):
        assert got(sent, who) == []


def test_what_comes_together_at_many_organisations_is_one_mail_with_a_list(sent: Outbox):
    places = [an_organisation(f"Bakkerij {n}") for n in range(25)]
    owner = a_member(places[0], OWNER)
    for place in places[1:]:
        with acting_for_nobody():
            make_member(owner.id, place, OWNER)  # type: ignore[arg-type]
    for place in places:
        an_own_breach(place)
    tell(*places)
    assert listed(sent, owner) == [("Beoordeel het risico", "24 stappen")]
    [mail] = [mail for mail in sent.mails if mail.people[0].address == address(owner)]
    _, plain, html = mail.as_read_by(mail.people[0])
    assert html.count("<li>") == 20 and "En nog 5 stappen." in plain and "Verkeerd verstuurd" not in plain


def test_who_wants_no_such_mail_gets_none_unless_nobody_else_would(sent: Outbox):
    here = an_organisation()
    officer, approver, other = a_member(here), a_member(here, APPROVER), a_member(here, APPROVER)
    with acting_for_nobody():
        db.session.get_one(User, approver.id).mail_turn = False
    an_approval(here, officer)
    tell(here)
    assert got(sent, approver) == [] and len(got(sent, other)) == 1
    with acting_for_nobody():
        db.session.get_one(User, other.id).mail_turn = False
    an_approval(here, officer)
    tell(here)
    assert len(got(sent, approver)) == 1 and len(got(sent, other)) == 2


def test_what_it_says_of_any_organisation_is_sealed_for_its_reader(own_database: Database, sent: Outbox):
    """The mail is kept by one organisation, whose operator and backup must not show that another has a breach."""
    places = [an_organisation("Bakkerij Een"), an_organisation("Bakkerij Twee")]
    owner, single = a_member(places[0], OWNER), a_member(places[1])
    with acting_for_nobody():
        make_member(owner.id, places[1], OWNER)  # type: ignore[arg-type]
    for place in places:
        an_own_breach(place)
    tell(*places)
    assert listed(sent, owner) == [("Beoordeel het risico", "1 stap")] and len(got(sent, single)) == 1
    kept = own_database.outside("select b.common, r.about_id from mail_batch b join recipient r on r.batch_id = b.id")
    assert {row["about_id"] for row in kept} == {owner.id, single.id}
    assert {value for row in kept for value in row["common"].values()} <= {""}


def test_the_mail_is_in_the_language_of_its_reader(sent: Outbox):
    here = an_organisation()
    officer, approver = a_member(here), a_member(here, APPROVER)
    with acting_for_nobody():
        db.session.get_one(User, approver.id).locale = "en"
    an_approval(here, officer)
    tell(here)
    assert got(sent, approver)[0].startswith("It is your turn: Approve the decision")


def test_two_clock_processes_mail_it_once(own_database: Database, sent: Outbox):
    here = an_organisation()
    officer, approver = a_member(here), a_member(here, APPROVER)
    an_approval(here, officer)
    both = [own_database.elsewhere(turn_mails.note_turns, here, CATALOGUE, 500) for _ in range(2)]
    assert sorted(each.result(10) for each in both) in ([0, 1], [1, 1])
    both = [own_database.elsewhere(turn_mails.mail_turns, approver.id, here) for _ in range(2)]
    assert sorted(each.result(10) for each in both) == [0, 1]
    jobs.drain(str(here))
    assert len(got(sent, approver)) == 1


def test_what_a_processor_tells_is_one_mail_to_each_however_many_registers_they_see_to(
    own_database: Database, sent: Outbox
) -> None:  # fmt: skip
    """Who has one register reads the message of the processor itself, and no second mail about it."""
    office = an_office(clients=2)
    registers = [row["controller_id"] for row in own_database.outside("select controller_id from processing_agreement")]
    owner, single = a_member(registers[0], OWNER), a_member(registers[0])
    with acting_for_nobody():
        make_member(owner.id, registers[1], OWNER)  # type: ignore[arg-type]
    for register in registers:
        with acting_for(register):
            claim_acting_organisation()
    an_incident(office)
    for organisation in (office.id, *registers):
        jobs.drain(str(organisation))
    tell(*registers)
    assert listed(sent, owner) == [("Beoordeel het risico", "1 stap")]
    assert [subject.split(" meldt ")[0] for subject in got(sent, single)] == ["De Linde Accountants"]
    [mail] = [mail for mail in sent.mails if mail.people[0].address == address(owner)]
    assert mail.text.count(", De Linde Accountants)") == 2


def test_a_reminder_of_the_term_comes_in_place_of_a_mail_in_the_same_minutes(own_database: Database, sent: Outbox):
    here = an_organisation()
    officer, approver = a_member(here), a_member(here, APPROVER)
    an_approval(here, officer)
    tell(here)
    own_database.outside("update clock set moments = array[now() + interval '18 hours']")
    with acting_for(here):
        now = database_now()
    tell(here, at=now + timedelta(hours=18, minutes=1))
    assert len(got(sent, approver)) == 1
    tell(here, at=now + timedelta(hours=36))
    assert len(got(sent, approver)) == 2

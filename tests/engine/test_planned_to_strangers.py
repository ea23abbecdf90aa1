"""A message that is planned and not sent yet when its contact comes in doubt: it goes to nobody, and a new one may."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import text

from tenants.agreements.consents import ACCEPTED, ENDED
from tenants.identity.users import OWNER
from tenants.isolation import acting_for, database_now
from tests.conftest import WITHIN_S, Database
from tests.factories import a_member, an_incident, proven, sendgrid_tells
from tests.operating import released
from tests.worlds.asked_controller import AskedController
from tests.worlds.led_elsewhere import LedElsewhere, confirmed
from workflows.escalation.incident_board import call_list
from workflows.mail.batches import Addressee, plan
from workflows.mail.outbox import Outbox
from workflows.mail.sender import TryAgain
from workflows.mail.set_aside import set_aside
from workflows.running import jobs
from workflows.trust.consenting import answer

FILLING = {"organisation": "x", "count": "1", "link": "https://x.example/y"}
DUE = "update mail_batch set not_before = now() where state = 'planned'"
MARKED = """
    update escalation set contacts = jsonb_set(contacts, '{0,led_elsewhere_at}', to_jsonb(now())) where id = :e"""


@pytest.fixture
def house(own_database: Database, outbox: Outbox) -> Iterator[AskedController]:
    yield AskedController(own_database, outbox)


class Planned(LedElsewhere):
    """A stranger came by Anna's mail; the mail about a second incident waits, because SendGrid was asked too often."""

    def __init__(self, house: AskedController) -> None:
        super().__init__(house)
        self.drained()
        self.incident = an_incident(house.office, title="Nog niet verzonden")
        house.outbox.answer_next(TryAgain())
        self.drained()
        [row] = house.database.outside("select * from escalation where incident_id = :i", i=self.incident.id)
        self.second: UUID = row["id"]
        self.tried = len(house.outbox.mails)
        assert self.mailed(self.tried - 1) == [self.anna]

    def drained(self) -> None:
        """The office's worker does what is ready, and sends what is due."""
        self.house.database.outside(DUE)
        while jobs.drain(str(self.office)):
            pass

    def led_elsewhere(self, by: str) -> None:
        if by == "release":
            released(self.register)
        elif by == "accepting":
            assert self.house.answered(ACCEPTED) == 2
        else:
            owner = proven(a_member(self.register, OWNER))
            with acting_for(self.register):
                answer(self.office, ENDED, owner)

    def recipients(self) -> list[str]:
        rows = self.house.database.outside("""
            select state from recipient where about_id = :e and purpose = 'escalation' order by id""", e=self.second)
        return [row["state"] for row in rows]


@pytest.mark.parametrize("by", ["release", "accepting", "ending"])
def test_what_waits_goes_to_nobody_and_the_client_is_called_until_the_office_looked(house: AskedController, by: str):
    planned = Planned(house)
    planned.led_elsewhere(by)
    planned.drained()
    assert planned.mailed(planned.tried) == [] and planned.recipients() == ["dropped"]
    with acting_for(planned.office):
        assert planned.second in {called.id for called in call_list(planned.incident.id)}
    confirmed(house.office)
    planned.drained()
    sent = [mail for mail in house.outbox.mails[planned.tried :] if mail.purpose == "escalation"]
    assert planned.anna in planned.mailed(planned.tried) and planned.recipients() == ["dropped", "accepted"]
    sendgrid_tells(sent)
    planned.drained()
    [row] = house.database.outside("select * from escalation where id = :e", e=planned.second)
    assert row["informed_how"] == "mail", "it is a new message, and this one counts"


def test_a_contact_that_comes_in_doubt_while_its_mail_is_written_makes_way_for_the_next(house: AskedController):
    """The moment of the doubt is earlier than that of the mail, whose writer waited for the lock."""
    planned = Planned(house)
    house.database.outside(MARKED, e=planned.second)
    planned.drained()
    assert planned.mailed(planned.tried) == [planned.bo] and planned.recipients() == ["dropped", "accepted"]


@pytest.mark.parametrize("is_before", [True, False])
def test_a_message_whose_link_leads_nowhere_is_not_sent_and_a_later_one_is(house: AskedController, is_before: bool):
    """Its contact need not be in doubt: the register that the link leads to is another one now."""
    planned = Planned(house)
    house.database.outside("update escalation set led_elsewhere_at = now()")
    if not is_before:
        house.database.outside("update recipient set created_at = now() + interval '1 second' where about_id = :e",
                               e=planned.second)  # fmt: skip
    planned.drained()
    assert planned.mailed(planned.tried) == ([] if is_before else [planned.anna])
    assert planned.recipients() == ["dropped" if is_before else "accepted"]
    with acting_for(planned.office):
        assert [called.id for called in call_list(planned.incident.id)] == ([planned.second] if is_before else [])


def test_what_is_planned_while_a_release_waits_is_of_before_it(house: AskedController):
    """Both moments are those of the act, not of when its transaction began."""
    planned = Planned(house)
    waiting = an_incident(house.office, title="Tijdens het wachten")
    house.outbox.answer_next(TryAgain())
    with house.database.superuser.connect() as holder:
        holder.execute(text("select from organisation where id = :o for no key update"), {"o": planned.register})
        release = house.database.elsewhere(released, planned.register)
        house.database.wait_until_blocked()
        planned.drained()
        holder.rollback()
    release.result(WITHIN_S)
    [moments] = house.database.outside("""
        select e.led_elsewhere_at, r.created_at from escalation e join recipient r on r.about_id = e.id
         where e.incident_id = :i and r.purpose = 'escalation'""", i=waiting.id)
    assert moments["led_elsewhere_at"] > moments["created_at"]


def test_what_is_planned_after_waiting_for_a_release_is_of_after_it(house: AskedController):
    planned = Planned(house)
    with acting_for(planned.office):
        begun = database_now()
        house.database.outside("update escalation set led_elsewhere_at = clock_timestamp() where id = :e",
                               e=planned.second)  # fmt: skip
        plan("reminder", "step_failed", FILLING, [(planned.second, Addressee("Bo", "bo@x.example"))])
    [moments] = house.database.outside("""
        select e.led_elsewhere_at, r.created_at from escalation e join recipient r on r.about_id = e.id
         where e.id = :e order by r.created_at desc limit 1""", e=planned.second)
    assert begun < moments["led_elsewhere_at"] < moments["created_at"]


@pytest.mark.parametrize(("state", "is_set_aside"), [("planned", True), ("accepted", False)])
def test_what_was_sent_meanwhile_is_not_set_aside(house: AskedController, state: str, is_set_aside: bool):
    """An event may show, after the recipients were read, that a mail did go."""
    planned = Planned(house)
    house.database.outside("update escalation set led_elsewhere_at = clock_timestamp()")
    house.database.outside("update recipient set state = :s where about_id = :e", s=state, e=planned.second)
    [row] = house.database.outside("select id from recipient where about_id = :e", e=planned.second)
    with acting_for(planned.office):
        assert set_aside([(row["id"], planned.second, planned.anna)]) == ({row["id"]} if is_set_aside else set())
    assert planned.recipients() == ["dropped" if is_set_aside else state]


def test_what_waits_to_remind_the_stranger_is_not_sent_after_the_release(house: AskedController):
    planned = Planned(house)
    with acting_for(planned.register):
        plan("reminder", "step_failed", FILLING, [(planned.second, Addressee("V", planned.anna))])
    released(planned.register)
    tried = len(house.outbox.mails)
    while jobs.drain(str(planned.register)):
        pass
    assert house.outbox.mails[tried:] == []
    [row] = house.database.outside(
        "select state, reason from recipient where organisation_id = :o and purpose = 'reminder' and about_id = :e",
        o=planned.register, e=planned.second)  # fmt: skip
    assert (row["state"], row["reason"]) == ("dropped", "no member any more")

"""Mail that waits for an address that is replaced is not sent; who was mailed out of turn is not mailed again."""

from collections.abc import Iterator
from typing import Any

import pytest

from tenants.isolation import acting_for
from tenants.register.escalations import escalation
from tests.conftest import Database
from tests.factories import an_incident, an_office, proven, sendgrid_tells
from workflows.escalation.correcting_contacts import correct_contact
from workflows.mail.mails_about import mails_about
from workflows.mail.outbox import Outbox
from workflows.mail.sender import Mail, TryAgain
from workflows.running import jobs

KEES = {"name": "Kees", "email": "kees@nieuw.example"}


class Waiting:
    """A client with two contacts; the mail to the first waits, because SendGrid was asked too often."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self.database, self.outbox, self.office = database, outbox, an_office(1)
        an_incident(self.office)
        outbox.answer_next(TryAgain())
        self.drained()
        [row] = database.outside("select * from escalation")
        self.client, (self.anna, self.bo) = row["id"], (contact["email"] for contact in row["contacts"])
        self.tried = len(outbox.mails)
        assert [person.address for person in outbox.mails[-1].people] == [self.anna]

    def drained(self) -> None:
        self.database.outside("update mail_batch set not_before = now() where state = 'planned'")
        while jobs.drain(str(self.office.id)):
            pass

    def correct(self, place: int, contact: dict[str, Any]) -> None:
        with acting_for(self.office.id):
            correct_contact(self.client, place, contact, 1 << 40, proven(self.office.officer))

    def sent(self) -> list[Mail]:
        return [mail for mail in self.outbox.mails[self.tried :] if mail.purpose == "escalation"]

    def mailed(self) -> list[str]:
        return [person.address for mail in self.sent() for person in mail.people]

    def outcomes(self) -> dict[str, str]:
        with acting_for(self.office.id):
            return {mail.address: mail.outcome for mail in mails_about(self.client, "escalation")}

    def row(self) -> dict[str, Any]:
        [row] = self.database.outside("select * from escalation")
        return dict(row)


@pytest.fixture
def waiting(own_database: Database, outbox: Outbox) -> Iterator[Waiting]:
    yield Waiting(own_database, outbox)


def test_mail_that_waits_for_a_replaced_address_is_not_sent(waiting: Waiting) -> None:
    waiting.correct(1, KEES)
    assert waiting.outcomes() == {waiting.anna: "waits", KEES["email"]: "waits"}
    waiting.drained()
    assert waiting.mailed() == [KEES["email"]] and waiting.row()["call_needed_at"] is None
    assert waiting.outcomes() == {waiting.anna: "not_sent", KEES["email"]: "sent"}
    sendgrid_tells(waiting.sent())
    waiting.drained()
    assert waiting.row()["informed_how"] == "mail" and waiting.mailed() == [KEES["email"]]


def test_without_a_new_address_the_next_contact_is_mailed(waiting: Waiting) -> None:
    waiting.correct(1, {"name": "Balie", "phone": "0201234567"})
    waiting.drained()
    assert waiting.mailed() == [waiting.bo] and waiting.outcomes()[waiting.anna] == "not_sent"


def test_mail_that_was_claimed_before_the_correction_is_said_to_be_sent(waiting: Waiting) -> None:
    """A claim is committed before the mail goes out: nobody can hold it back any more."""
    waiting.database.outside("""
        update mail_batch set state = 'sending', token = gen_random_uuid(), lease_until = now() + interval '1 minute'
         where state = 'planned'""")
    waiting.correct(1, KEES)
    assert waiting.outcomes() == {waiting.anna: "sent", KEES["email"]: "waits"}


def test_who_was_mailed_out_of_turn_is_not_mailed_again_by_turn(waiting: Waiting) -> None:
    waiting.correct(3, KEES)
    waiting.drained()
    assert sorted(waiting.mailed()) == sorted([waiting.anna, KEES["email"]])
    for expected in ([waiting.bo], []):
        before = len(waiting.mailed())
        sendgrid_tells(waiting.sent(), "bounce")
        waiting.drained()
        assert waiting.mailed()[before:] == expected
    assert waiting.row()["call_needed_at"] is not None and waiting.row()["rung"] == 3
    waiting.correct(3, KEES | {"name": "Kees Kok"})
    waiting.drained()
    assert waiting.mailed().count(KEES["email"]) == 2, "a person may still send it there again"
    with acting_for(waiting.office.id):
        assert [contact["email"] for contact in escalation(waiting.client).contacts][-1] == KEES["email"]

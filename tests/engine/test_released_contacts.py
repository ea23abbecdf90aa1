"""The operator closes a register that a stranger opened by an office's link: nothing goes to that contact again."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from tenants.agreements.doubted_contacts import doubted_contacts
from tenants.database import db
from tenants.history.entries import of_subject
from tenants.history.witness import verify_acting_organisation
from tenants.identity.invitations import accept, new_invitation
from tenants.identity.users import OWNER
from tenants.isolation import acting_for, database_now
from tenants.register.breaches import breach
from tenants.register.escalations import escalation
from tests.conftest import Database
from tests.factories import an_incident, proven, sendgrid_tells
from tests.operating import released
from tests.worlds.asked_controller import AskedController
from tests.worlds.calls import record_call
from workflows.engine.steps import Heard
from workflows.escalation.confirming_contacts import confirm_contact
from workflows.escalation.escalation_mail import write_to_next_contact
from workflows.mail.outbox import Outbox
from workflows.notification.ap_clock import remind_of_authority
from workflows.running import jobs


@pytest.fixture
def house(own_database: Database, outbox: Outbox) -> Iterator[AskedController]:
    yield AskedController(own_database, outbox)


class Released:
    """The office's mail to Anna led to somebody who opened the register; the operator closed it again."""

    def __init__(self, house: AskedController, informed: str | None = None) -> None:
        self.house, self.office = house, house.office.id
        an_incident(house.office)
        if informed:
            [sent] = house.database.outside("select id from escalation")
            with acting_for(self.office):
                record_call(sent["id"], database_now(), informed, house.office.officer)
        house.work()
        [row] = house.database.outside("select * from escalation")
        self.escalation: UUID = row["id"]
        self.breach: UUID = row["breach_id"]
        self.register: UUID = row["controller_id"]
        self.anna, self.bo = (contact["email"] for contact in row["contacts"])
        with acting_for(self.register):
            _, invitation = new_invitation(self.register, self.anna, OWNER, self.breach)
            db.session.add(invitation)
            db.session.flush()
            accept(invitation, "Vreemd", "een wachtwoord van lengte")
        released(self.register)
        self.mails = len(house.outbox.mails)

    def mailed(self) -> list[str]:
        """Which of the two was written to since the release."""
        sent = self.house.outbox.mails[self.mails :]
        return [person.address for mail in sent for person in mail.people if person.address in (self.anna, self.bo)]

    def work(self) -> None:
        """The worker does what is ready at both."""
        for organisation in (self.office, self.register):
            while jobs.drain(str(organisation)):
                pass


def test_the_contact_that_the_stranger_came_through_waits_for_the_office(house: AskedController):
    closed = Released(house)
    with acting_for(closed.office):
        [doubted] = doubted_contacts()
        assert (doubted.contact["email"], doubted.place) == (closed.anna, 1)
        what = [entry.what for entry in of_subject(doubted.agreement_id)]
        assert "agreement.contacts_led_elsewhere" in what and verify_acting_organisation().ok
    an_incident(house.office)
    closed.work()
    assert closed.mailed() == [closed.bo]


def test_whom_the_office_confirms_is_written_to_and_informed_by_the_delivery(house: AskedController):
    closed = Released(house)
    by = house.office.officer
    with acting_for(closed.office):
        [doubted] = doubted_contacts()
        confirm_contact(doubted.agreement_id, 1, {"name": "Anna", "email": closed.anna}, proven(by))
    closed.work()
    assert closed.mailed() == [closed.anna]
    sendgrid_tells(house.outbox.mails[closed.mails :])
    closed.work()
    [row] = house.database.outside("select informed_how from escalation where id = :e", e=closed.escalation)
    assert row["informed_how"] == "mail"


def test_a_term_of_a_register_that_nobody_opened_reminds_no_contact_that_waits(house: AskedController):
    closed = Released(house, informed="phone")
    with acting_for(closed.register):
        released = breach(closed.breach)
        assert released.alarm_at and released.due_at
        remind_of_authority([Heard(released, released.alarm_at, released.due_at, late=False)])
    closed.work()
    assert closed.mailed() == [closed.bo]


@pytest.mark.parametrize("email", ["nieuw@client.example", None])
def test_nobody_is_written_to_twice_because_another_contact_was_looked_at(house: AskedController, email: str | None):
    closed = Released(house)
    by, contact = house.office.officer, {"name": "Chris", "email": email, "phone": "030 12345"}
    with acting_for(closed.office):
        write_to_next_contact([escalation(closed.escalation)])
    closed.work()
    assert closed.mailed() == [closed.bo]
    with acting_for(closed.office):
        [doubted] = doubted_contacts()
        confirm_contact(doubted.agreement_id, 1, {k: v for k, v in contact.items() if v}, proven(by))
    for _ in range(2):
        closed.work()
        with acting_for(closed.office):
            write_to_next_contact([escalation(closed.escalation)])
    written = [person.address for mail in house.outbox.mails[closed.mails :] for person in mail.people]
    assert written.count(closed.bo) == 1 and written.count("nieuw@client.example") == bool(email)

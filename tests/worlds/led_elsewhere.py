"""An office's mail reached a stranger, who opened the register; then the organisation itself came."""

from typing import Any
from uuid import UUID

from tenants.agreements.consents import ACCEPTED
from tenants.agreements.doubted_contacts import doubted_contacts
from tenants.database import db
from tenants.history.entries import of_subject
from tenants.history.witness import verify_acting_organisation
from tenants.identity.invitations import Invitation, accept, new_invitation
from tenants.identity.users import OWNER
from tenants.isolation import acting_for, database_now
from tests.factories import Office, a_member, an_incident, proven, sendgrid_tells, verified
from tests.worlds.asked_controller import AskedController
from tests.worlds.calls import record_call
from workflows.accounts.inviting import confirm_receipt
from workflows.escalation.confirming_contacts import confirm_contact
from workflows.running import jobs
from workflows.trust.consenting import answer

CLOCK = """
    select c.state, b.became_aware_at, b.aware_how, b.stated_aware_how from breach b
      join run r on r.organisation_id = b.organisation_id and r.subject_id = b.id and r.workflow = 'ap_notification'
      join clock c on c.organisation_id = r.organisation_id and c.run_id = r.id
     where b.organisation_id = :o and b.id = :b"""
CLOCK = """
    select c.state, b.became_aware_at, b.aware_how, b.stated_aware_how from breach b
      join run r on r.organisation_id = b.organisation_id and r.subject_id = b.id and r.workflow = 'ap_notification'
      join clock c on c.organisation_id = r.organisation_id and c.run_id = r.id
     where b.organisation_id = :o and b.id = :b"""
NO_MOMENT = {"state": "waiting", "became_aware_at": None, "aware_how": None, "stated_aware_how": None}


class LedElsewhere:
    """The office's mail reached Anna's address, whose holder opened the register; then the organisation accepted."""

    def __init__(self, house: AskedController, informed: str | None = None) -> None:
        self.house, self.office = house, house.office.id
        an_incident(house.office)
        if informed:
            [row] = house.database.outside("select id from escalation")
            with acting_for(self.office):
                record_call(row["id"], database_now(), informed, house.office.officer)
        house.work()
        [row] = house.database.outside("select * from escalation")
        self.escalation: UUID = row["id"]
        self.breach: UUID = row["breach_id"]
        self.register: UUID = row["controller_id"]
        self.anna, self.bo = (contact["email"] for contact in row["contacts"])
        with acting_for(self.register):
            _, invitation = new_invitation(self.register, self.anna, OWNER, self.breach)
            accept(invitation_kept(invitation), "Vreemd", "een wachtwoord van lengte")

    def accepted(self) -> "LedElsewhere":
        assert self.house.answered(ACCEPTED) == 1
        self.house.work()
        return self

    def row(self) -> dict[str, Any]:
        [row] = self.house.database.outside("select * from escalation where id = :e", e=self.escalation)
        return dict(row)

    def clock(self) -> dict[str, Any]:
        [row] = self.house.database.outside(CLOCK, o=self.house.id, b=self.breach)
        return dict(row)

    def mailed(self, since: int) -> list[str]:
        """To whom mail of the office about this went."""
        return [person.address for mail in self.house.outbox.mails[since:] for person in mail.people
                if person.address in (self.anna, self.bo) or "nieuw" in person.address]  # fmt: skip


def invitation_kept(invitation: Invitation) -> Invitation:
    db.session.add(invitation)
    db.session.flush()
    return invitation


def acts_about(organisation: UUID, subject: UUID) -> list[str]:
    with acting_for(organisation):
        assert verify_acting_organisation().ok
        return [entry.what for entry in of_subject(subject)]


class ToldOneWay(LedElsewhere):
    """The client was told in one way alone; then the stranger opened the register by Anna's link."""

    def __init__(self, house: AskedController, how: str) -> None:
        self.house, self.office = house, house.office.id
        an_incident(house.office)
        self.drained()
        row = self.newest()
        self.escalation, self.breach = row["id"], row["breach_id"]
        self.register: UUID = row["controller_id"]
        self.anna, self.bo = (contact["email"] for contact in row["contacts"])
        if how == "mail":
            sendgrid_tells(house.outbox.mails)
        elif how == "phone":
            with acting_for(self.office):
                record_call(self.escalation, database_now(), how, house.office.officer)
        else:
            with acting_for(self.register):
                _, link = new_invitation(self.register, self.anna, OWNER, self.breach)
                assert confirm_receipt(invitation_kept(link), "Anna") is not None
        self.drained()
        assert self.newest()["informed_how"] == how
        with acting_for(self.register):
            _, invitation = new_invitation(self.register, self.anna, OWNER, self.breach)
            accept(invitation_kept(invitation), "Vreemd", "een wachtwoord van lengte")

    def newest(self) -> dict[str, Any]:
        [row] = self.house.database.outside("select * from escalation where processor_id = :o", o=self.office)
        return dict(row)

    def drained(self) -> None:
        while jobs.drain(str(self.office)):
            pass


def opened_by_link(house: AskedController, office: Office, register: UUID) -> None:
    """Somebody who holds a link of this office's mail opens the register that it made."""
    incident = an_incident(office)
    [row] = house.database.outside("select * from escalation where incident_id = :i", i=incident.id)
    with acting_for(register):
        _, invitation = new_invitation(register, f"mal-{office.id}@vreemd.example", OWNER, row["breach_id"])
        accept(invitation_kept(invitation), "Mal", "een wachtwoord van lengte")
    for organisation in (office.id, register):
        while jobs.drain(str(organisation)):
            pass


def clock(led: LedElsewhere, register: UUID | None = None) -> dict[str, Any]:
    """Of Art. 33(1), about this breach, in the register that the operator took back or in this one."""
    [row] = led.house.database.outside(CLOCK, o=register or led.register, b=led.breach)
    return dict(row)


def confirmed(office: Office, email: str | None = None) -> str:
    """The office says of the first contact that waits that it is right, or that this address takes its place."""
    by = proven(office.officer)
    with acting_for(office.id):
        first = doubted_contacts()[0]
        contact = {"name": "Anna Bakker", "email": email or first.contact["email"], "phone": "030 12345"}
        confirm_contact(first.agreement_id, first.place, contact, by)
    return contact["email"]


def of_another_office(led: LedElsewhere) -> Office:
    """Whoever opened the register is taken for the organisation, and accepts another office in it too."""
    verified(led.house.database.config.owner_url(), led.register)
    other = led.house.an_office()
    an_incident(other)
    while jobs.drain(str(other.id)):
        pass
    sendgrid_tells(led.house.outbox.mails)
    by = proven(a_member(led.register, OWNER))
    while jobs.drain(str(other.id)):
        pass
    with acting_for(led.register):
        assert answer(other.id, ACCEPTED, by) == 1
    return other

"""The message to a controller's next contact, with the link to confirm receipt and open its register."""

from dataclasses import replace
from datetime import datetime
from itertools import groupby
from uuid import UUID

from tenants.database import db
from tenants.errors import Invalid
from tenants.escalations import Escalation
from tenants.history import SYSTEM, Entry, record
from tenants.incidents import Incident, incident
from tenants.invitations import Invitation, new_invitation
from tenants.isolation import database_now
from tenants.organisations import the_acting_organisation
from tenants.users import OWNER
from workflows import gdpr
from workflows.links import receipt_link
from workflows.mail.batches import Addressee, plan
from workflows.mail.words import local_moment, word


def write_to_next_contact(escalations: list[Escalation]) -> None:
    """Plan a message to the next contact that has an address; where there is none left, somebody has to call."""
    now = database_now()
    written: list[tuple[Escalation, Addressee]] = []
    for escalation in escalations:
        contact = _next_with_address(escalation)
        if contact is None:
            escalation.call_needed_at = escalation.call_needed_at or now
        else:
            written.append((escalation, contact))
    written.sort(key=lambda pair: (str(pair[0].incident_id), pair[0].rung > 1))
    for (incident_id, again), pairs in groupby(written, key=lambda pair: (pair[0].incident_id, pair[0].rung > 1)):
        _plan(incident(incident_id), again, list(pairs), now)


def _next_with_address(escalation: Escalation) -> Addressee | None:
    """Climb to the next contact that mail can go to; one whose address cannot be right is passed over."""
    while (contact := escalation.next_contact) is not None:
        escalation.rung += 1
        try:
            return Addressee(contact.get("name") or "", contact.get("email") or "")
        except Invalid:
            continue
    return None


def _plan(about: Incident, again: bool, pairs: list[tuple[Escalation, Addressee]], now: datetime) -> None:
    office = the_acting_organisation()
    key = "escalation_next_contact" if again else "escalation"
    invitations: list[Invitation] = []
    addressees: list[tuple[UUID, Addressee]] = []
    for escalation, contact in pairs:
        token, invitation = new_invitation(
            escalation.controller_id, contact.address, OWNER, escalation.breach_id, now
        )
        invitations.append(invitation)
        values = {
            "controller": escalation.controller_name, "link": receipt_link(token),
            "people": _people(escalation, office.locale),
        }  # fmt: skip
        addressees.append((escalation.id, replace(contact, values=values)))
    db.session.add_all(invitations)
    plan("escalation", key, _common(about, office.name, office.locale), addressees, office.locale)
    record(
        Entry("escalation", e.id, "escalation.written", SYSTEM, {"contact": e.rung}) for e, _ in pairs
    )


def _common(about: Incident, office: str, locale: str) -> dict[str, str]:
    unknown = word("not_yet_known", locale)
    hours = gdpr.terms_on(about.became_aware_at.date()).notify_within // gdpr.HOUR
    return {
        "office": office, "title": about.title, "found_at": local_moment(about.found_at, locale),
        "what_happened": about.description, "measures": about.measures or unknown, "hours": str(hours),
        "contact_name": about.contact_name, "contact_email": about.contact_email,
        "contact_phone": about.contact_phone or unknown,
    }  # fmt: skip


def _people(escalation: Escalation, locale: str) -> str:
    least, most = escalation.people_min, escalation.people_max
    if least is None:
        return word("not_yet_known", locale)
    return str(least) if most == least else f"{least} - {most if most is not None else '?'}"

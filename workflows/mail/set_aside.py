"""Holds back an office's message when its contact is in doubt (Art. 28), or was replaced, before it is sent.

Its link leads to another register or to none, so its delivery would inform nobody. Whose contact is in doubt is called,
or mailed again once the office checked the contact. Whose contact was replaced gets the mail at the new address.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlalchemy import text as sql

from tenants.agreements.contact_standing import as_contact
from tenants.database import db
from tenants.isolation import acting_organisation
from tenants.register.escalations import need_a_call
from workflows.mail.rows import Recipient

DOUBTED, REPLACED = "the office looks at this contact first", "the office replaced this address"
SET_ASIDE_FOR = (DOUBTED, REPLACED)
"""The reasons at a recipient to whom nothing was sent."""
CONTACTS = sql("""
select e.id, lower(trim(c->>'email')), c ? 'led_elsewhere_at'
  from escalation e cross join lateral jsonb_array_elements(e.contacts) c
 where e.processor_id = :organisation and e.id = any(:abouts)
""")
HOLD_BACK = sql("""
update recipient r set state = 'dropped', state_at = now(),
                       reason = case when r.id = any(:replaced) then :why_replaced else :why_doubted end
  from escalation e
 where r.organisation_id = :organisation and r.id = any(:recipients) and r.state = 'planned'
   and e.processor_id = :organisation and e.id = r.about_id
   and (e.led_elsewhere_at >= r.created_at or r.id = any(:in_doubt) or r.id = any(:replaced))
returning r.id, r.about_id, r.reason
""")
WAKE = sql("select wake_steps(:organisation, about) from unnest(cast(:abouts as uuid[])) about order by about")


def not_set_aside() -> ColumnElement[bool]:
    """Return, as a part of a larger statement, whether a recipient's mail was sent or still may be.

    What was set aside reached nobody and did not come back either, so it says nothing about an address.
    """
    return or_(Recipient.reason.is_(None), Recipient.reason.not_in(SET_ASIDE_FOR))


def set_aside(readers: Sequence[tuple[UUID, UUID, str]]) -> set[UUID]:
    """Return the ids of those of these recipients of escalations (id, escalation, address) to whom nothing is sent.

    Their mail was planned before the contacts came in doubt, or goes to a contact that waits for the office's check, or
    to an address that no contact of the message has any more. Each of these escalations goes on with its next contact;
    one with a contact in doubt goes on the call list too.
    """
    ours = {"organisation": acting_organisation()}
    values = ours | {"recipients": [recipient for recipient, _, _ in readers]} | _sorted_out(readers)
    aside = db.session.execute(HOLD_BACK, values | {"why_replaced": REPLACED, "why_doubted": DOUBTED}).all()
    if aside:
        db.session.execute(WAKE, ours | {"abouts": sorted({row.about_id for row in aside})})
        # After the runs, which everybody locks before escalations.
        need_a_call(sorted({row.about_id for row in aside if row.reason == DOUBTED}))
    return {row.id for row in aside}


def _sorted_out(readers: Sequence[tuple[UUID, UUID, str]]) -> dict[str, list[UUID]]:
    """Return the recipients whose contact is in doubt, and those whose address no contact of the message has."""
    values = {"organisation": acting_organisation(), "abouts": [about for _, about, _ in readers]}
    is_doubted: dict[tuple[UUID, str], bool] = {}
    for about, address, doubted in db.session.execute(CONTACTS, values):
        is_doubted[about, address] = doubted or is_doubted.get((about, address), False)
    known = {about for about, _ in is_doubted}
    places = [(recipient, (about, as_contact(address))) for recipient, about, address in readers]
    return {
        "in_doubt": [recipient for recipient, place in places if is_doubted.get(place)],
        "replaced": [recipient for recipient, place in places if place[0] in known and place not in is_doubted],
    }

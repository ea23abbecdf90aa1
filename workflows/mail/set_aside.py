"""Holds back an office's message when its contact comes in doubt before it is sent (Art. 28).

Its link leads to another register or to none, so its delivery would inform nobody. The client is called, or mailed
again once the office checked the contact.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text as sql

from tenants.database import db
from tenants.isolation import acting_organisation
from tenants.register.escalations import need_a_call

IN_DOUBT = sql("""
select e.id, lower(trim(c->>'email')) from escalation e cross join lateral jsonb_array_elements(e.contacts) c
 where e.processor_id = :organisation and e.id = any(:abouts) and c ? 'led_elsewhere_at'
""")
SET_ASIDE = sql("""
update recipient r set state = 'dropped', state_at = now(), reason = 'the office looks at this contact first'
  from escalation e
 where r.organisation_id = :organisation and r.id = any(:recipients) and r.state = 'planned'
   and e.processor_id = :organisation and e.id = r.about_id
   and (e.led_elsewhere_at >= r.created_at or r.id = any(:in_doubt))
returning r.id, r.about_id
""")
WAKE = sql("select wake_steps(:organisation, about) from unnest(cast(:abouts as uuid[])) about order by about")


def set_aside(readers: Sequence[tuple[UUID, UUID, str]]) -> set[UUID]:
    """Return the ids of those of these recipients of escalations (id, escalation, address) to whom nothing is sent.

    Their mail was planned before the contacts came in doubt, or goes to a contact that waits for the office's check.
    Each of these escalations goes on with its next contact, or goes on the call list.
    """
    ours = {"organisation": acting_organisation()}
    doubted = {(row[0], row[1]) for row in db.session.execute(IN_DOUBT, ours | {"abouts": [r[1] for r in readers]})}
    in_doubt = [recipient for recipient, about, address in readers if (about, address.strip().lower()) in doubted]
    values = ours | {"recipients": [recipient for recipient, _, _ in readers], "in_doubt": in_doubt}
    aside = {row.id: row.about_id for row in db.session.execute(SET_ASIDE, values)}
    if aside:
        abouts = sorted(set(aside.values()))
        db.session.execute(WAKE, ours | {"abouts": abouts})  # runs before escalations, as everybody locks them
        need_a_call(abouts)
    return set(aside)

"""The first acts of an owner in a new register: inviting a second person, proving whose it is, and a second factor.

A decision takes two people, and mail to people is sent once it is proven whose register it is (Art. 24, 32).
"""

from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_organisation
from workflows.roles import DECIDERS, WORKERS

# In the order of doing. A colleague who was asked and did not answer yet is asked no second time.
OPEN = text("""
select not exists (select from membership m
                    where m.organisation_id = o.id and m.user_id <> :user and m.role = any(:active))
       and not exists (select from invitation i
                        where i.organisation_id = o.id and i.breach_id is null and i.used_at is null
                          and i.withdrawn_at is null and i.expires_at > now()) as colleague,
       o.verified_at is null as verify,
       not exists (select from user_totp t where t.user_id = :user and t.sealed is not null)
       and not exists (select from passkey p where p.user_id = :user) as factor
  from organisation o where o.id = :organisation and o.joined_into is null
""")


def first_steps(user_id: UUID) -> tuple[str, ...]:
    """Return what this owner has still to do at the acting organisation, of "colleague", "verify" and "factor", in one
    query.

    Nothing is to be done in a register that was joined into another.
    """
    values = {"organisation": acting_organisation(), "user": user_id, "active": sorted(WORKERS | DECIDERS)}
    row = db.session.execute(OPEN, values).mappings().first()
    return tuple(step for step, is_open in (row or {}).items() if is_open)

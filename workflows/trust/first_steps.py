"""The first acts of an owner in a new register, until all are done or an owner puts the list away.

A decision takes two people, mail to people is sent once it is proven whose register it is (Art. 24, 32), and an office
that tried the way of a message once meets nothing new on the worst day.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from tenants.agreements.client_of_tests import was_test_received
from tenants.database import db
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import acting_organisation
from tenants.organisations.admission import is_admitted
from workflows.roles import DECIDERS, WORKERS

OF_SETTINGS = ("sender", "address", "fg")
"""The steps that are settings of the organisation."""
# A colleague who was asked and did not answer yet is asked no second time.
DONE = text("""
select exists (select from membership m
                where m.organisation_id = o.id and m.user_id <> :user and m.role = any(:active))
       or exists (select from invitation i
                   where i.organisation_id = o.id and i.breach_id is null and i.used_at is null
                     and i.withdrawn_at is null and i.expires_at > now()) as colleague,
       o.verified_at is not null as verify,
       exists (select from user_totp t where t.user_id = :user and t.sealed is not null)
       or exists (select from passkey p where p.user_id = :user) as factor,
       exists (select from processing_agreement a where a.processor_id = o.id
                  and a.controller_id is distinct from (select my_test_register())) as clients
  from organisation o
 where o.id = :organisation and o.joined_into is null and o.first_steps_closed_at is null and not o.is_test
""")


END = text("select end_first_steps()")


@dataclass(frozen=True)
class FirstStep:
    """One act: "factor", "colleague", "verify", one of OF_SETTINGS, and of an office also "clients" and "test"."""

    name: str
    is_done: bool


def first_steps(user_id: UUID, missing: Collection[str]) -> tuple[FirstStep, ...]:
    """Return the first steps of this owner at the acting organisation, in the order of doing; none when all are done.

    `missing` names the settings that the organisation has not set yet. None either in a register that was joined into
    another, in that of a test client, and after an owner put the list away.
    """
    values = {"organisation": acting_organisation(), "user": user_id, "active": sorted(WORKERS | DECIDERS)}
    row = db.session.execute(DONE, values).mappings().first()
    if row is None:
        return ()
    done = {name: bool(row[name]) for name in ("factor", "colleague", "verify")}
    done |= {name: name not in missing for name in OF_SETTINGS}
    if is_admitted():
        done |= {"clients": bool(row["clients"]), "test": was_test_received()}
    return () if all(done.values()) else tuple(FirstStep(name, is_done) for name, is_done in done.items())


def put_first_steps_away(by: Actor) -> None:
    """Show the first steps to no owner of the acting organisation any more; once more changes nothing."""
    if db.session.scalar(END):
        record([Entry("organisation", acting_organisation(), "organisation.first_steps_closed", by)])

"""The first acts of an owner in a new register, until all are done or an owner puts the list away.

A decision takes three people, mail to people is sent once it is proven whose register it is (Art. 24, 32), and an
office that tried the way of a message once meets nothing new on the worst day.
"""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import permutations
from uuid import UUID

from sqlalchemy import text

from tenants.agreements.client_of_tests import was_test_received
from tenants.database import db
from tenants.history.entries import Actor, Entry, record
from tenants.identity.invitations import pending
from tenants.identity.users import members_of
from tenants.isolation import acting_organisation, database_now
from tenants.organisations.admission import is_admitted
from tenants.organisations.organisations import the_acting_organisation
from workflows.roles import DECIDERS, MAY, PEOPLE_OF_A_DECISION, WORKERS

OF_SETTINGS = ("sender", "address", "fg")
"""The steps that are settings of the organisation."""
ACTS_OF_A_DECISION = ("draft", "approve", "submit")
"""Each is done by another person, so that a decision takes PEOPLE_OF_A_DECISION people."""
DONE = text("""
select o.verified_at is not null as verify,
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
    """One act: "factor", "colleague", "verify", one of OF_SETTINGS, and of an office also "clients" and "test".

    `waits_for`: why a step that was begun is still open, None for one that was not begun: "answers" (people were
    invited), "confirmation" (of the address for answers), "new_link" (the link to that address lapsed) or
    "reply_address" (only a name was given). `invited`: how many people did not answer an invitation yet. `address`:
    where answers go.
    """

    name: str
    is_done: bool
    waits_for: str | None = None
    invited: int = 0
    address: str = ""


def first_steps(user_id: UUID, missing_of: Callable[[], Collection[str]]) -> tuple[FirstStep, ...]:
    """Return the first steps of this owner at the acting organisation, in the order of doing; none when all are done.

    `missing_of` returns the names of the settings that the organisation has not set yet; it is called where the steps
    are shown, because it asks the database. None either in a register that was joined into
    another, in that of a test client, and after an owner put the list away.
    """
    values = {"organisation": acting_organisation(), "user": user_id}
    row = db.session.execute(DONE, values).mappings().first()
    if row is None:
        return ()
    roles = [role for _, role in members_of(acting_organisation())]
    done = {"factor": bool(row["factor"]), "colleague": can_decide(roles), "verify": bool(row["verify"])}
    missing = missing_of()
    done |= {name: name not in missing for name in OF_SETTINGS}
    if is_admitted():
        done |= {"clients": bool(row["clients"]), "test": was_test_received()}
    return () if all(done.values()) else tuple(_step(name, is_done) for name, is_done in done.items())


def can_decide(roles: Collection[str]) -> bool:
    """Return whether people with these roles can prepare, approve and send a decision, each act by another person."""
    counted = Counter(role for role in roles if role in WORKERS | DECIDERS)
    enough = [role for role, people in counted.items() for _ in range(min(people, PEOPLE_OF_A_DECISION))]
    return any(
        all(role in MAY[act] for role, act in zip(people, ACTS_OF_A_DECISION, strict=True))
        for people in permutations(enough, PEOPLE_OF_A_DECISION)
    )  # fmt: skip


def _step(name: str, is_done: bool) -> FirstStep:
    """Return this step, with what it waits for when it was begun."""
    if is_done:
        return FirstStep(name, is_done)
    if name == "colleague":
        invited = len(pending())
        return FirstStep(name, is_done, "answers" if invited else None, invited)
    if name == "sender":
        return _sender()
    return FirstStep(name, is_done)


def _sender() -> FirstStep:
    """Return the open step of the sender: the address for answers is used once somebody there confirmed it."""
    organisation = the_acting_organisation()
    address, ends_at = organisation.reply_address, organisation.reply_link_ends_at
    if address is None:
        return FirstStep("sender", False, "reply_address" if organisation.sender_name else None)
    is_open = ends_at is not None and ends_at > database_now()
    return FirstStep("sender", False, "confirmation" if is_open else "new_link", address=address)


def put_first_steps_away(by: Actor) -> None:
    """Show the first steps to no owner of the acting organisation any more; once more changes nothing."""
    if db.session.scalar(END):
        record([Entry("organisation", acting_organisation(), "organisation.first_steps_closed", by)])

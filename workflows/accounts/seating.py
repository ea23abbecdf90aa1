"""A seat that decides: all members are told, and it counts a day later, or when a second owner agreed (Art. 24, 32).

A seat that only reviews what was done alone always waits. A deciding seat counts at once where nobody else can decide
yet, for the person who opened the register, and for all who were given their seat within a day of that: the first
people of an organisation must be able to meet its 72 hours.
"""

from datetime import datetime, timedelta
from uuid import UUID

from tenants.database import db
from tenants.errors import Invalid, NotAllowed, NotFound
from tenants.history.entries import Actor, Entry, record
from tenants.identity.users import Membership, members_of, seat_of
from tenants.isolation import acting_organisation, database_now
from tenants.organisations.organisations import the_acting_organisation
from workflows.accounts.new_deciders import tell_of_changed_decider, tell_of_new_decider
from workflows.engine.advance import refuse_while_seat_waits
from workflows.engine.progress import refuse_unless_proven
from workflows.roles import decides, weighs

A_DAY = timedelta(days=1)


def seat(user_id: UUID, before: str | None, given_by: UUID | None) -> None:
    """Carry out what follows when somebody was given a role; `before` is the role they had."""
    here = seat_of(user_id, acting_organisation(), lock=True)
    if here is None:
        return
    if not weighs(here.role) - (weighs(before) if before else frozenset()):
        tell_of_changed_decider(user_id)
        return
    waits = given_by is not None and (waits_a_day(user_id) or not decides(here.role))
    here.counts_from, here.given_by = (database_now() + A_DAY if waits else None), given_by
    here.agreed_by = here.agreed_at = None
    db.session.flush()
    tell_of_new_decider(user_id, here.counts_from)


def waits_a_day(user_id: UUID) -> bool:
    """Whether a new decider must wait: somebody else decides, and the organisation began longer than a day ago."""
    began = the_acting_organisation().claimed_at
    if began is None or began > database_now() - A_DAY:
        return False
    return any(decides(role) for user, role in members_of(acting_organisation()) if user.id != user_id)


def reviews_from(user_id: UUID, actors: set[UUID], acted_at: datetime) -> datetime | None:
    """Return from when this member's review of what `actors` did alone counts, if that is later than now; else None.

    A review is never urgent, so the day holds on an organisation's first day too. It also holds for a seat that the
    person who acted alone gave after the act.
    """
    here = seat_of(user_id, acting_organisation())
    if here is None or here.given_by is None:
        return None
    is_of_the_actor = here.given_by in actors and here.created_at >= acted_at
    if here.agreed_at is not None and not is_of_the_actor:
        return None
    counts = here.created_at + A_DAY
    return counts if counts > database_now() else None


def refuse_unless_seat_counts(by: Actor) -> None:
    """Refuse an act on the organisation itself: its people, tokens, providers, processors and deputies.

    Raises NotAllowed without a fresh second factor, and when the seat of the person, or of the colleague they stand in
    for, does not count yet: otherwise somebody let in a moment ago could remove those who may still end that seat.
    """
    refuse_unless_proven(by, database_now())
    refuse_while_seat_waits(by)


def agree(user_id: UUID, by: Actor) -> Membership:
    """Let the seat count from now, because a second owner knows this person.

    Raises NotAllowed without a fresh second factor, for the person who gave or holds the seat, and for one whose own
    seat waits; NotFound; Invalid when it counts already.
    """
    refuse_unless_seat_counts(by)
    now = database_now()
    member = seat_of(user_id, acting_organisation(), lock=True)
    if member is None:
        raise NotFound("member.unknown")
    if member.counts_from is None or member.counts_from <= now:
        raise Invalid("seat.counts_already")
    if by.id is None or {by.id, by.for_id} & {member.given_by, user_id}:
        raise NotAllowed("seat.agree_by_another")
    member.counts_from, member.agreed_by, member.agreed_at = now, by.id, now
    record([Entry("organisation", acting_organisation(), "member.seat_agreed", by, {"user": str(user_id)})])
    return member

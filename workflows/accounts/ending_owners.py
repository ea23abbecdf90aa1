"""Ending or lowering an owner's seat without that owner's consent, a day after another owner asked for it.

Everybody in the organisation is told at once who asked and about whom, and the owner may object. One objection counts
in thirty days, so that an owner who left the firm in anger cannot stay for ever.

Other owners can join the request: it stands until all of them took it back. An owner who took it back may ask again a
day after it was last begun. So one owner cannot block the others, or mail everybody again and again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from tenants.database import db
from tenants.errors import Invalid, NotFound
from tenants.history.entries import Actor, Entry, record
from tenants.identity.users import OWNER, Membership, User, members_of, names_of, seat_of
from tenants.isolation import acting_organisation, database_now
from tenants.organisations.organisations import the_acting_organisation
from workflows.accounts.seating import A_DAY, refuse_unless_seat_counts
from workflows.mail.links import overview_link
from workflows.mail.own_people import plan_to_people
from workflows.mail.words import local_moment

LASTS, AFTER_AN_OBJECTION, AN_OBJECTION_COUNTS = timedelta(days=7), timedelta(days=7), timedelta(days=30)
"""How long the end may be carried out after the day; how long nobody asks again after an objection; how long an
objection keeps a further one of the same owner from counting."""


def ask_to_end(user_id: UUID, by: Actor) -> datetime:
    """Ask that another owner's seat may end or be lowered, or join a request for it. Returns from when it may.

    Raises NotAllowed without a fresh second factor; NotFound; Invalid for oneself, for an owner who asked already,
    within a day after it was begun for an owner who took it back, and within a week after an objection.
    """
    refuse_unless_seat_counts(by)
    here, now = _owner(user_id), database_now()
    if by.id == user_id:
        raise Invalid("owner.leave_yourself")
    is_open = here.ends_from is not None and now < here.ends_from + LASTS
    if is_open and by.id in _who_asked(here):
        raise Invalid("owner.asked_already", ends_from=here.ends_from)
    if waits := _asks_again(here, by.id, now):
        raise Invalid(waits.key, asks_again_from=waits.until)
    ends_from = here.ends_from if is_open and here.ends_from else now + A_DAY
    here.ends_from, here.end_asked_by = ends_from, [*(_who_asked(here) if is_open else ()), _id(by)]
    db.session.flush()
    _record("member.end_asked", user_id, by)
    if not is_open:
        _tell(db.session.get_one(User, user_id), by, ends_from)
    return ends_from


@dataclass(frozen=True)
class AsksAgain:
    """Why an owner's end cannot be asked for now, as the key of the refusal, and from when it can."""

    key: str
    until: datetime


def ask_again_from(by_id: UUID) -> dict[UUID, AsksAgain]:
    """Return the owners, by user, whose end this person cannot ask for now, with the reason and from when they can."""
    mine = (Membership.organisation_id == acting_organisation()) & (Membership.role == OWNER)
    now = database_now()
    rows = db.session.scalars(select(Membership).where(mine))
    return {row.user_id: waits for row in rows if (waits := _asks_again(row, by_id, now))}


def object_to_end(user_id: UUID, by: Actor) -> bool:
    """Object to the end of an owner's seat: the seat stays, and those who asked and the other owners are mailed.

    An owner who asked takes the request back, which is no objection: it ends when no other owner asks. Returns whether
    the request has ended. Raises NotAllowed without a fresh second factor; NotFound when nothing is asked; Invalid
    within thirty days after an earlier objection.
    """
    refuse_unless_seat_counts(by)
    here, now = _owner(user_id), database_now()
    if here.ends_from is None:
        raise NotFound("owner.not_asked")
    others = [who for who in _who_asked(here) if who != by.id]
    takes_back = by.id in _who_asked(here)
    if not takes_back:
        if here.end_refused_at is not None and now < here.end_refused_at + AN_OBJECTION_COUNTS:
            raise Invalid("owner.objected_before", objects_again_from=here.end_refused_at + AN_OBJECTION_COUNTS)
        here.end_refused_at = now
        _tell_of_objection(here, by)
    is_over = not (takes_back and others)
    here.ends_from, here.end_asked_by = (None, None) if is_over else (here.ends_from, others)
    db.session.flush()
    _record("member.end_taken_back" if takes_back else "member.end_refused", user_id, by)
    return is_over


def refuse_before_asked(here: Membership, by: Actor) -> None:
    """Raise Invalid for another owner's seat unless its end was asked for at least a day ago, and not too long ago.

    A seat that does not count yet ends at once: everybody was told of it, so that they can end it before it counts.
    """
    now = database_now()
    if here.role != OWNER or here.user_id == by.id or (here.counts_from is not None and here.counts_from > now):
        return
    if here.ends_from is None or now >= here.ends_from + LASTS:
        raise Invalid("owner.ask_first")
    if now < here.ends_from:
        raise Invalid("owner.has_a_day", ends_from=here.ends_from)


def _asks_again(here: Membership, by_id: UUID | None, now: datetime) -> AsksAgain | None:
    if here.end_refused_at is not None and now < (until := here.end_refused_at + AFTER_AN_OBJECTION):
        return AsksAgain("owner.objected", until)
    took_back = by_id in here.end_taken_back_by and here.end_asked_at is not None
    if took_back and here.end_asked_at is not None and now < (until := here.end_asked_at + A_DAY):
        return AsksAgain("owner.asked_lately", until)
    return None


def _who_asked(here: Membership) -> list[UUID]:
    return here.end_asked_by or []


def _id(by: Actor) -> UUID:
    assert by.id is not None
    return by.id


def _record(what: str, user_id: UUID, by: Actor) -> None:
    record([Entry("organisation", acting_organisation(), what, by, {"user": str(user_id)})])


def _owner(user_id: UUID) -> Membership:
    here = seat_of(user_id, acting_organisation(), lock=True)
    if here is None or here.role != OWNER:
        raise NotFound("member.unknown")
    return here


def _tell_of_objection(here: Membership, by: Actor) -> None:
    """Mail the owners and those who asked, except the one who objected, what the objection means."""
    now = database_now()
    moments = {"again_from": now + AFTER_AN_OBJECTION, "objects_from": now + AN_OBJECTION_COUNTS}
    asked_by = names_of(_who_asked(here))
    who = db.session.get_one(User, here.user_id).name
    names = {"who": who, "by": by.name, "asked_by": ", ".join(asked_by.values())}
    readers = [user for user, role in members_of(acting_organisation()) if role == OWNER or user.id in asked_by]
    _mail("owner_end_refused", here.user_id, [user for user in readers if user.id != by.id], names, moments)


def _tell(owner: User, by: Actor, ends_from: datetime) -> None:
    """Mail everybody in the organisation, the owner too, except the one who asked."""
    readers = [user for user, _ in members_of(acting_organisation()) if user.id != by.id]
    _mail("owner_end_asked", owner.id, readers, {"who": owner.name, "by": by.name}, {"moment": ends_from})


def _mail(
    text_key: str, about: UUID, readers: list[User], names: dict[str, str], moments: dict[str, datetime]
) -> None:  # fmt: skip
    """Mail these people. Names are kept among the sealed values, never in the batch."""
    common = {"organisation": the_acting_organisation().name, "link": overview_link()}
    plan_to_people(
        "security", text_key, about, [(user, names) for user in readers],
        lambda locale: common | {name: local_moment(moment, locale) for name, moment in moments.items()},
    )  # fmt: skip

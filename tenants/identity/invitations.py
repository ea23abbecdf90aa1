"""Invitations by mailed link: to open one's register for the first time, or to join an organisation."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, FetchedValue, and_, func, or_, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.errors import Invalid, NotFound
from tenants.identity.sessions import hash_of_token
from tenants.identity.users import OWNER, User, add_user, make_member, seat_of, user_at
from tenants.isolation import acting_organisation
from tenants.organisations.organisations import claim_acting_organisation

LASTS = timedelta(days=7)
IN_TURN = text("select pg_advisory_xact_lock(hashtextextended(cast(:invited as text), 30))")
"""Waits until another request about invitations of this organisation to this address is committed."""


class Invitation(Record):
    """What a mailed link stands for. Only the hash of its token is kept."""

    __tablename__ = "invitation"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    email: Mapped[str]
    role: Mapped[str]
    breach_id: Mapped[UUID | None]
    invited_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    id: Mapped[UUID] = mapped_column(server_default=FetchedValue())
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]


@dataclass(frozen=True)
class Pending:
    """An invitation without an answer yet, and the name of who invited; None when that name is not known any more."""

    id: UUID
    email: str
    role: str
    invited_by: str | None
    created_at: datetime
    expires_at: datetime


IS_PENDING = and_(
    Invitation.used_at.is_(None), Invitation.withdrawn_at.is_(None), Invitation.expires_at > func.now()
)  # fmt: skip
IS_OVER = or_(Invitation.withdrawn_at.is_not(None), Invitation.expires_at <= func.now())


def new_invitation(
    organisation_id: UUID, email: str, role: str, breach_id: UUID | None = None, now: datetime | None = None
) -> tuple[str, Invitation]:
    """Return a token for the link, and the row, which the caller adds; many rows added together are one insert. `now`
    is its moment."""
    token = secrets.token_urlsafe(24)
    row = Invitation(
        token_hash=hash_of_token(token), organisation_id=organisation_id, email=email.strip().lower(),
        role=role, breach_id=breach_id, expires_at=(now or func.now()) + LASTS,
    )  # fmt: skip
    return token, row


def invitation_of(token: str) -> Invitation:
    """Return the invitation of this link, also a used one.

    Raises NotFound when there is none, when it has lapsed (which says whether it was used before that), when it was
    withdrawn, and when the office that mailed it replaced its address.
    """
    known = select(Invitation, IS_OVER).where(Invitation.token_hash == hash_of_token(token))
    row = db.session.execute(known).first()
    if row is None:
        raise NotFound("invitation.unknown")
    invitation, is_over = row
    if is_over:
        raise NotFound(_ended(invitation))
    return invitation


def ended_link_of_office(token: str) -> Invitation | None:
    """Return the invitation of a link that an office mailed and that lapsed or was replaced; None for any other."""
    of_office = (Invitation.token_hash == hash_of_token(token)) & Invitation.breach_id.is_not(None)
    return db.session.scalar(select(Invitation).where(of_office, IS_OVER))


def refuse_ended(invitation: Invitation) -> None:
    """Raise NotFound when the link ended since it was read. After a wait for a lock, the database knows better."""
    ended = select(Invitation.withdrawn_at).where(Invitation.token_hash == invitation.token_hash)
    if db.session.scalar(ended) is not None:
        raise NotFound(_withdrawn(invitation))


def _ended(invitation: Invitation) -> str:
    """Return why a link that is over works no more: it was used before that, was withdrawn, or lapsed unused."""
    if invitation.used_at is not None:
        return "invitation.used"
    return "invitation.unknown" if invitation.withdrawn_at is None else _withdrawn(invitation)


def _withdrawn(invitation: Invitation) -> str:
    """Return why this link was withdrawn: an office withdraws only links to an address that it replaced."""
    return "invitation.withdrawn" if invitation.breach_id is None else "invitation.replaced"


def pending() -> list[Pending]:
    """Return the acting organisation's invitations without an answer, the newest first.

    Links that came with a processor's message belong to that processor and are left out.
    """
    asked = (
        select(Invitation, User.name).outerjoin(User, User.id == Invitation.invited_by)
        .where(_own(), IS_PENDING).order_by(Invitation.created_at.desc(), Invitation.id)
    )  # fmt: skip
    return [
        Pending(row.id, row.email, row.role, name, row.created_at, row.expires_at)
        for row, name in db.session.execute(asked)
    ]


def withdraw(invitation_id: UUID, by_id: UUID | None) -> Invitation:
    """Withdraw an invitation: its link stops working. When somebody accepts it at the same time, only one of both
    succeeds.

    Raises NotFound when the acting organisation has no such invitation, Invalid when it does not wait any more.
    """
    ended = update(Invitation).where(_own(), Invitation.id == invitation_id, IS_PENDING)
    stamped = ended.values(withdrawn_at=func.now(), withdrawn_by=by_id).returning(Invitation)
    withdrawn = db.session.scalar(stamped, execution_options={"populate_existing": True})
    if withdrawn is None:
        known = db.session.scalar(select(Invitation.id).where(_own(), Invitation.id == invitation_id))
        raise Invalid("invitation.not_pending") if known else NotFound("invitation.not_here")
    return withdrawn


def inviter(invitation: Invitation) -> User | None:
    """Return the name of who invited; None for the operator, an office with its message, or an account that is gone."""
    return db.session.get(User, invitation.invited_by) if invitation.invited_by else None


def has_account(invitation: Invitation) -> bool:
    """Whether the address that it was sent to has an account already, so that its holder logs in with that."""
    return user_at(invitation.email) is not None


def end_pending() -> None:
    """End all open invitations of the acting organisation."""
    db.session.execute(update(Invitation).where(_own(), IS_PENDING).values(withdrawn_at=func.now()))


def withdraw_those_of(user: User, by_id: UUID | None) -> list[Invitation]:
    """End the open invitations that this user made or that went to the user's address; returns them."""
    theirs = or_(Invitation.invited_by == user.id, Invitation.email == user.email)
    ended = update(Invitation).where(_own(), theirs, IS_PENDING)
    stamped = ended.values(withdrawn_at=func.now(), withdrawn_by=by_id).returning(Invitation)
    return list(db.session.scalars(stamped, execution_options={"populate_existing": True}))


def end_links_to(email: str) -> None:
    """End the links of processors that were mailed to this address, used ones too, so that they show no breach here any
    more."""
    of_breaches = and_(Invitation.organisation_id == acting_organisation(), Invitation.breach_id.is_not(None))
    theirs = and_(of_breaches, Invitation.email == email, Invitation.expires_at > func.now())
    db.session.execute(update(Invitation).where(theirs).values(expires_at=func.now()))


def refuse_seated(user: User | None, field: str | None = None) -> None:
    """Raise Invalid when the user has a seat in the acting organisation: an owner changes roles, a link does not."""
    if user is not None and seat_of(user.id, acting_organisation()) is not None:
        raise Invalid("invitation.has_seat", field)


def _in_turn(address: str) -> None:
    db.session.execute(IN_TURN, {"invited": f"{acting_organisation()} {address}"})


def _own() -> ColumnElement[bool]:
    return and_(Invitation.organisation_id == acting_organisation(), Invitation.breach_id.is_(None))


def accept(invitation: Invitation, name: str, password: str, locale: str = "nl") -> User:
    """Join with a new account, whose language is `locale`. Raises Invalid as `use_up` does."""
    use_up(invitation)
    user = add_user(invitation.email, name, password, locale)
    make_member(user.id, invitation.organisation_id, invitation.role)
    return user


def accept_as(invitation: Invitation, user: User) -> User:
    """Join with the account that this address has. Raises Invalid as `use_up` does, and for who has a seat here."""
    use_up(invitation)
    refuse_seated(user)
    make_member(user.id, invitation.organisation_id, invitation.role)
    return user


def use_up(invitation: Invitation) -> None:
    """Use the link up; of two uses at the same time the second finds it used (compare-and-set). Raises Invalid.

    Who joins has answered each invitation of the organisation to this address, so other links are used up with it.

    A link that came with a processor's message opens only a register that nobody has opened yet: the processor chose
    its address, so it opens no register that is in use. There an owner invites, and must still be an owner when the
    link is used.
    """
    _refuse_without_inviter(invitation)
    _in_turn(invitation.email)
    this = Invitation.token_hash == invitation.token_hash
    unused = and_(this, Invitation.used_at.is_(None), Invitation.withdrawn_at.is_(None))
    used = db.session.execute(
        update(Invitation).where(unused).values(used_at=func.now()).returning(Invitation.email)
    )
    if used.first() is None:
        gone = db.session.scalar(select(Invitation.withdrawn_at).where(this))
        raise Invalid(_withdrawn(invitation) if gone else "invitation.used")
    if invitation.breach_id is not None and not claim_acting_organisation():
        raise Invalid("invitation.register_in_use")
    others = and_(_own(), Invitation.email == invitation.email, IS_PENDING)
    db.session.execute(update(Invitation).where(others).values(used_at=func.now()))


def _refuse_without_inviter(invitation: Invitation) -> None:
    """Raise Invalid when the inviter's seat is gone. Locks the seat before the link, in the order of ending a seat."""
    if invitation.invited_by is None:
        return
    theirs = seat_of(invitation.invited_by, invitation.organisation_id, lock=True)
    if theirs is None or theirs.role != OWNER:
        raise Invalid("invitation.inviter_gone")

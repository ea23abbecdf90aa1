"""Invitations by mailed link: to open one's register for the first time, or to join an organisation."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.errors import Invalid, NotFound
from tenants.organisations import claim_acting_organisation
from tenants.sessions import hash_of_token
from tenants.users import User, add_user, make_member

LASTS = timedelta(days=7)


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


def new_invitation(
    organisation_id: UUID, email: str, role: str, breach_id: UUID | None = None, now: datetime | None = None
) -> tuple[str, Invitation]:
    """A token for the link, and the row to keep (the caller adds it; many at once are one insert, told `now`)."""
    token = secrets.token_urlsafe(24)
    row = Invitation(
        token_hash=hash_of_token(token), organisation_id=organisation_id, email=email.strip().lower(),
        role=role, breach_id=breach_id, expires_at=(now or func.now()) + LASTS,
    )  # fmt: skip
    return token, row


def invitation_of(token: str) -> Invitation:
    """The invitation of this link. Raises NotFound when there is none or it has lapsed; a used one is found."""
    known = (Invitation.token_hash == hash_of_token(token)) & (Invitation.expires_at > func.now())
    invitation = db.session.scalar(select(Invitation).where(known))
    if invitation is None:
        raise NotFound("invitation.unknown")
    return invitation


def accept(invitation: Invitation, name: str, password: str) -> User:
    """Join with a new account. Raises Invalid when the link was used before."""
    use_up(invitation)
    user = add_user(invitation.email, name, password)
    make_member(user.id, invitation.organisation_id, invitation.role)
    return user


def accept_as(invitation: Invitation, user: User) -> User:
    """Join with the account that this address has already. Raises Invalid when the link was used before."""
    use_up(invitation)
    make_member(user.id, invitation.organisation_id, invitation.role)
    return user


def use_up(invitation: Invitation) -> None:
    """A link works once: of two at the same time one finds it used (compare-and-set). Raises Invalid.

    One that came with a processor's message opens a register that nobody has opened yet: whose address a processor
    wrote down is not let into a register that is in use. Its owner invites.
    """
    unused = (Invitation.token_hash == invitation.token_hash) & Invitation.used_at.is_(None)
    used = db.session.execute(
        update(Invitation).where(unused).values(used_at=func.now()).returning(Invitation.email)
    )
    if used.first() is None:
        raise Invalid("invitation.used")
    if invitation.breach_id is not None and not claim_acting_organisation():
        raise Invalid("invitation.register_in_use")

"""A user's identity at their organisation's provider, and the errands: logins that are on the way to a provider and
back.

An identity is (organisation, issuer, subject). A mail address is not one: whoever runs a provider can write any address
into a token.
"""

import secrets
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.errors import Invalid, NotAllowed
from tenants.identity.sessions import LoginSession, begin_session, hash_of_token
from tenants.identity.users import Membership, User
from tenants.isolation import acting_organisation

LOGIN, LINK, INVITATION, VERIFICATION = "login", "link", "invitation", "verification"
FURTHER = text("""
    select exists (select from login_session s join membership m on m.user_id = s.user_id
                    where s.id = :session and m.organisation_id <> s.only_organisation)""")


class LinkedIdentity(Record):
    """The identity of a user at a provider."""

    __tablename__ = "linked_identity"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Errand(Record):
    """One login on its way to a provider and back. The secret in the browser's cookie is kept as a hash."""

    __tablename__ = "provider_errand"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    purpose: Mapped[str]
    session_id: Mapped[UUID | None]
    invitation_hash: Mapped[bytes | None]
    next: Mapped[str] = mapped_column(server_default="/")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(server_default=text("now() + interval '10 minutes'"))
    used_at: Mapped[datetime | None]


def begin_errand(
    organisation_id: UUID, purpose: str, target: str = "/",
    session_id: UUID | None = None, invitation_hash: bytes | None = None,
) -> str:  # fmt: skip
    """Begin an errand; returns the secret that the browser keeps until it is back."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        Errand(
            token_hash=hash_of_token(token), organisation_id=organisation_id, purpose=purpose, next=target,
            session_id=session_id, invitation_hash=invitation_hash,
        )
    )  # fmt: skip
    db.session.flush()
    return token


def errand_of(token: str) -> Errand:
    """Return the errand of this browser. Raises NotAllowed when there is none, or it is over."""
    return db.session.scalar(select(Errand).where(_open(token))) or _lapsed()


def end_errand(token: str) -> Errand:
    """End this errand, once (compare-and-set). Raises NotAllowed when it is over."""
    ended = update(Errand).where(_open(token)).values(used_at=func.now()).returning(Errand)
    return db.session.scalar(ended) or _lapsed()


def linked_member(issuer: str, subject: str) -> User | None:
    """Return the member of the acting organisation that this identity was linked to."""
    here = (LinkedIdentity.organisation_id == acting_organisation()) & (LinkedIdentity.issuer == issuer)
    query = (
        select(User).join(LinkedIdentity, LinkedIdentity.user_id == User.id)
        .join(Membership, (Membership.user_id == User.id) & (Membership.organisation_id == acting_organisation()))
        .where(here, LinkedIdentity.subject == subject)
    )  # fmt: skip
    return db.session.scalar(query)


def link(user_id: UUID, issuer: str, subject: str) -> None:
    """Link this identity to this user in the acting organisation. Raises Invalid when it is linked to somebody else."""
    here = (LinkedIdentity.organisation_id == acting_organisation()) & (LinkedIdentity.issuer == issuer)
    others = here & (LinkedIdentity.user_id == user_id) & (LinkedIdentity.subject != subject)
    db.session.execute(delete(LinkedIdentity).where(others))
    new = insert(LinkedIdentity).values(
        organisation_id=acting_organisation(), issuer=issuer, subject=subject, user_id=user_id
    )
    db.session.execute(new.on_conflict_do_nothing())
    this = select(LinkedIdentity.user_id).where(here, LinkedIdentity.subject == subject)
    if db.session.scalar(this) != user_id:
        raise Invalid("provider.linked_to_another")


def unlink(user_id: UUID) -> bool:
    """Unlink this user from the provider here. Returns whether the user was linked."""
    theirs = (LinkedIdentity.organisation_id == acting_organisation()) & (LinkedIdentity.user_id == user_id)
    gone = db.session.execute(delete(LinkedIdentity).where(theirs).returning(LinkedIdentity.subject))
    return gone.first() is not None


def end_errands(organisation_id: UUID) -> None:
    """End all errands to this organisation's provider."""
    under_way = (Errand.organisation_id == organisation_id) & Errand.used_at.is_(None)
    db.session.execute(update(Errand).where(under_way).values(used_at=func.now()))


def is_linked(user_id: UUID) -> bool:
    """Whether this user may log in through a provider here."""
    theirs = (LinkedIdentity.organisation_id == acting_organisation()) & (LinkedIdentity.user_id == user_id)
    return db.session.scalar(select(LinkedIdentity.subject).where(theirs).limit(1)) is not None


def begin_session_by_provider(user: User, proven_at: datetime | None, browser: str = "") -> str:
    """Log in at the acting organisation alone. A second factor counts from when the provider saw it, not from now."""
    token = begin_session(user, only_organisation=acting_organisation(), browser=browser)
    this = LoginSession.token_hash == hash_of_token(token)
    seen = {"proof_at": proven_at, "proof_by_provider": proven_at is not None}
    db.session.execute(update(LoginSession).where(this).values(seen))
    return token


def reaches_further(session_id: UUID | None) -> bool:
    """Whether this is a login by provider of somebody whose account has a seat in other organisations too."""
    return bool(db.session.scalar(FURTHER, {"session": session_id}))


def _open(token: str) -> ColumnElement[bool]:
    return (Errand.token_hash == hash_of_token(token)) & Errand.used_at.is_(None) & (Errand.expires_at > func.now())


def _lapsed() -> NoReturn:
    raise NotAllowed("provider.lapsed")

"""Users, their memberships and roles: identity, which stands outside the organisations."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.errors import Invalid

PRIVACY_OFFICER = "privacy_officer"
APPROVER = "approver"
READER = "reader"
ROLES = (PRIVACY_OFFICER, APPROVER, READER)
SHORTEST_PASSWORD = 12

MEMBERSHIPS = text("select organisation_id, slug, name, role from memberships_of(:user)")
_hasher = PasswordHasher()
# Verified when there is no such user, so that an unknown address takes as long as a wrong password.
_nobody = _hasher.hash("nobody has this password")


class User(Record):
    """Somebody who logs in."""

    __tablename__ = "app_user"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    email: Mapped[str]
    name: Mapped[str]
    password_hash: Mapped[str]
    locale: Mapped[str] = mapped_column(server_default="nl")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Membership(Record):
    """A user's role in one organisation."""

    __tablename__ = "membership"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


@dataclass(frozen=True)
class Place:
    """An organisation where a user may be, and as what."""

    organisation_id: UUID
    slug: str
    name: str
    role: str


@dataclass(frozen=True)
class Person:
    """Somebody who is logged in: who it is, and where they may be, by name."""

    id: UUID
    email: str
    name: str
    locale: str
    places: tuple[Place, ...]


def user_with(email: str, password: str) -> User | None:
    """The user with this address and password, or None; both answers take as long."""
    user = db.session.scalar(select(User).where(User.email == email.strip().lower()))
    try:
        _hasher.verify(user.password_hash if user else _nobody, password)
    except VerificationError:
        return None
    return user


def add_user(email: str, name: str, password: str, locale: str = "nl") -> User:
    """A new user. Raises Invalid when the password is shorter than 12 characters or the address is taken."""
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid("user.password_too_short", "password", least=SHORTEST_PASSWORD)
    if not name.strip():
        raise Invalid("field.required", "name")
    if db.session.scalar(select(User.id).where(User.email == email.strip().lower())):
        raise Invalid("user.address_taken", "email")
    user = User(email=email.strip().lower(), name=name.strip(), password_hash=_hasher.hash(password), locale=locale)
    db.session.add(user)
    db.session.flush()
    return user


def make_member(user_id: UUID, organisation_id: UUID, role: str) -> None:
    """Give a user a role in an organisation; a role that was there is replaced."""
    db.session.merge(Membership(organisation_id=organisation_id, user_id=user_id, role=role))
    db.session.flush()


def places_of(user_id: UUID) -> list[Place]:
    """Every organisation of this user, by name."""
    return [Place(*row) for row in db.session.execute(MEMBERSHIPS, {"user": user_id})]


def members_of(organisation_id: UUID) -> list[tuple[User, str]]:
    """Everybody with a role in this organisation."""
    members = select(User, Membership.role).join(Membership, Membership.user_id == User.id)
    rows = db.session.execute(members.where(Membership.organisation_id == organisation_id).order_by(User.name))
    return [(user, role) for user, role in rows]

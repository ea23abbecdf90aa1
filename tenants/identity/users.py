"""Users, their memberships and roles: identity, which stands outside the organisations."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, FetchedValue, String, Uuid, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.errors import Invalid
from tenants.identity.passwords import hash_of, is_right, is_weakly_hashed, refuse_weak
from tenants.lines import one_line

OWNER = "owner"
PRIVACY_OFFICER = "privacy_officer"
APPROVER = "approver"
HANDLER = "handler"
AUDITOR = "auditor"
FG = "fg"
ROLES = (OWNER, PRIVACY_OFFICER, APPROVER, HANDLER, AUDITOR, FG)

SEATS = text("select seats_of(:user)")
MEMBERSHIPS = text("select organisation_id, slug, name, role, for_id from memberships_of(:user)")

WAITS = text("""
    select max(counts_from) from (
      select counts_from from membership where organisation_id = :organisation and user_id in (:who, :whom)
      union all
      select counts_from from deputy where organisation_id = :organisation and deputy_id = :who and of_user = :whom
         and starts_at <= now() and now() < ends_at and ended_at is null) seat
     where counts_from > now()""")
ROLE_HELD = text("select role_held(:organisation, :who, :whom)")


class User(Record):
    """A person who logs in.

    `locale` is the language of their mails. The three settings say which mails they want: that a step waits for them,
    reminders of a term, a login with a new kind of browser. `browsers` are the kinds that the account was used with.
    `function` and `phone` are what the authority asks of a person who reports; None: not said yet.
    """

    __tablename__ = "app_user"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    email: Mapped[str]
    name: Mapped[str]
    password_hash: Mapped[str | None]
    locale: Mapped[str] = mapped_column(server_default="nl")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    factors_taken_at: Mapped[datetime | None]
    proof_counts_from: Mapped[datetime | None]
    mail_turn: Mapped[bool] = mapped_column(server_default="true")
    mail_reminder: Mapped[bool] = mapped_column(server_default="true")
    mail_browser: Mapped[bool] = mapped_column(server_default="true")
    browsers: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{}")
    function: Mapped[str | None]
    phone: Mapped[str | None]


class Membership(Record):
    """A user's role in one organisation; `counts_from` is set where it decides something and did not count at once.

    An owner's seat may end against their will from `ends_from`, after all of `end_asked_by` asked for it, the first at
    `end_asked_at`. The database keeps `end_taken_back_by`: an owner in it may ask again a day after `end_asked_at` at
    the earliest.
    """

    __tablename__ = "membership"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    counts_from: Mapped[datetime | None]
    given_by: Mapped[UUID | None]
    agreed_by: Mapped[UUID | None]
    agreed_at: Mapped[datetime | None]
    ends_from: Mapped[datetime | None]
    end_asked_by: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    end_asked_at: Mapped[datetime | None] = mapped_column(server_default=FetchedValue(), server_onupdate=FetchedValue())
    end_taken_back_by: Mapped[list[UUID]] = mapped_column(
        ARRAY(Uuid), server_default=FetchedValue(), server_onupdate=FetchedValue()
    )  # fmt: skip
    end_refused_at: Mapped[datetime | None]


@dataclass(frozen=True)
class AskedToGo:
    """From when an owner's seat may end against their will, and the names of the owners who ask for it, by person."""

    ends_from: datetime
    asked_by: dict[UUID, str]


@dataclass(frozen=True)
class StandsIn:
    """A user acts in the role of a colleague, for a period."""

    role: str
    for_id: UUID


@dataclass(frozen=True)
class Place:
    """An organisation where a user may act: in which role, and for whom the user stands in now."""

    organisation_id: UUID
    slug: str
    name: str
    role: str
    stands_in: tuple[StandsIn, ...] = ()


@dataclass(frozen=True)
class Lasting:
    """How long a session still lasts, by the database's clock."""

    asked_at: datetime
    """The moment of this request."""
    ends_at: datetime
    """When the session ends if this request does not count as a sign of its user."""
    ends_when_seen: datetime
    """When the session ends if this request counts as a sign of its user."""
    expires_at: datetime
    """When the session ends at the latest, whatever its user does."""


@dataclass(frozen=True)
class Person:
    """A logged-in person, their organisations by name, and when they last gave a second factor."""

    id: UUID
    email: str
    name: str
    locale: str
    places: tuple[Place, ...]
    session_id: UUID | None = None
    proof_at: datetime | None = None
    owes_proof: bool = False
    """Whether the person has a second factor and has not given it in this session."""
    browser: str = ""
    """The browser in which the session began, in words; empty when that was not seen."""
    is_unseen: bool = False
    """Whether the last note that this session is used is older than one minute."""
    password_at: datetime | None = None
    """When the password was given in this session; None when it began through a provider."""
    browser_mark: bytes | None = None
    proof_counts_from: datetime | None = None
    """From when a second factor that replaced a lost one counts for decisions; None for at once."""
    lasting: Lasting | None = None
    """How long the session lasts; None for an API token."""


def user_with(email: str, password: str) -> User | None:
    """Return the user with this address and password, or None; both answers take equally long."""
    user = user_at(email)
    if not is_right(user.password_hash if user else None, password) or user is None:
        return None
    if user.password_hash and is_weakly_hashed(user.password_hash):
        user.password_hash = hash_of(password)
        db.session.flush()
    return user


def user_at(email: str) -> User | None:
    """Return the user with this address."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def add_user(email: str, name: str, password: str, locale: str = "nl") -> User:
    """Add a user. Raises Invalid for a weak password (identity/passwords.py) or an address that is taken."""
    address = email.strip().lower()
    refuse_weak(password, address)
    if not one_line(name):
        raise Invalid("field.required", "name")
    if user_at(address):
        raise Invalid("user.address_taken", "email")
    user = User(email=address, name=one_line(name), password_hash=hash_of(password), locale=locale)
    db.session.add(user)
    db.session.flush()
    return user


def make_member(user_id: UUID, organisation_id: UUID, role: str) -> None:
    """Give a user a role in an organisation, in place of an earlier one."""
    db.session.merge(Membership(organisation_id=organisation_id, user_id=user_id, role=role))
    db.session.flush()


def places_of(user_id: UUID) -> list[Place]:
    """Return every organisation of this user, by name."""
    return places_in(tuple(row) for row in db.session.execute(MEMBERSHIPS, {"user": user_id}))


def seats_of(user_id: UUID) -> set[UUID]:
    """Return every organisation where this user has a seat of their own; not a register that was joined into another.
    """
    return set(db.session.scalars(SEATS, {"user": user_id}))


def places_in(rows: Iterable[tuple[UUID, str, str, str, UUID | None]]) -> list[Place]:
    """Return one place for each organisation in the rows of memberships_of; the user's own role comes first."""
    places: dict[UUID, Place] = {}
    for organisation_id, slug, name, role, for_id in rows:
        if for_id is None:
            places[organisation_id] = Place(organisation_id, slug, name, role)
        else:
            own = places[organisation_id]
            places[organisation_id] = replace(own, stands_in=(*own.stands_in, StandsIn(role, for_id)))
    return list(places.values())


def seat_of(user_id: UUID, organisation_id: UUID, lock: bool = False) -> Membership | None:
    """Return the seat of this user in that organisation, or None."""
    query = select(Membership).where(Membership.organisation_id == organisation_id, Membership.user_id == user_id)
    return db.session.scalar(query.with_for_update() if lock else query)


def seat_waits_until(organisation_id: UUID, who: UUID | None, whom: UUID | None) -> datetime | None:
    """Return when this user's seat, and the seat that the user stands in for, begin to count; None when they count
    already."""
    waits: datetime | None = db.session.scalar(WAITS, {"organisation": organisation_id, "who": who, "whom": whom})
    return waits


def role_held(organisation_id: UUID, who: UUID, whom: UUID | None) -> str | None:
    """Return the role in which this user has a seat there at this moment, or that of the colleague whom they stand in
    for; None without a seat. Nobody changes that seat before the transaction ends."""
    held: str | None = db.session.scalar(ROLE_HELD, {"organisation": organisation_id, "who": who, "whom": whom})
    return held


def factor_counts_from(counts_from: datetime | None, by_provider: bool) -> datetime | None:
    """Return from when a second factor counts for decisions; None for at once.

    `counts_from` is that of the account's own factor. For a login through the organisation's provider the provider's
    factor counts, which replaced no lost one. Both the acts and the words that say who can do them use this.
    """
    return None if by_provider else counts_from


def waiting_seats(organisation_id: UUID) -> dict[UUID, datetime]:
    """Return the users whose seat there does not count yet, each with the moment from which it counts."""
    here = (Membership.organisation_id == organisation_id) & (Membership.counts_from > func.now())
    rows = db.session.execute(select(Membership.user_id, Membership.counts_from).where(here))
    return {user_id: counts_from for user_id, counts_from in rows if counts_from is not None}


def owners_to_end(organisation_id: UUID) -> dict[UUID, AskedToGo]:
    """Return the owners there who were asked to go: from when their seat may end or be lowered, and who asked."""
    asked = (Membership.organisation_id == organisation_id) & Membership.ends_from.is_not(None)
    rows = list(db.session.scalars(select(Membership).where(asked, Membership.role == OWNER)))
    askers = {who for row in rows for who in row.end_asked_by or ()}
    names = names_of(askers) if askers else {}
    return {
        row.user_id: AskedToGo(row.ends_from, {who: names[who] for who in row.end_asked_by if who in names})
        for row in rows if row.ends_from is not None and row.end_asked_by is not None
    }  # fmt: skip


def names_of(people: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of these people, by id."""
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(list(people))).order_by(User.name, User.id))
    return {user_id: name for user_id, name in rows}


def address_of(user_id: UUID) -> str | None:
    """Return the e-mail address of this account; None where the account ended."""
    return db.session.scalar(select(User.email).where(User.id == user_id))


def members_of(organisation_id: UUID) -> list[tuple[User, str]]:
    """Return everybody with a role in this organisation."""
    members = select(User, Membership.role).join(Membership, Membership.user_id == User.id)
    rows = db.session.execute(members.where(Membership.organisation_id == organisation_id).order_by(User.name))
    return [(user, role) for user, role in rows]

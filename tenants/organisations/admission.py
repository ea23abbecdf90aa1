"""Admission: an operator lets an office register clients and escalate. Only the operator writes it; the app reads."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.errors import NotAllowed
from tenants.isolation import acting_organisation
from tenants.organisations.organisations import the_acting_organisation

ADMITTED, SUSPENDED = "admitted", "suspended"
RELEASE = text("select release_claim(:slug, :note)")
CLOSED_WITH = text("select closed_with(:register)")
GOES_ON_AT = text("select goes_on_at(:slug)")
END_SEATS = (
    text("delete from membership where organisation_id = any(:registers)"),
    text("update invitation set expires_at = now() where organisation_id = any(:registers) and expires_at > now()"),
    text("""update login_session set revoked_at = now()
             where only_organisation = any(:registers) and revoked_at is null"""),
    text("update provider_errand set used_at = now() where organisation_id = any(:registers) and used_at is null"),
    text("""update verification_letter set replaced_at = now()
             where organisation_id = any(:registers) and used_at is null and replaced_at is null"""),
    text("update organisation set web_domains = '{}', mail_limits = '{}' where id = any(:registers)"),
)
END_GRIP = (
    text("delete from linked_identity where organisation_id = :register"),
    text("delete from identity_provider where organisation_id = :register"),
    text("""update api_token set revoked_at = now(), revoked_by = made_by
             where organisation_id = :register and revoked_at is null"""),
)
END_DEPUTIES = text("""
    update deputy set ended_at = now(), ended_by = appointed_by
     where organisation_id = :register and ended_at is null""")
DECIDED = text("select * from offices_decided()")
DECIDE = text("select decide_admission(:slug, :state, :most_clients, :note)")


class Admission(Record):
    """The operator's last decision about one office. `most_clients` is None for no limit."""

    __tablename__ = "admission"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str]
    most_clients: Mapped[int | None]
    note: Mapped[str]
    at: Mapped[datetime]


@dataclass(frozen=True)
class Decision:
    """A decision of the operator. `state` None changes limits only; `most_clients` None keeps the limit, 0 ends it."""

    slug: str
    state: str | None
    note: str
    most_clients: int | None = None


@dataclass(frozen=True)
class DecidedOffice:
    """An office as the operator sees it: what was decided last, why and when, and how many clients it registered."""

    slug: str
    name: str
    state: str
    most_clients: int | None
    note: str
    clients: int
    since: datetime


def the_admission() -> Admission | None:
    """Return the admission of the acting organisation; None when no operator decided about it."""
    return db.session.get(Admission, acting_organisation())


def is_admitted() -> bool:
    """Whether the acting organisation may register clients and record incidents that hit them."""
    state = db.session.scalar(select(Admission.state).where(Admission.organisation_id == acting_organisation()))
    return state == ADMITTED


def refuse_unless_admitted() -> None:
    """Raise NotAllowed, which says what to do, unless the acting organisation is admitted."""
    if not is_admitted():
        raise NotAllowed("office.not_admitted")


def decide(operator: Connection, decision: Decision) -> UUID | None:
    """Write the decision as the owner of the database (the app's role may not). Returns None when no organisation has
    this address."""
    office: UUID | None = operator.scalar(DECIDE, vars(decision))
    return office


def offices_decided(operator: Connection) -> list[DecidedOffice]:
    """Return every office that was admitted or suspended, as the owner of the database (the app's role may not)."""
    return [DecidedOffice(**row) for row in operator.execute(DECIDED).mappings()]


def release_claim(operator: Connection, slug: str, note: str) -> UUID | None:
    """Close a register again that a stranger opened by a link, as the owner of the database.

    All seats, sessions, mailed links (used ones show a breach), letters, errands and web domains end there and in the
    registers that were joined into it; `end_grip` ends the rest. The histories record it. Returns None when it was not
    opened by a link, or was joined into the register that `goes_on_at` names.
    """
    register: UUID | None = operator.scalar(RELEASE, {"slug": slug, "note": note})
    if register is not None:
        for end in END_SEATS:
            operator.execute(end, {"registers": closed_with(operator, register)})
    return register


def closed_with(operator: Connection, register: UUID) -> list[UUID]:
    """Return the released register and those that were joined into it, as the owner of the database."""
    return list(operator.scalars(CLOSED_WITH, {"register": register}))


def goes_on_at(operator: Connection, slug: str) -> str | None:
    """Return the address of the register that the one at this address was joined into, at last; None when it was not
    joined."""
    address: str | None = operator.scalar(GOES_ON_AT, {"slug": slug})
    return address


def end_grip() -> None:
    """End what a stranger set up in the acting register that was released: provider, keys and deputies.

    Nothing is written in a register that was joined into another: its deputies stand in for nobody.
    """
    register = the_acting_organisation()
    for end in END_GRIP if register.joined_into else (*END_GRIP, END_DEPUTIES):
        db.session.execute(end, {"register": register.id})

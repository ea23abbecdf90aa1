"""The proof of whose register it is: by a code in a letter, by the operator, by a provider for organisations.

The app's role cannot write it: each way is a door, and the operator's decision needs an act that only the owner of the
database can make (`operator_act`; it works once, within one minute).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Mapped

from tenants.database import Owned, Record, db
from tenants.history.entries import crossed
from tenants.isolation import acting_organisation
from tenants.sealing import keyed_hash

VERIFY = text("select verify_by_operator(:act)")
WITHDRAW = text("select withdraw_verification(:act)")
OPEN_LETTER = text("select open_verification_letter(:act, :hash)")
BY_LETTER = text("select verify_by_letter(:hash)")
BY_PROVIDER = text("select verify_by_provider(:number, :errand, :name)")
CHECK_NAME = text("select check_name_by_operator(:act)")
RENAME = text("select rename_by_operator(:act, :name)")
REGISTERED_BY = text("select registered_by()")
MOST_TRIES = 5


class VerificationLetter(Owned, Record):
    """A code in a letter to the registered address; only its hash is kept."""

    __tablename__ = "verification_letter"

    code_hash: Mapped[bytes]
    tries: Mapped[int]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]


class OperatorAct(Owned, Record):
    """An act that the operator of the installation allowed for this organisation, and the reason."""

    __tablename__ = "operator_act"

    act: Mapped[str]
    note: Mapped[str]
    about_id: Mapped[UUID | None]
    used_at: Mapped[datetime | None]


def operator_note(act: UUID) -> str:
    """Return why the operator did it. Raises NoResultFound for an act of another organisation."""
    mine = (OperatorAct.organisation_id == acting_organisation()) & (OperatorAct.id == act)
    return db.session.scalars(select(OperatorAct.note).where(mine)).one()


def verify_by_operator(act: UUID) -> None:
    """Verify on the operator's check. Raises DBAPIError unless the owner of the database allowed it here within a
    minute."""
    db.session.execute(VERIFY, {"act": act})
    crossed()


def check_name_by_operator(act: UUID) -> None:
    """Record that the operator compared the name; without a proof this is one. Raises as `verify_by_operator` does."""
    db.session.execute(CHECK_NAME, {"act": act})
    crossed()


def rename_by_operator(act: UUID, name: str) -> None:
    """Rename the organisation; its offices are told. Raises as `verify_by_operator` does."""
    db.session.execute(RENAME, {"act": act, "name": name})
    crossed()


def withdraw_verification(act: UUID) -> None:
    """Withdraw a proof that the operator found wrong. Raises as `verify_by_operator` does."""
    db.session.execute(WITHDRAW, {"act": act})
    crossed()


def open_letter(act: UUID, code: str) -> datetime:
    """Keep the code of a new letter, in place of the one that was open; return until when it works."""
    until: datetime = db.session.scalar(OPEN_LETTER, {"act": act, "hash": hash_of_code(code)})
    return until


def the_open_letter() -> VerificationLetter | None:
    """Return the acting organisation's letter whose code still counts: not used, not replaced; it may have lapsed."""
    mine = VerificationLetter.organisation_id == acting_organisation()
    is_open = VerificationLetter.used_at.is_(None) & VerificationLetter.replaced_at.is_(None)
    return db.session.scalar(select(VerificationLetter).where(mine, is_open))


def verify_by_letter(code: str) -> str:
    """Check a code. Returns verified, wrong (it counts as a try), used_up, lapsed, or none where no letter is open."""
    outcome: str = db.session.scalar(BY_LETTER, {"hash": hash_of_code(code)})
    crossed()
    return outcome


def verify_by_provider(number: str, errand: bytes, name: str | None = None) -> bool:
    """Verify and return True when the provider's KvK number is the acting organisation's own.

    `name` is the provider's name for it, if it gave one; the same name is checked with it. `errand` is the hash of the
    errand from which somebody returned just now. Raises DBAPIError when there is none.
    """
    same: bool = db.session.scalar(BY_PROVIDER, {"number": number, "errand": errand, "name": name})
    crossed()
    return same


def registered_by() -> str | None:
    """Return the name of the office that registered the acting organisation and still has an agreement with it; else
    None."""
    name: str | None = db.session.scalar(REGISTERED_BY)
    return name


def hash_of_code(code: str) -> bytes:
    """Return the hash of a typed code, for this organisation alone: capitals, spaces and dashes do not matter."""
    signs = "".join(sign for sign in code.upper() if sign.isalnum())
    return keyed_hash("verification letter", f"{acting_organisation()} {signs}")

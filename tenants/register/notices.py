"""Notices (Art. 34): what is told to the people affected by one breach."""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Mapped, mapped_column, object_session

from tenants.database import Owned, Record, db
from tenants.errors import NotFound
from tenants.isolation import acting_organisation
from tenants.organisations.proofs import Proof
from tenants.register.prepared import Prepared
from tenants.register.years import in_year

BY_CODE = text("""
    select organisation_name, subject, sent_at, registered_by, is_founded, proof, contact
      from notice_with_code(:code)""")
# By their ids: sealing a list anew with another key changes nothing of who is on it.
LISTED = text("""
select count(*) || ':' || encode(sha256(convert_to(coalesce(string_agg(id::text, ',' order by id), ''), 'UTF8')), 'hex')
  from recipient where organisation_id = :organisation and about_id = :notice and purpose = 'notice'""")
# Without the signs that look alike on paper: 0 O, 1 I L.
SIGNS, LOOK_ALIKE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ", "0O1IL"
CODE_SIGNS, LONGEST_TYPED, MOST_TRIED = 8, 500, 5
# Twice four signs, apart from other letters and digits. Matches may overlap, because a word of four letters may come
# before or after a code.
CODE_WITHIN = re.compile(rf"(?<![^\W_])(?=([{SIGNS}]{{4}})[\W_]*([{SIGNS}]{{4}})(?![^\W_]))")

NOT_ENDED = text("""not exists (
    select from run r where r.organisation_id = notice.organisation_id and r.subject_id = notice.id
                        and r.state = 'cancelled')""")


class Notice(Prepared, Owned, Record):
    """One communication to data subjects, with the four parts of Art. 34(2)."""

    __tablename__ = "notice"

    breach_id: Mapped[UUID]
    subject: Mapped[str | None]
    nature: Mapped[str | None]
    contact: Mapped[str | None]
    consequences: Mapped[str | None]
    measures: Mapped[str | None]
    locale: Mapped[str] = mapped_column(default="nl")
    check_code: Mapped[str]
    approved_at: Mapped[datetime | None]
    approved_on: Mapped[dict[str, Any] | None]
    sent_at: Mapped[datetime | None]
    look_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def preparers(self) -> frozenset[UUID | None]:
        """Return who changed a setting that stands in it since the text was written, and for whom they stood in."""
        return frozenset(self.prepared_by or ())

    @property
    def parts(self) -> dict[str, str]:
        """The four parts; a blank one is still missing."""
        return {
            "nature": self.nature or "", "contact": self.contact or "",
            "consequences": self.consequences or "", "measures": self.measures or "",
        }  # fmt: skip

    def list_digest(self) -> str | None:
        """Return how many people are on the list now and a hash of their ids, as one value; None where there is no
        database."""
        asked = {"organisation": self.organisation_id, "notice": self.id}
        digest: str | None = db.session.scalar(LISTED, asked) if object_session(self) else None
        return digest


NOTICE_STATES: dict[str, tuple[ColumnElement[bool], ...]] = {
    "in_preparation": (Notice.approved_at.is_(None), Notice.sent_at.is_(None)),
    "approved": (Notice.approved_at.is_not(None), Notice.sent_at.is_(None)),
    "sent": (Notice.sent_at.is_not(None),),
}
"""Where a notice stands, as the list says it."""


def new_check_code() -> str:
    """Return a code that a reader can type to see that a message is genuine, such as 7K4M-2QXP."""
    signs = "".join(secrets.choice(SIGNS) for _ in range(8))
    return f"{signs[:4]}-{signs[4:]}"


def check_codes_in(typed: str) -> list[str]:
    """Return the codes that a reader may mean, as they were given out: " 7k4m 2qxp. " is 7K4M-2QXP.

    Signs that people and mail programs add are dropped, and a code is also read within an address or a sentence.
    No letter is read as another: the codes hold none of those that look alike.
    """
    plain = unicodedata.normalize("NFKC", typed[:LONGEST_TYPED]).upper()
    signs = "".join(sign for sign in plain if sign.isascii() and sign.isalnum())
    within = ["".join(halves) for halves in CODE_WITHIN.findall(plain)]
    return [f"{code[:4]}-{code[4:]}" for code in dict.fromkeys([signs, *within]) if len(code) == CODE_SIGNS]


def has_sign_of_no_code(typed: str) -> bool:
    """Return whether this has a sign that no code holds, because it looks like another: 0, O, 1, I or L."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    return any(sign in plain for sign in LOOK_ALIKE)


def notice(notice_id: UUID) -> Notice:
    """Return the acting organisation's notice. Raises NotFound."""
    row = db.session.get(Notice, (acting_organisation(), notice_id))
    if row is None:
        raise NotFound("notice.unknown")
    return row


def notices_by_id(ids: Iterable[UUID]) -> dict[UUID, Notice]:
    """Return the acting organisation's notices with these ids, in one query."""
    mine = Notice.organisation_id == acting_organisation()
    return {n.id: n for n in db.session.scalars(select(Notice).where(mine, Notice.id.in_(list(ids))))}


def notice_of_breach(breach_id: UUID) -> Notice | None:
    """Return the acting organisation's notice about this breach, if there is one; a notice that a released claim ended
    is left out."""
    mine = (Notice.organisation_id == acting_organisation()) & (Notice.breach_id == breach_id)
    return db.session.scalar(select(Notice).where(mine, NOT_ENDED))


def newest_notices(
    most: int, after: tuple[datetime, UUID] | None = None, state: str | None = None, year: int | None = None
) -> list[Notice]:
    """Return the acting organisation's notices, newest first; `after` is the last one of the page before.

    `state`: one of NOTICE_STATES, `year`: in which they were begun; None: all.
    """
    query = select(Notice).where(Notice.organisation_id == acting_organisation())
    if state:
        query = query.where(*NOTICE_STATES[state])
    if year:
        query = query.where(in_year(Notice.created_at, year))
    if after:
        query = query.where(func.row(Notice.created_at, Notice.id) < func.row(*after))
    return list(db.session.scalars(query.order_by(Notice.created_at.desc(), Notice.id.desc()).limit(most)))


@dataclass(frozen=True)
class Genuine:
    """A message that was sent from here. `calls_itself` is a name that somebody typed; `proof` says what was proven.

    `is_founded` says that the operator registered the organisation.
    """

    calls_itself: str
    subject: str
    sent_at: datetime
    registered_by: str | None
    is_founded: bool
    proof: Proof | None
    contact: str | None = None
    """Whom readers may ask, as the notice says; None of a sender of whom nothing was proven."""

    @property
    def is_verified(self) -> bool:
        """Whether anything was proven of the sender."""
        return self.proof is not None

    @property
    def organisation(self) -> str | None:
        """Return the sender's name, where it is known: proven, or given by an office that has an agreement with it."""
        return self.calls_itself if self.is_verified or self.registered_by else None

    @property
    def standing(self) -> str:
        """Return verified, or else who registered it: registered (an office), founded (the operator) or
        self_registered."""
        if self.is_verified:
            return "verified"
        return "registered" if self.registered_by else "founded" if self.is_founded else "self_registered"


def genuine(code: str) -> Genuine | None:
    """Return the message that was sent with this code, in any spelling; None when there is none. Needs no acting
    organisation."""
    tries = (db.session.execute(BY_CODE, {"code": meant}).first() for meant in check_codes_in(code)[:MOST_TRIED])
    row = next((row for row in tries if row is not None), None)
    if row is None:
        return None
    proof = Proof(**row.proof) if row.proof else None
    return Genuine(row.organisation_name, row.subject, row.sent_at, row.registered_by, row.is_founded, proof,
                   row.contact if proof else None)  # fmt: skip

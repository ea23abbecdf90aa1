"""Tokens for programs: shown once, kept as a hash, for one organisation, for some acts, until a day.

`meld_Ab3dE9_<40 random characters><6 of a checksum>`: a program that finds one in a wrong place can recognise it and
confirm it by the checksum, without a request. A SHA-256 hash is enough: argon2 slows down the guessing of words that
people choose, and nobody guesses 238 random bits; here it would only cost time at every request.
"""

import re
import secrets
import string
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, Text, func, or_, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.errors import NotFound
from tenants.identity.sessions import hash_of_token
from tenants.identity.users import Person, Place, User
from tenants.isolation import acting_organisation

BEGINNING = "meld_"
LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
VISIBLE, SECRET, CHECKSUM = 6, 40, 6
FORM = re.compile(rf"meld_[0-9A-Za-z]{{{VISIBLE}}}_[0-9A-Za-z]{{{SECRET + CHECKSUM}}}")
ACTOR = "API-sleutel {name}"
"""The name of a token's bearer in the history, by the language of the register."""
A_MINUTE = timedelta(minutes=1)
HOLDER = text("select * from holder_of_token(:hash)")


class ApiToken(Record):
    """One API token; its secret is not kept."""

    __tablename__ = "api_token"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    name: Mapped[str]
    prefix: Mapped[str]
    token_hash: Mapped[bytes]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    made_by: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    refused_act: Mapped[str | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]


@dataclass(frozen=True)
class Holder:
    """The bearer of a token: acts for its maker, in one organisation, within the token's scopes."""

    person: Person
    token_id: UUID
    scopes: frozenset[str]


def is_genuine(token: str) -> bool:
    """Whether the token's checksum is right, so that a mistyped token is refused without a query."""
    return FORM.fullmatch(token) is not None and token[-CHECKSUM:] == _checksum(token[:-CHECKSUM])


def add_token(name: str, scopes: list[str], days: int, made_by: UUID) -> tuple[str, ApiToken]:
    """Make a token for the acting organisation. Returns the secret, which is not kept, and the row."""
    prefix = BEGINNING + _random(VISIBLE)
    unchecked = f"{prefix}_{_random(SECRET)}"
    token = unchecked + _checksum(unchecked)
    row = ApiToken(
        organisation_id=acting_organisation(), name=name, prefix=prefix, token_hash=hash_of_token(token),
        scopes=scopes, made_by=made_by, expires_at=func.now() + timedelta(days=days),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return token, row


def tokens() -> list[tuple[ApiToken, str]]:
    """Return the keys of the acting organisation that were not revoked, and who made each; the newest first."""
    mine = (ApiToken.organisation_id == acting_organisation()) & ApiToken.revoked_at.is_(None)
    made = select(ApiToken, User.name).join(User, User.id == ApiToken.made_by).where(mine)
    return [(token, name) for token, name in db.session.execute(made.order_by(ApiToken.id.desc()))]


def revoke_token(token_id: UUID, by: UUID) -> ApiToken:
    """End this token. Raises NotFound when there is none, or it was revoked before."""
    this = (ApiToken.organisation_id == acting_organisation()) & (ApiToken.id == token_id)
    revoked = update(ApiToken).where(this & ApiToken.revoked_at.is_(None))
    row: ApiToken | None = db.session.scalar(revoked.values(revoked_at=func.now(), revoked_by=by).returning(ApiToken))
    if row is None:
        raise NotFound("token.unknown")
    return row


def note_refusal(token_id: UUID, act: str) -> bool:
    """Note that this token asked for something outside its scopes. Returns whether it is the first time within a
    minute."""
    this = (ApiToken.organisation_id == acting_organisation()) & (ApiToken.id == token_id)
    long_ago = or_(ApiToken.refused_at.is_(None), ApiToken.refused_at < func.now() - A_MINUTE)
    noted = update(ApiToken).where(this & long_ago).values(refused_at=func.now(), refused_act=act)
    return db.session.scalar(noted.returning(ApiToken.id)) is not None


def holder_of(token: str) -> Holder | None:
    """Return the bearer of this token; None when it is not valid, or its maker is no member. Needs no acting
    organisation."""
    row = db.session.execute(HOLDER, {"hash": hash_of_token(token)}).first() if is_genuine(token) else None
    if row is None:
        return None
    place = Place(row.organisation_id, row.slug, row.organisation_name, row.role)
    person = Person(row.user_id, row.email, ACTOR.format(name=row.token_name), row.locale, (place,))
    return Holder(person, row.token_id, frozenset(row.scopes))


def _random(count: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(count))


def _checksum(unchecked: str) -> str:
    left, letters = zlib.crc32(unchecked.encode()), ""
    for _ in range(CHECKSUM):
        left, digit = divmod(left, len(LETTERS))
        letters = LETTERS[digit] + letters
    return letters

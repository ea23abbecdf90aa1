"""The link that sets up a new installation, for as long as no organisation exists.

The app's role may neither make such a link nor found or admit anybody: the owner of the database makes the link, and
its hash lets the app found the one organisation that it was made for (set_up_with_link in migrations/schema/functions).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from tenants.database import db
from tenants.errors import NotFound
from tenants.identity.sessions import hash_of_token
from tenants.organisations.founding import Founded, Founding, founded_of

LASTS = timedelta(days=7)
MAKE = text("select make_set_up_link(:hash, :lasts)")
IS_SET_UP = text("select is_set_up()")
OPENS = text("select set_up_link_opens(:hash)")
SET_UP = text("select set_up_with_link(:hash, :slug, :name, :kvk_number, :locale, :note)")


@dataclass(frozen=True)
class SetUpLink:
    """The token of a link that sets up the installation, and until when it works."""

    token: str
    expires_at: datetime


def make_set_up_link(operator: Connection) -> SetUpLink | None:
    """Make a link as the owner of the database; the one before it ends. Returns None when an organisation exists."""
    token = secrets.token_urlsafe(24)
    until = operator.scalar(MAKE, {"hash": hash_of_token(token), "lasts": LASTS})
    return SetUpLink(token, until) if until else None


def is_set_up() -> bool:
    """Whether this installation has an organisation."""
    return bool(db.session.scalar(IS_SET_UP))


def refuse_unless_it_sets_up(token: str) -> None:
    """Raise NotFound, which says what to do, when this link does not set up the installation (any more)."""
    if not db.session.scalar(OPENS, {"hash": hash_of_token(token)}):
        raise _over()


def set_up(token: str, founding: Founding) -> Founded:
    """Found the first organisation and admit it as an office. Of two people at the same moment one does.

    Raises NotFound when the link does not set up the installation (any more).
    """
    row = db.session.scalar(SET_UP, vars(founding) | {"hash": hash_of_token(token)})
    if row is None:
        raise _over()
    return founded_of(row)


def _over() -> NotFound:
    return NotFound("set_up.done" if is_set_up() else "set_up.unknown")

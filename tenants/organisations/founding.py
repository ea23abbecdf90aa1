"""An organisation that the operator founds, and the link by which its first owner opens it.

The app's role cannot allow such a link: the owner of the database does (found_by_operator in
migrations/schema/functions), and the app writes it within a minute.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, text

from tenants.database import db
from tenants.isolation import acting_organisation
from tenants.organisations.verification import OperatorAct

FOUND = text("select found_by_operator(:slug, :name, :kvk_number, :locale, :note, :again)")
BEGIN = text("select begin_first_owner(:act)")
FOUNDED, AGAIN, INVITED, IN_USE = "founded", "again", "invited", "in_use"
"""The outcomes: it is new; it existed and gets a new link; a link of its first owner still works; somebody opened it.
"""


@dataclass(frozen=True)
class Founding:
    """The operator's request for a new organisation. `again`: make a new link while the earlier one still works."""

    slug: str
    name: str
    kvk_number: str
    locale: str
    note: str
    again: bool = False


@dataclass(frozen=True)
class Founded:
    """The result: `outcome` is one of the four above. `act` lets the app write the link; None when nothing changed.

    `link_until` is until when an earlier link works.
    """

    organisation_id: UUID
    slug: str
    name: str
    outcome: str
    link_until: datetime | None
    act: UUID | None


def found(operator: Connection, founding: Founding) -> Founded:
    """Found the organisation as the owner of the database, unless there is one with this number that nobody registered.
    """
    return founded_of(operator.execute(FOUND, vars(founding)).scalar_one())


def founded_of(row: dict[str, Any]) -> Founded:
    """Return the answer of a door that founds, read from its JSON."""
    until, act = row["link_until"], row["act"]
    return Founded(
        UUID(row["organisation_id"]), row["slug"], row["name"], row["outcome"],
        datetime.fromisoformat(until) if until else None, UUID(act) if act else None,
    )  # fmt: skip


def begin_first_owner(act: UUID) -> None:
    """Let the first owner's link be written now. Raises DBAPIError unless the operator allowed it, a moment ago."""
    db.session.execute(BEGIN, {"act": act})


def is_founded_by_operator() -> bool:
    """Whether the operator founded the acting organisation."""
    mine = (OperatorAct.organisation_id == acting_organisation()) & (OperatorAct.act == "found")
    return db.session.scalar(select(OperatorAct.id).where(mine).limit(1)) is not None

"""The people on a notice's list, opened for who may read them (roles.py, read_people), and disguised for others."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_organisation
from tenants.sealing import seal_of_acting_organisation
from workflows.mail.states import NAMES

SAMPLE, LOT = 5, 1000
"""How many people of a list are shown, in disguise, to a role that may not read people; and are read at once."""
PAGE = text("""
    select id, created_at, sealed, state, state_at, reason from recipient
     where organisation_id = :organisation and about_id = :notice and purpose = 'notice' and state = any(:states)
       and (cast(:moment as timestamptz) is null or (created_at, id) > (:moment, cast(:last as uuid)))
     order by created_at, id limit :most""")


@dataclass(frozen=True)
class ListedPerson:
    """One person on the list; name and address may be blank. `state` is one of mail/states.py."""

    id: UUID
    created_at: datetime
    name: str
    address: str
    state: str
    state_at: datetime
    reason: str | None

    @property
    def disguised(self) -> "ListedPerson":
        """This person by the first letter of the name, with the domain of the address alone."""
        _, at, domain = self.address.rpartition("@")
        return replace(self, name=f"{self.name[:1]}…" if self.name else "", address=f"…{at}{domain}" if at else "")


def people_on(
    notice_id: UUID, most: int, states: Collection[str] = NAMES, after: tuple[datetime, UUID] | None = None
) -> list[ListedPerson]:
    """Return people on the acting organisation's list in these states, in the order of the list, at most `most`.

    `after` is the last one of the page before. Raises KeyDestroyed.
    """
    moment, last = after or (None, None)
    asked = {"organisation": acting_organisation(), "notice": notice_id, "states": list(states), "most": most}
    rows = db.session.execute(PAGE, {**asked, "moment": moment, "last": last}).all()
    seal = seal_of_acting_organisation() if rows else None
    opened = [(row, seal.open(bytes(row.sealed))) for row in rows if seal]
    return [
        ListedPerson(row.id, row.created_at, who["name"], who["address"], row.state, row.state_at, row.reason)
        for row, who in opened
    ]


def everybody_on(notice_id: UUID) -> Iterator[ListedPerson]:
    """Return everybody on the acting organisation's list, in the order of the list. Raises KeyDestroyed."""
    after = None
    while people := people_on(notice_id, LOT, after=after):
        yield from people
        after = (people[-1].created_at, people[-1].id)

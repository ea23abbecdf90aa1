"""The people on a notice's list, opened for who may read them (roles.py, read_people), and disguised for others."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_organisation
from tenants.sealing import seal_of_acting_organisation
from workflows.mail.states import NAMES
from workflows.notice.names_to_look_at import NamesToLookAt, names_to_look_at

BEFORE_ALL = UUID(int=0)
SAMPLE, LOT = 5, 1000
"""How many people of a list are shown, in disguise, to a role that may not read people; and are read at once."""
PEOPLE = """
    select id, created_at, sealed, state, state_at, reason,
           mailed_with is not null or (
             select true from recipient other where other.organisation_id = recipient.organisation_id
                and other.mailed_with = recipient.id limit 1) is not null as shares_address
      from recipient
     where organisation_id = :organisation and about_id = :notice and purpose = 'notice'"""
"""`limit 1` keeps the planner from reading the whole table for `shares_address`, as it does for `exists`."""
PAGE = text(f"""{PEOPLE} and state = any(:states) and id > :last
     order by id limit :most""")
"""Ids grow in the order in which people came on the list; an index has each list in that order."""
TOGETHER = text(f"""
    with first as materialized (
      select mailed_with as id from recipient
       where organisation_id = :organisation and about_id = :notice and mailed_with is not null
       order by mailed_with limit 1)
    {PEOPLE} and (id = (select id from first) or mailed_with = (select id from first)) order by id""")
SHARING = text("""
    select count(*) from recipient
     where organisation_id = :organisation and about_id = :notice and mailed_with is not null""")


@dataclass(frozen=True)
class ListedPerson:
    """One person on the list; name and address may be blank. `state` is one of mail/states.py.

    `shares_address`: one mail greets this person and others.
    """

    id: UUID
    created_at: datetime
    name: str
    address: str
    state: str
    state_at: datetime
    reason: str | None
    shares_address: bool = False

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
    _, last = after or (None, BEFORE_ALL)
    asked = {"organisation": acting_organisation(), "notice": notice_id, "states": list(states), "most": most}
    return _opened(db.session.execute(PAGE, {**asked, "last": last}).all())


def people_of_one_mail(notice_id: UUID) -> list[ListedPerson]:
    """Return the people at the first address of the list that several share; none where nobody shares one. Raises
    KeyDestroyed."""
    asked = {"organisation": acting_organisation(), "notice": notice_id}
    return _opened(db.session.execute(TOGETHER, asked).all())


def sharing(notice_id: UUID) -> int:
    """Return how many people of the list are greeted by the mail to somebody else at their address."""
    return int(db.session.scalar(SHARING, {"organisation": acting_organisation(), "notice": notice_id}) or 0)


def _opened(rows: Sequence[Any]) -> list[ListedPerson]:
    seal = seal_of_acting_organisation() if rows else None
    opened = [(row, seal.open(bytes(row.sealed))) for row in rows if seal]
    return [
        ListedPerson(
            row.id, row.created_at, who["name"], who["address"], row.state, row.state_at, row.reason,
            row.shares_address,
        )
        for row, who in opened
    ]  # fmt: skip


def everybody_on(notice_id: UUID) -> Iterator[ListedPerson]:
    """Return everybody on the acting organisation's list, in the order of the list. Raises KeyDestroyed."""
    after = None
    while people := people_on(notice_id, LOT, after=after):
        yield from people
        if len(people) < LOT:
            return
        after = (people[-1].created_at, people[-1].id)


def people_with(notice_id: UUID, words: str, most: int) -> list[ListedPerson]:
    """Return the first people on the list, `most` of them, whose name or address has these words in it, whatever their
    capitals. It opens each person of the list. Raises KeyDestroyed."""
    wanted = words.casefold()
    everybody = everybody_on(notice_id)
    return list(islice((who for who in everybody if wanted in f"{who.name}\n{who.address}".casefold()), most))


def names_on(notice_id: UUID) -> NamesToLookAt | None:
    """Return some names of the list, by which a person sees whether it was read well; None when nobody has a name.

    It opens each person of the list. Raises KeyDestroyed.
    """
    return names_to_look_at(who.name for who in everybody_on(notice_id))

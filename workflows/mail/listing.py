"""Puts people on a notice's list (Art. 34): each person is a row, and each address is mailed once.

The first person at an address is mailed. The others there are `mailed_with` that row: they stand in its batch, its mail
greets them too, and they follow its state. Whoever has no address is told in another way.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import text as sql

from tenants.database import db
from tenants.isolation import acting_organisation
from tenants.sealing import Seal, seal_of_acting_organisation
from workflows.mail.batches import MOST, Addressee
from workflows.mail.shared_addresses import by_address, each_once, fitting, newcomers, person_at
from workflows.mail.states import NO_ADDRESS, PLANNED
from workflows.mail.unmailed import Unmailed

LOT = 2 * MOST
"""How many addresses, and how many other people, are written at once."""
MOST_IN_LOT = 5 * LOT
MAIL_SQL = """
with lots as materialized (
  select array_agg(uuidv7()) as ids from generate_series(0, (cardinality(cast(:hashes as bytea[])) - 1) / :most)),
fresh as (
  insert into recipient (organisation_id, purpose, about_id, batch_id, sealed, address_hash)
  select :organisation, 'notice', :notice, (select ids from lots)[(nth - 1) / :most + 1], sealed, address_hash
    from unnest(cast(:sealed as bytea[]), cast(:hashes as bytea[]), cast(:earlier as bytea[]))
         with ordinality as given(sealed, address_hash, earlier, nth)
   where {is_new}
  on conflict (organisation_id, about_id, address_hash) where purpose = 'notice' do nothing
  returning id, batch_id, address_hash),
batches as (
  insert into mail_batch (organisation_id, id, purpose, about_id, text_key, locale, state)
  select distinct cast(:organisation as uuid), batch_id, 'notice', cast(:notice as uuid), '', '', 'listed' from fresh)
select id, batch_id, address_hash from fresh
"""
OTHERS_SQL = """
insert into recipient (organisation_id, purpose, about_id, batch_id, mailed_with, state, sealed, address_hash)
select :organisation, 'notice', :notice, batch_id, mailed_with, state, sealed, address_hash
  from unnest(cast(:batches as uuid[]), cast(:mailed_with as uuid[]), cast(:states as text[]),
              cast(:sealed as bytea[]), cast(:hashes as bytea[]), cast(:earlier as bytea[]))
       with ordinality as given(batch_id, mailed_with, state, sealed, address_hash, earlier, nth)
 where {is_new} order by nth
on conflict (organisation_id, about_id, address_hash) where purpose = 'notice' do nothing
"""
# While the organisation's key is renewed, somebody may be on the list by the fingerprint of the earlier one.
NOT_BY_EARLIER_KEY = """not exists (
  select from recipient r where r.organisation_id = :organisation and r.about_id = :notice and r.purpose = 'notice'
     and r.address_hash = given.earlier)"""
MAIL, OTHERS = (
    {False: sql(statement.format(is_new="true")), True: sql(statement.format(is_new=NOT_BY_EARLIER_KEY))}
    for statement in (MAIL_SQL, OTHERS_SQL)
)
"""The two statements, by whether the key is renewed."""
# A mail that is planned keeps the people whom it greets, because they were approved with it.
THERE = sql("""
with mailed as materialized (
  select r.id, r.batch_id, r.address_hash, r.sealed, coalesce(b.state = 'listed', false) as is_open
    from recipient r left join mail_batch b on b.organisation_id = r.organisation_id and b.id = r.batch_id
   where r.organisation_id = :organisation and r.about_id = :notice and r.purpose = 'notice'
     and r.address_hash = any(:hashes))
select m.id, m.batch_id, m.address_hash, m.is_open, m.sealed from mailed m
union all
select m.id, m.batch_id, m.address_hash, m.is_open, r.sealed
  from mailed m join recipient r on r.organisation_id = :organisation and r.mailed_with = m.id
""")


@dataclass(frozen=True)
class _Mail:
    """A row of the list that is mailed, and the names at its address. `is_open`: it may still greet others too."""

    id: UUID
    batch_id: UUID
    names: list[str]
    is_open: bool = True


@dataclass(frozen=True)
class _Other:
    """A person who is not mailed alone: with this mail, or not at all."""

    person: Addressee | Unmailed
    fingerprint_of: str
    mail: _Mail | None = None


def add_recipients(notice_id: UUID, people: Iterable[Addressee | Unmailed]) -> int:
    """Put people on a notice's list, each once; return how many are new. `people` may be longer than memory, when they
    can be read anew (shared_addresses.each_once).

    An address is mailed once, with all its people named, as far as one mail has room. An Unmailed, and who finds no
    room or comes after their address was planned, count as not reached from the start.
    """
    seal, added = seal_of_acting_organisation(), 0
    for lot in _lots(each_once(people)):
        groups = by_address(person for person in lot if isinstance(person, Addressee))
        alone = (_Other(person, person.fingerprint_of) for person in lot if isinstance(person, Unmailed))
        added += _add_addresses(notice_id, groups, seal) + _add_others(notice_id, alone, seal)
    return added


def _lots(people: Iterable[Addressee | Unmailed]) -> Iterator[list[Addressee | Unmailed]]:
    """Return people in lots of so many addresses, so that batches of mail are full, and of no more than MOST_IN_LOT
    people."""
    lot, addresses = list[Addressee | Unmailed](), set[str]()
    for person in people:
        address = person.address.casefold() if isinstance(person, Addressee) else ""
        is_full = len(addresses) == LOT and bool(address) and address not in addresses
        if is_full or len(lot) == MOST_IN_LOT:
            yield lot
            lot, addresses = [], set()
        lot.append(person)
        if address:
            addresses.add(address)
    yield lot


def _add_addresses(notice_id: UUID, groups: list[list[Addressee]], seal: Seal) -> int:
    if not groups:
        return 0
    firsts = [group[0] for group in groups]
    hashes = [seal.fingerprint(person.address) for person in firsts]
    earlier = [seal.earlier_fingerprint(person.address) for person in firsts]
    sealed = [seal.close(asdict(person)) for person in firsts]
    values = {"most": MOST, "sealed": sealed, "hashes": hashes, "earlier": earlier}
    fresh = {bytes(row.address_hash): row for row in _run(MAIL[bool(seal.older)], notice_id, values)}
    there = _mails_there(notice_id, [*hashes, *filter(None, earlier)], seal) if len(fresh) < len(groups) else {}
    others = list[_Other]()
    for group, fingerprint, before in zip(groups, hashes, earlier, strict=True):
        if row := fresh.get(fingerprint):
            others += _others(group[1:], _Mail(row.id, row.batch_id, [group[0].name])) if len(group) > 1 else ()
        else:
            others += _others(group, there.get(fingerprint) or there[before or b""])
    return len(fresh) + _add_others(notice_id, iter(others), seal)


def _mails_there(notice_id: UUID, hashes: list[bytes], seal: Seal) -> dict[bytes, _Mail]:
    """Return the rows of the list that are mailed at the addresses with these fingerprints, by the one that each has.
    """
    mails: dict[bytes, _Mail] = {}
    for row in _run(THERE, notice_id, {"hashes": hashes}):
        mail = mails.setdefault(bytes(row.address_hash), _Mail(row.id, row.batch_id, [], row.is_open))
        mail.names.append(seal.open(bytes(row.sealed))["name"])
    return mails


def _others(group: list[Addressee], mail: _Mail) -> Iterator[_Other]:
    people = newcomers(group, mail.names)
    count = fitting((person.name for person in people), mail.names) if mail.is_open else 0
    for place, person in enumerate(people):
        yield _Other(person, person_at(person), mail if place < count else None)


def _add_others(notice_id: UUID, others: Iterator[_Other], seal: Seal) -> int:
    added = 0
    while lot := list(islice(others, LOT)):
        result: Any = _run(OTHERS[bool(seal.older)], notice_id, {
            "batches": [other.mail.batch_id if other.mail else None for other in lot],
            "mailed_with": [other.mail.id if other.mail else None for other in lot],
            "states": [PLANNED if other.mail else NO_ADDRESS for other in lot],
            "sealed": [seal.close(asdict(other.person) | {"fingerprint_of": other.fingerprint_of}) for other in lot],
            "hashes": [seal.fingerprint(other.fingerprint_of) for other in lot],
            "earlier": [seal.earlier_fingerprint(other.fingerprint_of) for other in lot],
        })  # fmt: skip
        added += int(result.rowcount)
    return added


def _run(statement: Any, notice_id: UUID, values: dict[str, Any]) -> Any:
    return db.session.execute(statement, {"organisation": acting_organisation(), "notice": notice_id, **values})

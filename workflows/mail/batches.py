"""Plans mail: sealed recipients in batches of at most 500, each address once in a batch, written as sets."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text as sql

from tenants.agreements.contact_standing import as_contact
from tenants.database import db
from tenants.errors import Invalid
from tenants.isolation import acting_organisation
from tenants.lines import one_line
from tenants.sealing import Seal, seal_of_acting_organisation
from workflows.mail.limits import Hold, hold_each
from workflows.mail.register_end import END, end_of_register
from workflows.mail.states import NAMES
from workflows.mail.texts import ADDED_LINES, AT_SENDING, refuse_unfit, text, with_name

MOST = 500
LONGEST_NAME, LONGEST_ADDRESS = 200, 254
TO_CONTACTS = frozenset({"escalation", "contact_check"})
"""Mail to contacts in agreements of the acting organisation: what becomes of it is noted at the contact's address.

Other mail goes to the organisation's own people, or from a register that nobody opened to the contacts of a message.
Where an office that may write to the organisation has that contact, it is noted there too."""
ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\]+@[^\s@<>()\[\],;:\"\\]+\.[^\s@<>()\[\],;:\"\\.]+")

# The moment of a recipient is when it is written, after all locks that its writer waited for: set_aside compares it.
PLAN = sql("""
with given as (
  select * from unnest(cast(:lots as integer[]), cast(:abouts as uuid[]), cast(:sealed as bytea[]),
                       cast(:hashes as bytea[]), cast(:held_for as text[]), cast(:held_until as timestamptz[]),
                       cast(:contacts as text[]))
         with ordinality as given(lot, about_id, sealed, address_hash, held_for, held_until, contact, nth)),
made as materialized (
  select lot, uuidv7() as id, (array_agg(about_id order by nth))[1] as about_id, min(held_for) as held_for,
         min(held_until) as held_until
    from given group by lot),
batches as (
  insert into mail_batch (organisation_id, id, purpose, about_id, text_key, locale, common, state, held_for, held_until,
                          not_before)
  select :organisation, id, :purpose, about_id, :text_key, :locale, cast(:common as jsonb),
         case when held_for is null then 'planned' else 'held' end, held_for, held_until,
         coalesce(cast(:not_before as timestamptz), now()) from made),
recipients as (
  insert into recipient (organisation_id, purpose, about_id, batch_id, sealed, address_hash, contact_id, created_at)
  select :organisation, :purpose, g.about_id, m.id, g.sealed, g.address_hash, coalesce(s.id, o.id), clock_timestamp()
    from given g join made m using (lot)
    left join contact_standing s on s.organisation_id = :organisation and s.address = g.contact and :is_to_contacts
    left join contacts_at_offices(cast(case when not :is_to_contacts then :contacts end as text[])) o
      on o.address = g.contact order by g.nth)
select id from made order by lot
""")
# Readers that came on the list before lists had batches.
LIST_THE_REST = sql("""
with waiting as materialized (
  select id from recipient
   where organisation_id = :organisation and about_id = :notice and purpose = 'notice' and batch_id is null
     and state = 'planned'
   order by id for update),
lots as materialized (select id, (row_number() over (order by id) - 1) / :most + 1 as lot from waiting),
made as materialized (select array_agg(uuidv7()) as ids from generate_series(1, (select max(lot) from lots))),
batches as (
  insert into mail_batch (organisation_id, id, purpose, about_id, text_key, locale, state)
  select :organisation, unnest(ids), 'notice', :notice, '', '', 'listed' from made)
update recipient r set batch_id = (select ids from made)[lots.lot] from lots
 where r.organisation_id = :organisation and r.id = lots.id
""")
# The list itself is not written again: it may be long, and the batches are few.
PLAN_NOTICE = sql("""
with planned as (
  update mail_batch b set state = case when cast(:held_for as text) is null then 'planned' else 'held' end,
                          held_for = :held_for, held_until = cast(:held_until as timestamptz),
                          text_key = :text_key, locale = :locale, common = cast(:common as jsonb),
                          not_before = now(), created_at = now()
   where b.organisation_id = :organisation and b.about_id = :notice and b.purpose = 'notice' and b.state = 'listed'
     and exists (select from recipient r where r.organisation_id = b.organisation_id and r.batch_id = b.id)
  returning b.id)
select count(*) from planned p join recipient r on r.organisation_id = :organisation and r.batch_id = p.id
""")
LISTED = sql("""
select exists (
  select from recipient r left join mail_batch b on b.organisation_id = r.organisation_id and b.id = r.batch_id
   where r.organisation_id = :organisation and r.about_id = :notice and r.purpose = 'notice' and r.state = 'planned'
     and (r.batch_id is null or b.state = 'listed'))
""")
CLEAR = sql("""
with listed as materialized (
  select id from mail_batch
   where organisation_id = :organisation and about_id = :notice and purpose = 'notice' and state = 'listed' for update)
delete from recipient
 where organisation_id = :organisation and about_id = :notice and purpose = 'notice'
   and (batch_id is null or batch_id in (select id from listed))
""")
SUMS = sql("""
select state, count(*) from recipient
 where organisation_id = :organisation and about_id = :about and (cast(:purpose as text) is null or purpose = :purpose)
 group by state
""")


@dataclass(frozen=True)
class Addressee:
    """A person to mail, and the values for them alone. Raises Invalid for a text that is no address.

    A name never stops a mail: it is cleaned, and cut where it is too long.
    """

    name: str
    address: str
    values: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", one_line(self.name)[:LONGEST_NAME])
        if len(self.address) > LONGEST_ADDRESS or not ADDRESS.fullmatch(self.address):
            raise Invalid("mail.address_invalid", field="email")


def addressee(name: str, address: str, values: dict[str, str] | None = None) -> Addressee | None:
    """Return the addressee, or None for an address that no mail can go to: the others still get theirs."""
    try:
        return Addressee(name, address, values or {})
    except Invalid:
        return None


def plan(
    purpose: str,
    text_key: str,
    common: dict[str, str],
    addressees: list[tuple[UUID, Addressee]],
    locale: str = "nl",
    not_before: datetime | None = None,
) -> list[UUID]:
    """Plan one mail to each addressee about its subject, once for each subject. Returns the batches' ids.

    A mail is sent as soon as it can be, or not before the moment `not_before`.
    """
    what = text(text_key, locale)
    if END in what.placeholders:
        common = common | {END: end_of_register(locale)}
    needed = what.placeholders - AT_SENDING - ADDED_LINES
    for _, person in addressees:
        refuse_unfit(what, needed, {**common, **with_name(person.name, person.values, locale)})
    seal = seal_of_acting_organisation()
    planned = _apart_when_held(purpose, list(_in_lots(addressees, seal)))
    values = {
        "organisation": acting_organisation(),
        "purpose": purpose,
        "text_key": text_key,
        "locale": locale,
        "not_before": not_before,
        "common": json.dumps(common),
        "lots": [lot for lot, _, _, _ in planned],
        "abouts": [about for _, about, _, _ in planned],
        "held_for": [why.held_for if why else None for _, _, _, why in planned],
        "held_until": [why.until if why else None for _, _, _, why in planned],
        "contacts": [as_contact(person.address) for _, _, person, _ in planned],
        "is_to_contacts": purpose in TO_CONTACTS,
    }
    return list(db.session.scalars(PLAN, values | _sealed(seal, [person for _, _, person, _ in planned])))


def _apart_when_held(
    purpose: str, planned: list[tuple[int, UUID, Addressee]]
) -> list[tuple[int, UUID, Addressee, Hold | None]]:  # fmt: skip
    """Put the mail that must wait in batches of its own, after all others."""
    holds = hold_each(purpose, [person.address for _, _, person in planned])
    last = max((lot for lot, _, _ in planned), default=0)
    return [
        (last + place if why else lot, about, person, why)
        for place, ((lot, about, person), why) in enumerate(zip(planned, holds, strict=True), 1)
    ]


def is_to_be_planned(notice_id: UUID) -> bool:
    """Whether this notice's list has a reader without a batch."""
    return bool(db.session.scalar(LISTED, {"organisation": acting_organisation(), "notice": notice_id}))


def plan_notice(
    notice_id: UUID, text_key: str, common: dict[str, str], locale: str, why: Hold | None = None
) -> int:  # fmt: skip
    """Plan the notice for every reader without a batch; returns how many. It may be repeated.

    With a reason to wait the mail is written and held.
    """
    what = text(text_key, locale)
    refuse_unfit(what, what.placeholders - {"name", *ADDED_LINES} - AT_SENDING, common)
    held = {"held_for": why.held_for if why else None, "held_until": why.until if why else None}
    values = {"text_key": text_key, "locale": locale, "common": json.dumps(common)} | held
    _rows(LIST_THE_REST, notice=notice_id, most=MOST)
    return _count(PLAN_NOTICE, notice=notice_id, **values)


def clear_recipients(notice_id: UUID) -> int:
    """Remove the readers without a batch from a list that was uploaded wrongly; returns how many."""
    return _rows(CLEAR, notice=notice_id)


def sums(about_id: UUID, purpose: str | None = None) -> dict[str, int]:
    """Return how many recipients are in each state; together always all of them.

    With a purpose only recipients of that purpose count: our own people may have been reminded about a notice, and are
    no readers of it.
    """
    rows = db.session.execute(SUMS, {"organisation": acting_organisation(), "about": about_id, "purpose": purpose})
    return dict.fromkeys(NAMES, 0) | {state: count for state, count in rows}


def _in_lots(addressees: list[tuple[UUID, Addressee]], seal: Seal) -> Iterator[tuple[int, UUID, Addressee]]:
    """Split the mails into lots in which each address occurs once: an address that occurs again goes to a later lot."""
    layers: list[list[tuple[UUID, Addressee]]] = []
    seen: set[tuple[UUID, str]] = set()
    times: dict[str, int] = {}
    for about, person in addressees:
        address = person.address.casefold()
        if (about, address) in seen:
            continue
        seen.add((about, address))
        layer = times[address] = times.get(address, -1) + 1
        layers += [[]] * (layer == len(layers))
        layers[layer].append((about, person))
    lot = -1
    for people in layers:
        for place, (about, person) in enumerate(people):
            lot += place % MOST == 0
            yield lot, about, person


def _sealed(seal: Seal, people: list[Addressee]) -> dict[str, Any]:
    return {
        "sealed": [seal.close(asdict(person)) for person in people],
        "hashes": [seal.fingerprint(person.address) for person in people],
    }


def _rows(statement: Any, **values: Any) -> int:
    result: Any = db.session.execute(statement, {"organisation": acting_organisation(), **values})
    return int(result.rowcount)


def _count(statement: Any, **values: Any) -> int:
    return int(db.session.scalar(statement, {"organisation": acting_organisation(), **values}))

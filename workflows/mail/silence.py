"""Notices' readers whose mail SendGrid took and whose end it never told: found after a window, settled as sets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import text as sql

from tenants.database import db
from tenants.errors import AlreadyDone
from tenants.isolation import acting_organisation
from workflows.mail.states import UNCONFIRMED

SILENT_AFTER = timedelta(days=4)
"""SendGrid tries a receiving server for up to 72 hours and then says so; a day more for events that come late.
Whoever is still without an end then will not get one by waiting."""

WAIT, COUNT_AS_NOT_REACHED = "wait", "count_as_not_reached"
SILENCE_CHOICES = (WAIT, COUNT_AS_NOT_REACHED)

# Nobody is asked while the notice's next look is still to come: it was sent just now, or somebody chose to wait.
SILENT = """
select n.id as notice_id, r.id, r.batch_id, r.state, r.state_at, b.answered_at
  from notice n
  join recipient r on r.organisation_id = n.organisation_id and r.about_id = n.id and r.purpose = 'notice'
                  and r.state = any (array(select name from mail_state where awaits_event))
  join mail_batch b on b.organisation_id = r.organisation_id and b.id = r.batch_id and b.state = 'accepted'
 where n.organisation_id = :organisation and (cast(:notice as uuid) is null or n.id = :notice)
   and n.sent_at <= now() - cast(:window as interval) and coalesce(n.look_at, now()) <= now()
   and b.answered_at <= now() - cast(:window as interval)
"""
OPEN = sql(f"""
with silent as materialized ({SILENT})
select notice_id, state, count(*) as people, max(state_at) as last_at, min(answered_at) as since,
       array_agg(distinct batch_id) as batches,
       (select count(*) from recipient every
         where every.organisation_id = :organisation and every.about_id = notice_id and every.purpose = 'notice')
         as people_in_all
  from silent group by notice_id, state order by min(min(answered_at)) over (partition by notice_id), notice_id, state
""")
# Whoever an event reached in the meantime stays where they are.
COUNTED = sql(f"""
with silent as materialized ({SILENT}),
locked as materialized (
  select r.id from recipient r join silent on silent.id = r.id
   where r.organisation_id = :organisation
     and r.state = any (array(select name from mail_state where awaits_event))
   order by r.id for no key update of r)
update recipient r set state = '{UNCONFIRMED}', state_at = now(), reason = 'no event came; counted by a person'
  from locked where r.organisation_id = :organisation and r.id = locked.id
""")
LOCK = sql("select id from notice where organisation_id = :organisation and id = :notice for update")
DUE = sql("""
select id from notice where organisation_id = :organisation and look_at <= now()
 order by look_at limit :most for update skip locked
""")
# Until a person has settled it nobody is told again of what they were told of.
LOOK_AGAIN = sql("""
update notice n set look_at = case when n.sent_at is not null and n.id <> all (cast(:told as uuid[])) then (
    select min(case when b.state = 'accepted' then b.answered_at else now() end) + cast(:window as interval)
      from recipient r
      left join mail_batch b on b.organisation_id = r.organisation_id and b.id = r.batch_id
     where r.organisation_id = n.organisation_id and r.about_id = n.id and r.purpose = 'notice'
       and r.state = any (array(select name from mail_state where on_the_way))) end
 where n.organisation_id = :organisation and n.id = any(:notices)
""")
LOOK_LATER = sql("""
update notice set look_at = now() + cast(:window as interval)
 where organisation_id = :organisation and id = :notice
""")
WAKE = sql("select wake_steps(:organisation, :notice)")
MOST = 500


@dataclass(frozen=True)
class LastHeard:
    """So many readers are in this state, and the last event that brought one of them there."""

    state: str
    people: int
    last_at: datetime


@dataclass(frozen=True)
class Silence:
    """A notice with readers of whom nothing final was heard: how many of all, in which batches, since the first of
    these was accepted, and what was heard last."""

    notice_id: UUID
    people: int
    people_in_all: int
    since: datetime
    batches: tuple[UUID, ...]
    states: tuple[LastHeard, ...]
    choices: tuple[str, ...] = SILENCE_CHOICES


def silences(notice_id: UUID | None = None) -> list[Silence]:
    """The acting organisation's notices that wait for a person because of it, or this one, the oldest first."""
    rows = db.session.execute(OPEN, _values(notice_id)).all()
    return [_silence(one, list(states)) for one, states in groupby(rows, lambda row: row.notice_id)]


def silence_to_settle(notice_id: UUID) -> Silence:
    """This notice's, which nobody else can settle until the transaction ends. Raises AlreadyDone when there is none."""
    db.session.execute(LOCK, _values(notice_id))
    found = silences(notice_id)
    if not found:
        raise AlreadyDone("mail.already_decided")
    return found[0]


def wait_longer(notice_id: UUID) -> None:
    """Somebody is asked again after another window."""
    db.session.execute(LOOK_LATER, _values(notice_id))


def count_as_not_reached(notice_id: UUID) -> int:
    """They go to the next channel, as the bounced do; how many. The notice may end."""
    counted: Any = db.session.execute(COUNTED, _values(notice_id))
    look_again([notice_id])
    db.session.execute(WAKE, _values(notice_id))
    return int(counted.rowcount)


def notices_to_look_at(most: int = MOST) -> list[UUID]:
    """The acting organisation's notices whose moment has come, so many; no other clock process has them."""
    return list(db.session.scalars(DUE, {"organisation": acting_organisation(), "most": most}))


def look_again(notices: Iterable[UUID], told: Iterable[UUID] = ()) -> None:
    """When the next of their readers may have gone unheard; never when all are accounted for, or somebody was told."""
    db.session.execute(LOOK_AGAIN, _values(None) | {"notices": list(notices), "told": list(told)})


def _values(notice_id: UUID | None) -> dict[str, Any]:
    return {"organisation": acting_organisation(), "notice": notice_id, "window": SILENT_AFTER}


def _silence(notice_id: UUID, rows: list[Any]) -> Silence:
    return Silence(
        notice_id, sum(row.people for row in rows), rows[0].people_in_all, min(row.since for row in rows),
        tuple(sorted({batch for row in rows for batch in row.batches})),
        tuple(LastHeard(row.state, row.people, row.last_at) for row in rows),
    )  # fmt: skip

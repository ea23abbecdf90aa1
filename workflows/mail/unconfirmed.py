"""Readers of notices whose mail SendGrid accepted, but whose last event never came: a person decides about them."""

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

UNCONFIRMED_AFTER = timedelta(days=4)
"""How long an event may still come. SendGrid tries a receiving server for up to 72 hours and then reports that; one
more day is for late events."""

WAIT, COUNT_AS_NOT_REACHED = "wait", "count_as_not_reached"
UNCONFIRMED_CHOICES = (WAIT, COUNT_AS_NOT_REACHED)

# A notice whose look_at is still to come is left out: it was sent just now, or a person chose to wait.
WITHOUT_END = """
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
with silent as materialized ({WITHOUT_END})
select notice_id, state, count(*) as people, max(state_at) as last_at, min(answered_at) as since,
       array_agg(distinct batch_id) as batches,
       (select count(*) from recipient every
         where every.organisation_id = :organisation and every.about_id = notice_id and every.purpose = 'notice')
         as people_in_all
  from silent group by notice_id, state order by min(min(answered_at)) over (partition by notice_id), notice_id, state
""")
# A reader about whom an event came in the meantime keeps that state.
COUNTED = sql(f"""
with silent as materialized ({WITHOUT_END}),
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
# A notice that people were mailed about is mailed about again only after a person has decided.
LOOK_AGAIN = sql("""
update notice n set look_at = case when n.sent_at is not null and n.id <> all (cast(:reported as uuid[])) then (
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
    """The number of readers in this state, and the moment of the last event that brought one of them there."""

    state: str
    people: int
    last_at: datetime


@dataclass(frozen=True)
class UnconfirmedNotice:
    """A notice with readers whose last event never came: `people` of `people_in_all`, in these batches.

    `since` is when SendGrid accepted the first of these batches; `states` says what was last heard.
    """

    notice_id: UUID
    people: int
    people_in_all: int
    since: datetime
    batches: tuple[UUID, ...]
    states: tuple[LastHeard, ...]
    choices: tuple[str, ...] = UNCONFIRMED_CHOICES


def unconfirmed_notices(notice_id: UUID | None = None) -> list[UnconfirmedNotice]:
    """Return the acting organisation's notices (or this one) with readers whose last event never came, the oldest
    first."""
    rows = db.session.execute(OPEN, _values(notice_id)).all()
    return [_unconfirmed_notice(about, list(states)) for about, states in groupby(rows, lambda row: row.notice_id)]


def unconfirmed_to_settle(notice_id: UUID) -> UnconfirmedNotice:
    """Lock this notice and read its unconfirmed readers. Raises AlreadyDone when there are none."""
    db.session.execute(LOCK, _values(notice_id))
    notices = unconfirmed_notices(notice_id)
    if not notices:
        raise AlreadyDone("mail.already_decided")
    return notices[0]


def wait_longer(notice_id: UUID) -> None:
    """Let a person be asked about this notice again after another UNCONFIRMED_AFTER."""
    db.session.execute(LOOK_LATER, _values(notice_id))


def count_as_not_reached(notice_id: UUID) -> int:
    """Count these readers as not reached, as readers whose mail bounced; return how many. The notice may end by it."""
    counted: Any = db.session.execute(COUNTED, _values(notice_id))
    look_again([notice_id])
    db.session.execute(WAKE, _values(notice_id))
    return int(counted.rowcount)


def notices_to_look_at(most: int = MOST) -> list[UUID]:
    """Lock at most `most` of the acting organisation's notices whose look_at has come, and return their ids."""
    return list(db.session.scalars(DUE, {"organisation": acting_organisation(), "most": most}))


def look_again(notices: Iterable[UUID], reported: Iterable[UUID] = ()) -> None:
    """Set look_at of these notices to when their next reader may be unconfirmed.

    It becomes null for a notice whose readers are all accounted for, and for one that was `reported` to people.
    """
    db.session.execute(LOOK_AGAIN, _values(None) | {"notices": list(notices), "reported": list(reported)})


def _values(notice_id: UUID | None) -> dict[str, Any]:
    return {"organisation": acting_organisation(), "notice": notice_id, "window": UNCONFIRMED_AFTER}


def _unconfirmed_notice(notice_id: UUID, rows: list[Any]) -> UnconfirmedNotice:
    return UnconfirmedNotice(
        notice_id, sum(row.people for row in rows), rows[0].people_in_all, min(row.since for row in rows),
        tuple(sorted({batch for row in rows for batch in row.batches})),
        tuple(LastHeard(row.state, row.people, row.last_at) for row in rows),
    )  # fmt: skip

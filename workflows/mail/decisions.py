"""What only a person decides: that mail which was stopped may go, and that mail whose fate is unknown goes again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text as sql

from tenants.database import db
from tenants.errors import AlreadyDone
from tenants.isolation import acting_organisation

OPEN = sql("""
select b.id, b.purpose, b.about_id, b.state, b.error, b.answered_at, count(r.id) as people
  from mail_batch b join recipient r on r.organisation_id = b.organisation_id and r.batch_id = b.id
                                    and r.state in ('planned', 'unknown')
 where b.organisation_id = :organisation and b.state in ('stopped', 'unknown')
 group by b.organisation_id, b.id order by b.answered_at, b.id
""")
RESUME = sql("""
update mail_batch set state = 'planned', not_before = now(), error = null
 where organisation_id = :organisation and id = :batch and state = 'stopped'
""")
# Whoever an event reached in the meantime stays where they are.
RESEND = sql("""
with old as materialized (
  select * from mail_batch where organisation_id = :organisation and id = :batch and state = 'unknown' for update),
waiting as materialized (
  select r.id from recipient r join old on r.organisation_id = old.organisation_id and r.batch_id = old.id
   where r.state = 'unknown' for update of r),
made as (
  insert into mail_batch (organisation_id, purpose, about_id, text_key, locale, common, resend_of)
  select organisation_id, purpose, about_id, text_key, locale, common, id from old where exists (select from waiting)
  returning id)
update recipient r set batch_id = made.id, state = 'planned', state_at = now() from waiting cross join made
 where r.organisation_id = :organisation and r.id = waiting.id
""")


@dataclass(frozen=True)
class Question:
    """A batch that waits for a person: why, since when, and how many people it leaves without an answer."""

    id: UUID
    purpose: str
    about_id: UUID
    state: str
    error: str | None
    answered_at: datetime
    people: int


def questions() -> list[Question]:
    """All batches of the acting organisation that are stopped, or unknown and not settled by events."""
    found = db.session.execute(OPEN, {"organisation": acting_organisation()}).mappings()
    return [Question(**row) for row in found]


def resume(batch_id: UUID) -> None:
    """What stopped it was mended: it may go. Raises AlreadyDone when it is not stopped (any more)."""
    _decide(RESUME, batch_id)


def resend(batch_id: UUID) -> int:
    """Those of whom nothing is known get a new batch; how many. Raises AlreadyDone if there are none."""
    return _decide(RESEND, batch_id)


def _decide(statement: Any, batch_id: UUID) -> int:
    result: Any = db.session.execute(statement, {"organisation": acting_organisation(), "batch": batch_id})
    if not result.rowcount:
        raise AlreadyDone("mail.already_decided")
    return int(result.rowcount)

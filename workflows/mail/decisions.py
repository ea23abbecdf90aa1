"""The two questions about mail that only a person decides: may stopped mail go, and what to do about an unknown
outcome.

SendGrid repeats its events for a day, but the first comes within seconds: after an hour without any, mail was probably
not sent, which proves nothing. So a person sees the evidence, chooses, and gives the reason.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text as sql

from tenants.database import db
from tenants.driver_reads import as_text, rows_of
from tenants.errors import AlreadyDone, NotFound
from tenants.isolation import acting_organisation

EVIDENCE_WINDOW = timedelta(hours=1)
"""How long events may still tell what became of a batch before somebody may send it again."""

RESEND, RESUME, GIVE_UP = "resend", "resume", "give_up"
CHOICES = (RESEND, RESUME, GIVE_UP)

OPEN = as_text(sql("""
select b.id, b.purpose, b.about_id, b.state, b.error, b.attempt, b.created_at, b.answered_at, count(r.id) as people,
       (select count(*) from recipient every where every.organisation_id = b.organisation_id and every.batch_id = b.id)
         as people_in_all,
       (select count(*) from mail_event e
         where e.organisation_id = b.organisation_id and e.batch_id = b.id) as events
  from mail_batch b join recipient r on r.organisation_id = b.organisation_id and r.batch_id = b.id
         and r.state = any (array(select name from mail_state where on_the_way and not awaits_event))
 where b.organisation_id = :organisation and b.state in ('stopped', 'unknown')
   and (cast(:about as uuid) is null or b.about_id = :about
        or b.about_id in (select e.id from escalation e
                           where e.processor_id = :organisation and e.incident_id = :about))
 group by b.organisation_id, b.id order by b.answered_at, b.id
"""))
RESUMED = sql("""
update mail_batch set state = 'planned', not_before = now(), error = null
 where organisation_id = :organisation and id = :batch and state = 'stopped'
""")
# A reader about whom an event came in the meantime keeps that state.
RESENT = sql("""
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


# These readers get no mail any more: they go to the next channel.
GIVEN_UP = sql("""
update recipient r set state = 'rejected', state_at = now(), reason = 'given up by a person'
  from mail_batch b
 where b.organisation_id = :organisation and b.id = :batch and b.state in ('unknown', 'stopped')
   and r.organisation_id = b.organisation_id and r.batch_id = b.id and r.state in ('unknown', 'planned')
""")
STOPPED = sql("""
update mail_batch set state = 'rejected' where organisation_id = :organisation and id = :batch and state = 'stopped'
""")
ABOUT = sql("""
select b.state, b.purpose, b.about_id, b.answered_at, array_agg(distinct r.about_id) as abouts
  from mail_batch b left join recipient r on r.organisation_id = b.organisation_id and r.batch_id = b.id
 where b.organisation_id = :organisation and b.id = :batch group by b.organisation_id, b.id
""")
WAKE = sql("select wake_steps(:organisation, :about)")


@dataclass(frozen=True)
class Question:
    """A batch that waits for a person, with the evidence: why, since when, how often it was tried, how many of its
    people have no answer, and how many events came."""

    id: UUID
    purpose: str
    about_id: UUID
    state: str
    error: str | None
    attempt: int
    created_at: datetime
    answered_at: datetime
    people: int
    people_in_all: int
    events: int

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the choices that a person has for this batch."""
        return choices_for(self.state)

    @property
    def evidence_until(self) -> datetime:
        """Until when events may still settle it by themselves."""
        return self.answered_at + EVIDENCE_WINDOW


def choices_for(state: str) -> tuple[str, ...]:
    """Return the choices for a batch in this state: stopped mail was never sent, mail of unknown outcome may have been.
    """
    return (RESUME, GIVE_UP) if state == "stopped" else (RESEND, GIVE_UP)


def questions(about_id: UUID | None = None) -> list[Question]:
    """Return all batches of the acting organisation that are stopped, or of unknown outcome that events did not settle;
    with an id those about this subject or about the escalations of this incident."""
    return [Question(*row) for row in rows_of(OPEN, {"organisation": acting_organisation(), "about": about_id})]


def batch_of(batch_id: UUID) -> dict[str, Any]:
    """Return the state and subjects of a batch that waits for a person. Raises NotFound, and AlreadyDone when it does
    not wait any more."""
    row = db.session.execute(ABOUT, {"organisation": acting_organisation(), "batch": batch_id}).mappings().first()
    if row is None:
        raise NotFound("mail.unknown")
    if row["state"] not in ("unknown", "stopped"):
        raise AlreadyDone("mail.already_decided")
    return dict(row)


def resume(batch_id: UUID) -> int:
    """Let a stopped batch go, after its cause was mended. Raises AlreadyDone when it is not stopped (any more)."""
    return _decide(RESUMED, batch_id)


def resend(batch_id: UUID) -> int:
    """Put the readers without an answer in a new batch; returns how many. Raises AlreadyDone if there are none."""
    return _decide(RESENT, batch_id)


def give_up(batch_id: UUID) -> int:
    """Reject the readers without an answer, so that no mail goes to them; returns how many. Raises AlreadyDone if there
    are none."""
    people = _decide(GIVEN_UP, batch_id)
    ours = {"organisation": acting_organisation(), "batch": batch_id}
    for about in db.session.execute(ABOUT, ours).mappings().one()["abouts"]:
        db.session.execute(WAKE, {"organisation": acting_organisation(), "about": about})
    db.session.execute(STOPPED, ours)
    return people


def _decide(statement: Any, batch_id: UUID) -> int:
    result: Any = db.session.execute(statement, {"organisation": acting_organisation(), "batch": batch_id})
    if not result.rowcount:
        raise AlreadyDone("mail.already_decided")
    return int(result.rowcount)

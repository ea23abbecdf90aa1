"""Records SendGrid's answer, only while the claim's token still holds the batch."""

from typing import Any
from uuid import UUID

from sqlalchemy import TextClause
from sqlalchemy import text as sql

from tenants.database import db
from tenants.register.escalations import need_a_call
from workflows.mail.sender import Accepted, Answer, Rejected, Stopped, TryAgain, Unknown

ANSWERED = sql("""
update mail_batch set state = :state, token = null, lease_until = null, message_id = :message_id,
                      error = :error, answered_at = now()
 where organisation_id = :organisation and id = :batch and token = :token
""")
# Without a moment: 2, 4, 8 ... 300 seconds. Always between a second and an hour, whatever moment was named.
PUT_OFF = sql("""
update mail_batch set state = 'planned', token = null, lease_until = null, error = 'asked to try again later',
       not_before = greatest(now() + interval '1 second', least(now() + interval '1 hour', coalesce(
         cast(:at as timestamptz), now() + least(power(2, least(attempt, 10)), 300) * interval '1 second')))
 where organisation_id = :organisation and id = :batch and token = :token
""")
MOVE = sql("""
update recipient set state = :state, state_at = now(), reason = :reason
 where organisation_id = :organisation and batch_id = :batch and state = 'planned'
""")
# Whoever shares an address stays with the one who is mailed there.
HALVE = sql("""
with waiting as materialized (
  select id, (row_number() over (order by id) - 1) * 2 / count(*) over () as half from recipient
   where organisation_id = :organisation and batch_id = :batch and state = 'planned' and mailed_with is null),
made as materialized (select half, uuidv7() as id from waiting group by half),
batches as (
  insert into mail_batch (organisation_id, id, purpose, about_id, text_key, locale, common, resend_of)
  select b.organisation_id, made.id, b.purpose, b.about_id, b.text_key, b.locale, b.common, b.id
    from mail_batch b cross join made where b.organisation_id = :organisation and b.id = :batch)
update recipient r set batch_id = made.id from waiting join made using (half)
 where r.organisation_id = :organisation and r.batch_id = :batch and coalesce(r.mailed_with, r.id) = waiting.id
""")
WAITING = sql("""
select about_id, purpose from recipient
 where organisation_id = :organisation and batch_id = :batch and state = 'planned' and mailed_with is null
""")
WAKE = sql("select wake_steps(:organisation, :about)")


def write_answer(organisation: UUID, batch: UUID, token: UUID, answer: Answer) -> bool:
    """Record the answer. Inside acting_for. Returns False when the batch is no longer ours; nothing was written
    then."""
    ours = {"organisation": organisation, "batch": batch}
    if not _changed(*_end_of_claim(ours | {"token": token}, answer)):
        return False
    match answer:
        case Accepted():
            _move(ours, "accepted")
        case Unknown():
            _move(ours, "unknown")
        case Rejected(_, reason):
            _halve_or_reject(ours, reason)
        case Stopped():  # a person has to mend something first; meanwhile the hours run
            need_a_call(about for about, purpose in db.session.execute(WAITING, ours) if purpose == "escalation")
    return True


def _end_of_claim(ours: dict[str, Any], answer: Answer) -> tuple[TextClause, dict[str, Any]]:
    none = {"message_id": None, "error": None}
    match answer:
        case Accepted(message_id):
            return ANSWERED, ours | none | {"state": "accepted", "message_id": message_id}
        case Rejected(_, reason):
            return ANSWERED, ours | none | {"state": "rejected", "error": reason}
        case Stopped(status, reason):
            return ANSWERED, ours | none | {"state": "stopped", "error": f"{status} {reason}"}
        case Unknown(reason):
            return ANSWERED, ours | none | {"state": "unknown", "error": reason}
        case TryAgain(at):
            return PUT_OFF, ours | {"at": at}


def _move(ours: dict[str, Any], state: str, reason: str | None = None) -> None:
    db.session.execute(MOVE, ours | {"state": state, "reason": reason})


def _halve_or_reject(ours: dict[str, Any], reason: str) -> None:
    """Halve the batch, or reject its only address: SendGrid refuses a request as a whole, and halving finds the address
    at fault."""
    waiting = db.session.execute(WAITING, ours).all()
    if len(waiting) > 1:
        db.session.execute(HALVE, ours)
        return
    _move(ours, "rejected", reason)
    for about, purpose in waiting:
        if purpose in ("escalation", "notice"):
            db.session.execute(WAKE, {"organisation": ours["organisation"], "about": about})


def _changed(statement: TextClause, values: dict[str, Any]) -> bool:
    result: Any = db.session.execute(statement, values)
    return bool(result.rowcount == 1)

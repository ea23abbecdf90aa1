"""Who of the office is calling which client now: somebody takes a client, and the others see it.

It is kept in the history alone. It ends by itself, when a conversation is recorded, and when the caller lets go.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import DateTime, String, TextualSelect, Uuid, column, text

from tenants.database import db
from tenants.errors import Invalid
from tenants.history.entries import Actor, Entry, History, of_subject, record
from tenants.isolation import acting_organisation, database_now
from tenants.register.escalations import locked_escalation

TAKEN, LET_GO, CALLED, TAKEN_BACK = (
    "escalation.taken", "escalation.let_go", "escalation.called", "escalation.call_taken_back"
)  # fmt: skip
ENDS_AFTER = timedelta(minutes=15)
"""How long somebody is said to be calling, when nothing is recorded."""
CALLERS = text("""
    select distinct on (h.subject_id) h.subject_id, h.actor_id, p.name, h.at
      from history h
      join escalation e on e.processor_id = h.organisation_id and e.id = h.subject_id
      left join history_person p on p.organisation_id = h.organisation_id and p.id = h.person
     where h.organisation_id = :office and h.what = :taken and h.at > now() - cast(:lasts as interval)
       and e.incident_id = :incident
       and not exists (select from history l where l.organisation_id = h.organisation_id
                          and l.subject_id = h.subject_id and l.seq > h.seq and l.what = any(:ends))
     order by h.subject_id, h.seq desc""")
ENDS = (LET_GO, CALLED)
"""What ends a call before that, for CALLERS and for `caller_in`."""
OF_INCIDENT = {"taken": TAKEN, "lasts": ENDS_AFTER, "ends": list(ENDS)}
"""What CALLERS needs beside the office and the incident."""


@dataclass(frozen=True)
class Caller:
    """Somebody who is calling a client, and since when. Without a name when it was erased."""

    user_id: UUID | None
    name: str | None
    since: datetime


def callers(incident_id: UUID) -> dict[UUID, Caller]:
    """Return who is calling now, by escalation of this incident, in one query."""
    values = {"office": acting_organisation(), "incident": incident_id, **OF_INCIDENT}
    return {row[0]: Caller(*row[1:]) for row in db.session.execute(CALLERS, values)}


def calls_now() -> TextualSelect:
    """Return CALLERS as a part of a larger statement; its values are `office`, `incident` and OF_INCIDENT."""
    of_client = (column("subject_id", Uuid()), column("actor_id", Uuid()), column("name", String()))
    return CALLERS.columns(*of_client, column("at", DateTime(timezone=True)))


def caller_in(entries: Iterable[History], now: datetime) -> Caller | None:
    """Return who is calling by the entries of one client, the oldest of which comes first, at the moment `now`."""
    newest = next((entry for entry in reversed(list(entries)) if entry.what in (TAKEN, *ENDS)), None)
    if newest is None or newest.what != TAKEN or newest.at <= now - ENDS_AFTER:
        return None
    return Caller(newest.actor_id, newest.actor_name, newest.at)


def take(escalation_id: UUID, seen: int | None, by: Actor) -> None:
    """Say that `by` is calling this client, also in place of somebody else of whom they knew.

    Raises Invalid when somebody else took it, or recorded a conversation, after what `by` has seen.
    """
    locked_escalation(escalation_id)
    refuse_meanwhile(escalation_id, seen, by)
    record([Entry("escalation", escalation_id, TAKEN, by)])


def let_go(escalation_id: UUID, by: Actor) -> None:
    """Say that `by` is not calling this client any more. Somebody else's call goes on."""
    locked_escalation(escalation_id)
    caller = caller_in(of_subject(escalation_id), database_now())
    if caller is not None and caller.user_id == by.id:
        record([Entry("escalation", escalation_id, LET_GO, by)])


def refuse_meanwhile(escalation_id: UUID, seen: int | None, by: Actor) -> None:
    """Raise Invalid when a colleague took this client, or recorded a call, after the entry `seen`.

    None: the sender does not say what they have seen. The caller has locked the escalation.
    """
    if seen is None:
        return
    theirs = [entry for entry in of_subject(escalation_id) if entry.seq > seen and entry.actor_id not in (None, by.id)]
    newest = next((entry for entry in reversed(theirs) if entry.what in (TAKEN, CALLED, TAKEN_BACK)), None)
    if newest is not None:
        key = "call.taken_meanwhile" if newest.what == TAKEN else "call.recorded_meanwhile"
        raise Invalid(key, "outcome", name=newest.actor_name or "", moment=newest.at)

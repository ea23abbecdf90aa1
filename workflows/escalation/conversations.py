"""Conversations of the office with its clients: what came of each, with whom, and what was said.

They are entries of the history and nothing else, so none is ever changed. A mistaken one is taken back by an entry of
its own. Only a conversation, or a letter that arrived, informs the client (Art. 33(2)): its 72 hours run from then.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.errors import AlreadyDone, Invalid, NotFound
from tenants.history.entries import Actor, Entry, History, of_subjects, record
from tenants.isolation import acting_organisation
from tenants.register.escalations import Escalation, escalation, locked_escalation, take_back_informing
from workflows.engine.hints import hint_after_commit
from workflows.escalation.calling import CALLED, TAKEN_BACK, refuse_meanwhile
from workflows.escalation.ending import open_again
from workflows.escalation.escalation import delivery_to
from workflows.law.order_of_moments import refuse_impossible

INFORMS = {"spoken": "phone", "letter": "letter"}
"""The outcomes by which a client is informed, and how."""
OUTCOMES = ("spoken", "nobody", "voicemail", "wrong_number", "letter")
REFUSED = {"acted": "call.client_acted", "no_standing": "call.no_standing"}
"""Why a conversation that informed the client is not taken back, and the text that says so."""
WAKE = text("select wake_steps(:organisation, :subject)")


@dataclass(frozen=True)
class Conversation:
    """What came of one call or letter: when, with whom, what was said. Without a name: with nobody, or not known."""

    outcome: str
    called_at: datetime
    contact_name: str | None = None
    note: str | None = None

    @property
    def informs(self) -> bool:
        """Whether the client was told by it."""
        return self.outcome in INFORMS


@dataclass(frozen=True)
class TakenBack:
    """Who took a conversation back, when, and why. Without a reason when that was erased."""

    by: str | None
    at: datetime
    reason: str | None


@dataclass(frozen=True)
class Recorded(Conversation):
    """A conversation as it stands in the history, by the number of its entry.

    `informed`: when it was recorded, nothing else had informed the client.
    """

    seq: int = 0
    by: str | None = None
    recorded_at: datetime | None = None
    informed: bool = False
    taken_back: TakenBack | None = None


def record_conversation(escalation_id: UUID, made: Conversation, by: Actor, seen: int | None = None) -> Escalation:
    """Record what came of a call or letter. A client who was not informed yet is, by one that informs.

    A moment of informing that stands is never changed. `seen`: the newest entry that `by` has seen; None when not
    known. What `by` recorded after `seen` already, word for word, is the same form sent twice: it is recorded once.
    Raises Invalid when the moment lies before the office was aware, when it does not say with whom, and when a
    colleague took this client or recorded a call after `seen`.
    """
    if made.informs:
        # Before the fact, in the order of every worker: the run, then the escalation.
        db.session.execute(WAKE, {"organisation": acting_organisation(), "subject": escalation(escalation_id).id})
    called = locked_escalation(escalation_id)
    _refuse(called, made)
    if seen is not None and _is_recorded(escalation_id, made, seen, by):
        return called
    refuse_meanwhile(escalation_id, seen, by)
    informed = made.informs and called.informed_at is None
    if informed:
        called.informed_at, called.informed_how, called.call_needed_at = made.called_at, INFORMS[made.outcome], None
    details = {"outcome": made.outcome, "called_at": made.called_at, "informed": informed}
    personal = {"contact_name": made.contact_name, "note": made.note}
    kept = {name: value for name, value in personal.items() if value}
    record([Entry("escalation", called.id, CALLED, by, details, kept)])
    hint_after_commit(acting_organisation())
    return called


def _is_recorded(escalation_id: UUID, made: Conversation, seen: int, by: Actor) -> bool:
    entries = of_subjects([escalation_id], (CALLED, TAKEN_BACK))
    theirs = {entry.seq for entry in entries if entry.seq > seen and entry.actor_id == by.id}
    return any(
        (same.outcome, same.called_at, same.contact_name, same.note)
        == (made.outcome, made.called_at, made.contact_name or None, made.note or None)
        for same in conversations_in(entries).get(escalation_id, [])
        if same.seq in theirs and same.taken_back is None
    )


def take_back(escalation_id: UUID, seq: int, reason: str, by: Actor) -> None:
    """Take back a conversation that was recorded by mistake. Its entry stays.

    When the client was informed by it, the client counts as informed by the earliest that stands: another one that told
    it, or mail that arrived; without any its clock waits, and the office must call. Raises NotFound for an unknown one,
    AlreadyDone for one that was taken back before, and Invalid when the client did something about the breach, so that
    it knows and the moment stands, or when the office may not write about it in the client's register any more.
    """
    escalation(escalation_id)
    made = _not_taken_back(escalation_id, seq)
    undone = take_back_informing(escalation_id, made.called_at) if made.informs else "not_by_call"
    if undone in REFUSED:
        raise Invalid(REFUSED[undone], "reason")
    called = locked_escalation(escalation_id)
    _not_taken_back(escalation_id, seq)
    if undone == "taken_back" and not _is_informed_by_another(called, seq):
        open_again(called.incident_id, by)
    details = {"entry": seq, "called_at": made.called_at, "informed": undone == "taken_back"}
    record([Entry("escalation", escalation_id, TAKEN_BACK, by, details, {"reason": reason})])
    hint_after_commit(acting_organisation())


def _is_informed_by_another(called: Escalation, but: int) -> bool:
    """Let the first conversation or letter that stands inform the client; returns whether it is informed in any way.

    Mail that arrived before it is left to the machine, which waits for delivery again.
    """
    informing = [made for made in conversations([called.id]).get(called.id, []) if made.informs]
    standing = [made for made in informing if made.taken_back is None and made.seq != but]
    first = min(standing, key=lambda made: made.called_at, default=None)
    delivered_at = delivery_to([called])[called.id].delivered_at
    if first is not None and (delivered_at is None or first.called_at < delivered_at):
        called.informed_at, called.informed_how, called.call_needed_at = first.called_at, INFORMS[first.outcome], None
    return called.informed_at is not None or delivered_at is not None


def conversation(escalation_id: UUID, seq: int) -> Recorded:
    """Return the conversation with this number. Raises NotFound."""
    of = conversations([escalation_id]).get(escalation_id, [])
    made = next((made for made in of if made.seq == seq), None)
    if made is None:
        raise NotFound("call.unknown")
    return made


def _not_taken_back(escalation_id: UUID, seq: int) -> Recorded:
    made = conversation(escalation_id, seq)
    if made.taken_back is not None:
        raise AlreadyDone("call.taken_back_before")
    return made


def conversations(escalation_ids: Iterable[UUID]) -> dict[UUID, list[Recorded]]:
    """Return the conversations about each of these escalations, the newest first, in one query; none for most."""
    return conversations_in(of_subjects(escalation_ids, (CALLED, TAKEN_BACK)))


def conversations_in(entries: Iterable[History]) -> dict[UUID, list[Recorded]]:
    """Return the conversations in these entries, the oldest of which comes first, by what they are about."""
    undone: dict[tuple[UUID, Any], TakenBack] = {}
    made: dict[UUID, list[Recorded]] = {}
    for entry in reversed(list(entries)):
        if entry.what == TAKEN_BACK:
            back = TakenBack(entry.actor_name, entry.at, entry.details.get("reason"))
            undone[entry.subject_id, entry.details.get("entry")] = back
        if entry.what == CALLED:
            made.setdefault(entry.subject_id, []).append(_read(entry, undone.get((entry.subject_id, entry.seq))))
    return made


def _read(entry: History, undone: TakenBack | None) -> Recorded:
    """Return what an entry says. One of before there were outcomes says when and how the client was informed."""
    details: dict[str, Any] = entry.details
    outcome = details.get("outcome") or ("letter" if details.get("how") == "letter" else "spoken")
    moment = datetime.fromisoformat(details.get("called_at") or details.get("informed_at") or entry.at.isoformat())
    return Recorded(
        outcome, moment, details.get("contact_name"), details.get("note"), entry.seq, entry.actor_name, entry.at,
        bool(details.get("informed", "outcome" not in details)), undone,
    )  # fmt: skip


def _refuse(called: Escalation, made: Conversation) -> None:
    refuse_impossible({"became_aware_at": called.became_aware_at, "called_at": made.called_at})
    if made.informs and not made.contact_name:
        raise Invalid("call.who_required", "contact_name")

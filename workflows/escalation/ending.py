"""A person says that an incident is done, so that it leaves the overview (Art. 33(2): every controller is informed)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenants.errors import Invalid
from tenants.history.entries import Actor, Entry, History, of_subjects, record
from tenants.register.incident_ends import keep_end, lock_end, reopen
from workflows.escalation.incident_board import sums

ENDED, OPEN_AGAIN = "incident.ended", "incident.open_again"


@dataclass(frozen=True)
class Open:
    """How many clients of an incident are not informed, not confirmed, and not decided yet."""

    not_informed: int
    not_confirmed: int
    not_decided: int

    @property
    def may_end(self) -> bool:
        """Whether a person may call it done: the office's own duty is met when every controller is informed."""
        return self.not_informed == 0

    @property
    def needs_reason(self) -> bool:
        """Whether a client still has to confirm or decide, so that ending it takes a reason."""
        return self.not_confirmed + self.not_decided > 0


def open_parts(counts: dict[str, int]) -> Open:
    """Return what is open by the sums of a board."""
    return Open(
        counts["total"] - counts["informed_in_all"], counts["informed"], counts["informed"] + counts["acknowledged"]
    )


@dataclass(frozen=True)
class End:
    """That an incident is ended: since when, by whom, and why. Names and reasons that were erased are None."""

    ended_at: datetime
    by: str | None
    reason: str | None


def end_in(history: Iterable[History]) -> End | None:
    """Return the end that stands by the entries of an incident, the oldest of which comes first; None while it is open.
    """
    newest = next((entry for entry in reversed(list(history)) if entry.what in (ENDED, OPEN_AGAIN)), None)
    if newest is None or newest.what != ENDED:
        return None
    return End(newest.at, newest.actor_name, newest.details.get("reason"))


def end_of(incident_id: UUID) -> End | None:
    """Return the end of the acting office's incident that stands; None while it is open."""
    return end_in(of_subjects([incident_id], (ENDED, OPEN_AGAIN)))


def ended_in(history: Iterable[History]) -> datetime | None:
    """Return since when an incident is ended by its own entries, the oldest of which comes first; None while it is
    open."""
    end = end_in(history)
    return end.ended_at if end else None


def end_incident(incident_id: UUID, by: Actor, reason: str | None) -> None:
    """End the acting office's incident. Raises Invalid while a client is not informed, or for a reason that is missing;
    AlreadyDone while an earlier end stands."""
    lock_end(incident_id)
    still = open_parts(sums(incident_id))
    if not still.may_end:
        raise Invalid("incident.not_all_informed", "reason")
    if still.needs_reason and not reason:
        raise Invalid("incident.end_reason", "reason")
    assert by.id is not None
    keep_end(incident_id, by.id, reason)
    counts = {"not_confirmed": still.not_confirmed, "not_decided": still.not_decided}
    personal = {"reason": reason} if reason else {}
    record([Entry("incident", incident_id, ENDED, by, counts, personal)])


def open_again(incident_id: UUID, by: Actor) -> None:
    """Open the acting office's incident again when it was ended: `by` took back that one of its clients is informed."""
    if reopen(incident_id):
        record([Entry("incident", incident_id, OPEN_AGAIN, by)])

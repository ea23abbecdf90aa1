"""How far the decision about one breach is, in one word, for lists, the file of the register and programs."""

from datetime import datetime

STATES = ("undecided", "drafted", "approved", "submitted", "not_notified", "taken_over")
"""No draft yet; a draft that waits for approval; approved to notify, which is not sent yet; sent; approved not to;
decided in an old register, before the breach stood here."""


def decision_state(
    decision: str | None, decided_at: datetime | None, submitted_at: datetime | None, is_taken_over: bool = False
) -> str:
    """Return one of STATES. Approved and not yet sent is its own state: the duty is not met (Art. 33(1))."""
    if is_taken_over:
        return "taken_over"
    if submitted_at is not None:
        return "submitted"
    if decision is None:
        return "undecided"
    if decided_at is None:
        return "drafted"
    return "approved" if decision == "notify" else "not_notified"

"""Which facts changed after somebody decided on them, from what to what (Art. 33(4))."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tenants.history.entries import History
from tenants.register.breaches import Breach
from workflows.notification.advising import facts_changed_since_decision

SUPPLEMENTED = "breach.facts_supplemented"
ASSESSED = "ap_notification.assess"
DECIDED = (ASSESSED, "ap_notification.approve", "breach.changes_seen")


@dataclass(frozen=True)
class ChangedFacts:
    """When facts were supplemented last (None: that was not recorded), and each fact with its earlier and its present
    value."""

    last_at: datetime | None
    each: list[tuple[str, Any, Any]]


def changed_facts(breach: Breach, history: list[History]) -> ChangedFacts | None:
    """Return the facts that changed since the decision, as long as nobody has looked at them; else None."""
    if not facts_changed_since_decision(breach):
        return None
    decided = max((entry.seq for entry in history if entry.what in DECIDED), default=0)
    since = [entry for entry in history if entry.what == SUPPLEMENTED and entry.seq > decided]
    changed: dict[str, list[Any]] = {}
    for entry in since:
        for name, (before, after) in entry.details["changed"].items():
            changed[name] = [changed.get(name, [before])[0], after]
    each = [(name, before, after) for name, (before, after) in changed.items()]
    return ChangedFacts(since[-1].at if since else None, each)


def last_recorded(history: list[History]) -> dict[str, History]:
    """Return the entry of this breach that recorded each fact last, by fact; of the history with the oldest first.

    An assessment records all facts together: its entry stands under "" and ends what was recorded before.
    """
    last: dict[str, History] = {}
    for entry in history:
        if entry.what == ASSESSED:
            last = {"": entry}
        if entry.what == SUPPLEMENTED:
            last |= dict.fromkeys(entry.details["changed"], entry)
    return last

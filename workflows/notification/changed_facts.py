"""Which facts changed after somebody decided on them, from what to what, and the measures with them (Art. 33(4))."""

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
    value.

    `measures`: what was done to contain the breach, before and now, when that changed as well; a text is None where
    there was none, or where it was erased.
    """

    last_at: datetime | None
    each: list[tuple[str, Any, Any]]
    measures: tuple[str | None, str | None] | None = None


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
    return ChangedFacts(since[-1].at if since else None, each, _changed_measures(since))


def _changed_measures(since: list[History]) -> tuple[str | None, str | None] | None:
    texts = [entry.details for entry in since if entry.details.get("measures_changed")]
    return (texts[0].get("measures_before"), texts[-1].get("measures")) if texts else None


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

"""The flag on a breach whose facts changed after somebody decided: when, from what, to what."""

from dataclasses import dataclass
from typing import Any

from service.web.layout import label
from service.words.texts import local_moment, number, t
from tenants.history.entries import History
from tenants.isolation import database_now
from tenants.register.breaches import Breach
from workflows.notification.advising import facts_changed_since_decision

SUPPLEMENTED = "breach.facts_supplemented"
DECIDED = ("ap_notification.assess", "ap_notification.approve", "breach.changes_seen")
PEOPLE = ("people_min", "people_max")


@dataclass(frozen=True)
class FactsChanged:
    """What the flag says, and each fact with what it was and what it is."""

    words: str
    each: list[tuple[str, Any, Any]]


def facts_changed(breach: Breach, history: list[History]) -> FactsChanged | None:
    """The flag, as long as nobody has looked at what changed."""
    if not facts_changed_since_decision(breach):
        return None
    decided = max((entry.seq for entry in history if entry.what in DECIDED), default=0)
    since = [entry for entry in history if entry.what == SUPPLEMENTED and entry.seq > decided]
    changed: dict[str, list[Any]] = {}
    for entry in since:
        for name, (before, after) in entry.details["changed"].items():
            changed[name] = [changed.get(name, [before])[0], after]
    return FactsChanged(
        _words(since[-1], changed) if since else t("breach.changes.some"),
        [(name, before, after) for name, (before, after) in changed.items()],
    )


def _words(last: History, changed: dict[str, list[Any]]) -> str:
    today = local_moment(last.at, "day") == local_moment(database_now(), "day")
    at = local_moment(last.at, "time" if today else "short")
    people = changed.get("people_max") or changed.get("people_min")
    if people and None not in people:
        before, after = (number(count) for count in people)
        return t("breach.changes.people", at=at, before=before, after=after)
    return t("breach.changes.facts", at=at, facts=", ".join(label("fact", name).lower() for name in changed))

"""The flag on a breach whose facts changed after somebody decided: when, and the values before and after."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.web.layout import label
from service.words.moments import local_moment
from service.words.texts import number, t
from workflows.dossiers.breach import Dossier


@dataclass(frozen=True)
class FactsChanged:
    """The text of the flag, and for each fact what it was and what it is."""

    words: str
    each: list[tuple[str, Any, Any]]


def facts_changed_words(dossier: Dossier) -> FactsChanged | None:
    """Return the flag, as long as nobody has looked at what changed."""
    changed = dossier.changed_facts
    if changed is None:
        return None
    if changed.last_at is None:
        return FactsChanged(t("breach.changes.some"), changed.each)
    return FactsChanged(_words(changed.last_at, dossier.now, changed.each), changed.each)


def _words(last_at: datetime, now: datetime, each: list[tuple[str, Any, Any]]) -> str:
    today = local_moment(last_at, "day") == local_moment(now, "day")
    at = local_moment(last_at, "time" if today else "whole")
    changed = {name: (before, after) for name, before, after in each}
    people = changed.get("people_max") or changed.get("people_min")
    if people and None not in people:
        before, after = (number(count) for count in people)
        return t("breach.changes.people", at=at, before=before, after=after)
    return t("breach.changes.facts", at=at, facts=", ".join(label("fact", name).lower() for name in changed))

"""The flag on a breach whose facts changed after somebody decided: when, and the values before and after."""

from dataclasses import dataclass
from datetime import datetime

from service.web.layout import fact_words, label
from service.words.moments import local_moment
from service.words.texts import number, t
from workflows.dossiers.breach import Dossier
from workflows.notification.changed_facts import ChangedFacts

ESTIMATE = "people_estimate"
PEOPLE = ("people_min", "people_max", ESTIMATE)
NO_TEXT = "–"


@dataclass(frozen=True)
class FactsChanged:
    """The text of the flag, and for each fact its name, what it was and what it is, in words."""

    words: str
    each: list[tuple[str, str, str]]


def facts_changed_words(dossier: Dossier) -> FactsChanged | None:
    """Return the flag, as long as nobody has looked at what changed."""
    changed = dossier.changed_facts
    if changed is None:
        return None
    each = [(label("fact", name), fact_words(name, was), fact_words(name, now)) for name, was, now in changed.each]
    if changed.measures:
        before, after = changed.measures
        each.append((t("incident.field.measures"), before or NO_TEXT, after or NO_TEXT))
    some = "breach.changes.some" if dossier.breach.decision else "breach.changes.some_assessed"
    words = t(some) if changed.last_at is None else _words(changed, changed.last_at, dossier)
    return FactsChanged(words, each)


def _words(changed: ChangedFacts, last_at: datetime, dossier: Dossier) -> str:
    when = _when(last_at, dossier.now)
    values = {name: (before, after) for name, before, after in changed.each}
    people = values.get("people_max") or values.get("people_min")
    is_exact = ESTIMATE not in values and not dossier.breach.people_estimate
    if people and None not in people and is_exact and set(values) <= set(PEOPLE) and not changed.measures:
        before, after = (number(count) for count in people)
        return t("breach.changes.people", when=when, before=before, after=after)
    return t("breach.changes.facts", when=when, facts=", ".join(_names(changed)))


def _when(moment: datetime, now: datetime) -> str:
    """Return the moment with its day, unless that is today."""
    if local_moment(moment, "day") == local_moment(now, "day"):
        return t("breach.changes.at", moment=local_moment(moment, "time"))
    return t("breach.changes.on", moment=local_moment(moment, "whole"))


def _names(changed: ChangedFacts) -> list[str]:
    """Return what changed, each thing once: both ends of a number of people are one."""
    facts = [
        t("breach.changes.people_number") if name in PEOPLE else label("fact", name).lower()
        for name, _, _ in changed.each
    ]
    return list(dict.fromkeys([*facts, *([t("breach.changes.measures")] if changed.measures else [])]))

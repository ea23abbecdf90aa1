"""Which facts to ask for, what matters first on top; what can make no difference any more is left out.

Standard library only. Every question may be answered with "not known", and is asked again next time.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from workflows.law.advice.readings import Facts, at_worst
from workflows.law.vocabulary import is_known


def _protectable(facts: Facts) -> bool:
    return facts.get("protection") != "none"


def _seen_by_somebody(facts: Facts) -> bool:
    worst = at_worst(facts)
    return worst.recipients != "nobody" or worst.taken != "no"


def _returnable(facts: Facts) -> bool:
    sure_not = facts.get("malicious") is True or facts.get("misused") is True
    return not sure_not and facts.get("recipients") in (None, "one_trusted", "known") and _seen_by_somebody(facts)


def _wrong_or_away(facts: Facts) -> bool:
    return bool(at_worst(facts).natures - {"confidentiality"})


def _lost(facts: Facts) -> bool:
    return "availability_permanent" in at_worst(facts).natures


def _always(facts: Facts) -> bool:
    return True


ASKED: Mapping[str, Callable[[Facts], bool]] = MappingProxyType(
    {
        "nature": _always,
        "data": _always,
        "recipients": _always,
        "taken": _always,
        "protection": _always,
        "key_safe": _protectable,
        "malicious": _seen_by_somebody,
        "misused": _seen_by_somebody,
        "groups": _always,
        "people_min": _seen_by_somebody,
        "people_max": _seen_by_somebody,
        "deletion_confirmed": _returnable,
        "interruption": _wrong_or_away,
        "restored_within_hours": _wrong_or_away,
        "copy": _lost,
        "measures_removed_high_risk": _always,
        "disproportionate_effort": _always,
        "financial_undertaking": _always,
    }
)
"""The questions in the order in which they are asked, and when an answer can still make a difference."""


def questions(facts: Facts) -> tuple[str, ...]:
    """Return the facts to ask for, known ones too, in the order in which they matter."""
    return tuple(fact for fact, matters in ASKED.items() if matters(facts))


def open_questions(facts: Facts) -> tuple[str, ...]:
    """Return the questions of `questions` that nobody has answered yet."""
    return tuple(fact for fact in questions(facts) if not is_known(fact, facts.get(fact)))

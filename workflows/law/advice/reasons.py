"""The reasons: for each duty the article, the facts on which it depends, and the key of a text for a person.

It has keys, not texts: the service has those in Dutch and English. A point that depends on a fact nobody knows says so.
Standard library only.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import MappingProxyType

from workflows.law.advice.duties import Duties, Duty
from workflows.law.advice.principles import Point
from workflows.law.advice.readings import Facts
from workflows.law.vocabulary import is_known

ARTICLES = MappingProxyType({"document": "33(5)", "notify_authority": "33(1)", "notify_people": "34(1)"})
EXEMPTION_ARTICLES = MappingProxyType({"measures_removed_high_risk": "34(3)(b)", "financial_undertaking": "UAVG 42"})


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: `facts` by name with their given values, None where not known; `text` is a key."""

    duty: str
    article: str
    facts: dict[str, object]
    text: str


def reasons(answered: Duties, facts: Facts) -> tuple[Reason, ...]:
    """Art. 5(2), 33(5): the reasons for every duty, the answer first and then what led to it."""
    return tuple(reason for duty in answered for reason in _of(duty, facts))


def _of(duty: Duty, facts: Facts) -> Iterator[Reason]:
    points = _points(duty, facts)
    led_to = dict.fromkeys(name for point in points for name in point.facts)
    yield Reason(duty.name, ARTICLES[duty.name], _told(led_to, facts), f"{duty.name}.{duty.answer}")
    yield from _exceptions(duty, facts)
    for point in points:
        yield Reason(duty.name, _article(duty, point), _told(point.facts, facts), _text(point, facts))


def _exceptions(duty: Duty, facts: Facts) -> Iterator[Reason]:
    if duty.exempted_by:
        named: dict[str, object] = {duty.exempted_by: True}
        yield Reason(duty.name, EXEMPTION_ARTICLES[duty.exempted_by], named, f"exempt.{duty.exempted_by}")
    elif duty.name == "notify_people" and duty.answer != "no" and facts.get("disproportionate_effort") is True:
        yield Reason(duty.name, "34(3)(c)", {"disproportionate_effort": True}, "exempt.disproportionate_effort")


def _points(duty: Duty, facts: Facts) -> list[Point]:
    points = [point for finding in duty.counted for point in finding.points]
    if facts.get("misused") is not True:  # read at its worst only, so nobody contradicted themselves
        points = [point for point in points if point.key != "contradiction.misuse"]
    return list(dict.fromkeys(point for point in points if duty.answer == "no" or not point.calms))


def _text(point: Point, facts: Facts) -> str:
    if point.calms or all(is_known(name, facts.get(name)) for name in point.facts[: point.needs]):
        return point.key
    return f"{point.key.split('.')[0]}.not_known"


def _article(duty: Duty, point: Point) -> str:
    holds = point.calms and point.key.startswith("protection.")
    return "34(3)(a)" if holds and duty.name == "notify_people" else ARTICLES[duty.name]


def _told(names: Iterable[str], facts: Facts) -> dict[str, object]:
    return {name: facts.get(name) for name in names}

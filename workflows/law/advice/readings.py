"""Reads facts that are not known twice: once at their worst, once at their mildest. What both readings say is sure.

An exemption (protection, a safe key, a copy, restoring, confirmed deletion) must be known to count: both readings take
it at its worst. Circumstances (who has it, intent, how many) are open between the two. Standard library only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import cast

from workflows.law.severity import MANY
from workflows.law.vocabulary import DATA, GROUPS, NATURES, is_known

Facts = Mapping[str, object]

MILD_TO_WORST: Mapping[str, tuple[object, ...]] = MappingProxyType(
    {
        "protection": ("encrypted", "hashed", "none"),
        "key_safe": (True, False),
        "copy": ("electronic", "paper", "none"),
        "interruption": ("none", "delay", "harm"),
        "taken": ("no", "possible", "yes"),
        "recipients": ("nobody", "one_trusted", "known", "unknown", "public"),
        "deletion_confirmed": (True, False),
        "malicious": (False, True),
        "misused": (False, True),
        "measures_removed_high_risk": (True, False),
        "financial_undertaking": (True, False),
    }
)
"""Which value of a fact is worse. More natures, kinds of data, groups, people or hours away are worse too."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Facts with nothing left open. `restored_within` is in hours; infinite when data was not restored.

    `counted_by` is the count from which `many` follows: the most people at worst, the least at mildest.
    """

    natures: frozenset[str]
    data: frozenset[str]
    groups: frozenset[str]
    many: bool
    counted_by: str
    protection: str
    key_safe: bool
    copy: str
    restored_within: float
    interruption: str
    taken: str
    recipients: str
    deletion_confirmed: bool
    malicious: bool
    misused: bool


def at_worst(facts: Facts) -> Reading:
    """Return the facts with everything that is not known at its worst."""
    most = facts.get("people_max")
    many = most is None or cast(int, most) > MANY
    return _read(facts, {"nature": NATURES, "data": DATA, "groups": GROUPS}, -1, many, "people_max")


def at_mildest(facts: Facts) -> Reading:
    """Return the facts with unknown circumstances at their mildest and unknown exemptions as absent."""
    least = facts.get("people_min")
    many = least is not None and cast(int, least) > MANY
    return _read(facts, {"nature": (), "data": (), "groups": ()}, 0, many, "people_min")


def _read(
    facts: Facts, sets: Mapping[str, tuple[str, ...]], end: int, many: bool, counted_by: str
) -> Reading:
    several = {field: _several(facts, field, otherwise) for field, otherwise in sets.items()}
    hours = facts.get("restored_within_hours")
    return Reading(
        several["nature"], several["data"], several["groups"], many, counted_by,
        protection=_word(facts, "protection", -1), key_safe=facts.get("key_safe") is True,
        copy=_word(facts, "copy", -1), restored_within=inf if hours is None else cast(float, hours),
        interruption=_word(facts, "interruption", end), taken=_word(facts, "taken", end),
        recipients=_word(facts, "recipients", end), deletion_confirmed=facts.get("deletion_confirmed") is True,
        malicious=_bool(facts, "malicious", end), misused=_bool(facts, "misused", end),
    )  # fmt: skip


def _several(facts: Facts, field: str, otherwise: tuple[str, ...]) -> frozenset[str]:
    value = facts.get(field)
    return frozenset(cast(Iterable[str], value) if is_known(field, value) else otherwise)


def _word(facts: Facts, field: str, end: int) -> str:
    value = facts.get(field)
    return cast(str, value if is_known(field, value) else MILD_TO_WORST[field][end])


def _bool(facts: Facts, field: str, end: int) -> bool:
    value = facts.get(field)
    return cast(bool, MILD_TO_WORST[field][end] if value is None else value)

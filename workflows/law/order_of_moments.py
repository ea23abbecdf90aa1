"""The order of moments: which one cannot come before which, and which are so far apart that a person is asked.

This is the one table for everything that people enter; a new moment gets its rule here. The moments come by the names
of their fields; one that is not known yet is left out of every comparison. Standard library and refusals only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from tenants.errors import Invalid, ManyInvalid

NOW = "now"
Moments = Mapping[str, datetime | None]
Rule = TypeVar("Rule", "Order", "Reach")


@dataclass(frozen=True)
class Order:
    """`later` cannot lie before `earlier`. The fault stands at `field`, by default the later one's, with both in words.

    With `strictly` the same moment is too early as well.
    """

    earlier: str
    later: str
    key: str
    field: str = ""
    strictly: bool = False


@dataclass(frozen=True)
class Reach:
    """`later` comes within this time after `earlier`. A longer time is possible, when a person says that it is right.
    """

    earlier: str
    later: str
    within: timedelta
    key: str
    field: str


A_MONTH, YEARS = timedelta(days=31), timedelta(days=3 * 365)
PASSED = (
    "found_at", "became_aware_at", "aware_at", "happened_from", "happened_until", "informed_at", "called_at",
    "submitted_at",
)  # fmt: skip
"""Moments of things that have happened when somebody states them, so that they never lie after now."""
ORDERS: tuple[Order, ...] = (
    Order("found_at", "became_aware_at", "moment.aware_before_found"),
    Order("found_at", "aware_at", "awareness.before_found"),
    Order("aware_at", "received_at", "awareness.after_receipt", "aware_at"),
    Order("aware_at", "assessed_at", "awareness.after_assessment", "aware_at"),
    Order("happened_from", "found_at", "moment.found_before_begun", "happened_from"),
    Order("happened_from", "happened_until", "moment.reversed"),
    Order("became_aware_at", "informed_at", "call.before_awareness"),
    Order("became_aware_at", "called_at", "call.too_early"),
    Order("became_aware_at", "submitted_at", "submission.before_awareness"),
    Order("starts_at", "ends_at", "moment.reversed", strictly=True),
    Order(NOW, "ends_at", "deputy.already_over", strictly=True),
    *(Order(name, NOW, "moment.in_future", name) for name in PASSED),
)
REACHES = (
    Reach("found_at", NOW, A_MONTH, "moment.ask.found_long_ago", "found_at"),
    Reach("found_at", "became_aware_at", A_MONTH, "moment.ask.aware_long_after", "became_aware_at"),
    Reach("happened_from", "found_at", YEARS, "moment.ask.begun_years_before", "happened_from"),
    Reach("aware_at", NOW, A_MONTH, "moment.ask.aware_long_ago", "aware_at"),
    Reach("informed_at", NOW, A_MONTH, "moment.ask.informed_long_ago", "informed_at"),
    Reach("called_at", NOW, A_MONTH, "moment.ask.informed_long_ago", "called_at"),
    Reach("submitted_at", NOW, A_MONTH, "moment.ask.submitted_long_ago", "submitted_at"),
    Reach(NOW, "until", A_MONTH, "moment.ask.moved_far", "until"),
    Reach(NOW, "starts_at", YEARS, "moment.ask.far_ahead", "starts_at"),
    Reach("starts_at", "ends_at", YEARS, "moment.ask.far_apart", "ends_at"),
)
ASKED = frozenset(reach.key for reach in REACHES)
"""Keys of questions that a person may answer with "yes, this is right"."""


def impossible(moments: Moments) -> list[Invalid]:
    """Return each pair that is in an impossible order, as a fault with both moments; also compared with now if NOW is
    given."""
    return [
        Invalid(order.key, order.field or order.later, earlier=earlier, later=later)
        for order, earlier, later in _pairs(ORDERS, moments)
        if later < earlier or (order.strictly and later == earlier)
    ]  # fmt: skip


def far_apart(moments: Moments, now: datetime) -> list[Invalid]:
    """Return each pair that is further apart than is usual, as a question with both moments."""
    return [
        Invalid(reach.key, reach.field, earlier=earlier, later=later)
        for reach, earlier, later in _pairs(REACHES, {**moments, NOW: now}) if later - earlier > reach.within
    ]  # fmt: skip


def refuse_impossible(moments: Moments) -> None:
    """Raise Invalid for a pair in an impossible order, ManyInvalid for several."""
    if faults := impossible(moments):
        raise faults[0] if len(faults) == 1 else ManyInvalid(faults)


def names() -> set[str]:
    """Return every moment that has a rule."""
    rules: tuple[Order | Reach, ...] = (*ORDERS, *REACHES)
    return {name for rule in rules for name in (rule.earlier, rule.later)} - {NOW}


def _pairs(rules: tuple[Rule, ...], moments: Moments) -> Iterator[tuple[Rule, datetime, datetime]]:
    for rule in rules:
        earlier, later = moments.get(rule.earlier), moments.get(rule.later)
        if earlier is not None and later is not None:
            yield rule, earlier, later

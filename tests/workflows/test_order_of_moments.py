"""Which moment cannot come before which, and what is so far apart that a person is asked. No database, no server."""

from datetime import UTC, datetime, timedelta

import pytest

from tenants.errors import Invalid, ManyInvalid
from workflows.law.order_of_moments import ORDERS, REACHES, far_apart, impossible, refuse_impossible

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CANNOT_BE = {
    ("found_at", "became_aware_at"): "nobody is aware of what was not found yet",
    ("found_at", "aware_at"): "a statement of awareness is no different",
    ("happened_from", "found_at"): "what has not begun is not found",
    ("happened_from", "happened_until"): "it ends after it begins",
    ("became_aware_at", "informed_at"): "nobody is told what the office does not know",
    ("became_aware_at", "called_at"): "nobody calls about what the office does not know",
    ("became_aware_at", "submitted_at"): "nobody reports what they are not aware of",
    ("starts_at", "ends_at"): "a period has a length",
    ("now", "ends_at"): "a period that is over changes nothing",
    ("aware_at", "received_at"): "who confirmed receipt was aware",
    ("aware_at", "assessed_at"): "who assessed it was aware",
} | {(name, "now"): "it has happened, so it does not lie ahead" for name in (
    "found_at", "became_aware_at", "aware_at", "happened_from", "happened_until", "informed_at", "called_at",
    "submitted_at",
)}  # fmt: skip
STRICTLY = {("starts_at", "ends_at"), ("now", "ends_at")}
DAYS = {
    ("found_at", "now"): 31, ("found_at", "became_aware_at"): 31, ("aware_at", "now"): 31, ("informed_at", "now"): 31,
    ("called_at", "now"): 31, ("submitted_at", "now"): 31, ("now", "until"): 31, ("happened_from", "found_at"): 1095,
    ("now", "starts_at"): 1095, ("starts_at", "ends_at"): 1095,
}  # fmt: skip
"""Beyond so many days a person is asked."""
BY_RULE = [pytest.param(order, id=f"{order.earlier} {order.later}") for order in ORDERS]
BY_REACH = [pytest.param(reach, id=reach.key) for reach in REACHES]


def test_the_tables_have_exactly_the_comparisons_with_a_reason():
    """The tests below walk the tables themselves, so they would not miss a rule that is gone."""
    assert {(order.earlier, order.later) for order in ORDERS} == set(CANNOT_BE) and len(ORDERS) == len(CANNOT_BE)
    assert {(order.earlier, order.later) for order in ORDERS if order.strictly} == STRICTLY
    assert {(reach.earlier, reach.later): reach.within.days for reach in REACHES} == DAYS


@pytest.mark.parametrize("order", BY_RULE)
def test_what_comes_later_cannot_lie_before(order):
    [fault] = impossible({order.earlier: NOON, order.later: NOON - MINUTE})
    assert (fault.key, fault.field) == (order.key, order.field or order.later)
    assert fault.values == {"earlier": NOON, "later": NOON - MINUTE}


@pytest.mark.parametrize("order", BY_RULE)
@pytest.mark.parametrize("after", [timedelta(), MINUTE])
def test_a_later_moment_can_be_and_the_same_one_unless_it_is_strictly_later(order, after):
    can_be = after or not order.strictly
    faults = impossible({order.earlier: NOON, order.later: NOON + after})
    assert [fault.key for fault in faults] == ([] if can_be else [order.key])


@pytest.mark.parametrize("order", BY_RULE)
def test_only_known_moments_are_compared(order):
    assert impossible({order.earlier: NOON, order.later: None}) == impossible({order.later: NOON}) == []


@pytest.mark.parametrize("reach", BY_REACH)
def test_what_is_far_apart_is_asked_and_what_is_just_near_is_not(reach):
    def asked(apart):
        moments = {reach.earlier: NOON, reach.later: NOON + apart}
        now = moments.pop("now", NOON)
        return [(fault.key, fault.field) for fault in far_apart(moments, now)]

    assert asked(reach.within) == []
    assert (reach.key, reach.field) in asked(reach.within + MINUTE)


def test_all_impossible_orders_are_reported_together():
    moments = {
        "happened_from": NOON, "found_at": NOON - MINUTE, "became_aware_at": NOON - 2 * MINUTE,
        "happened_until": NOON - 3 * MINUTE,
    }  # fmt: skip
    with pytest.raises(ManyInvalid) as refusal:
        refuse_impossible(moments)
    fields = [fault.field for fault in refusal.value.faults]
    assert fields == ["became_aware_at", "happened_from", "happened_until"]
    with pytest.raises(Invalid, match="aware_before_found"):
        refuse_impossible({"found_at": NOON, "became_aware_at": NOON - MINUTE})

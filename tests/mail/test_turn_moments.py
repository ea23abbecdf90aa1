"""When people are told that it is their turn: at once, then at a quarter, half and three quarters of what is left."""

from datetime import UTC, datetime, timedelta

import pytest

from workflows.mail.turn_moments import moment_at, turn_moments

BEGAN = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAILY = [day * 24 for day in range(4)]


@pytest.mark.parametrize(("hours_left", "hours_after"), [
    (80, [0, 20, 40, 60]), (8, [0, 2, 4, 6]), (4, [0, 1, 2, 3]), (3.9, [0]), (0.5, [0]),
    (None, DAILY), (0, DAILY), (-5, DAILY),
])  # fmt: skip
def test_the_moments_are_counted_from_when_the_step_began_to_wait(hours_left: float | None, hours_after: list[float]):
    ends = None if hours_left is None else BEGAN + timedelta(hours=hours_left)
    assert turn_moments(BEGAN, ends) == tuple(BEGAN + timedelta(hours=after) for after in hours_after)


@pytest.mark.parametrize(("hours", "occasion", "next_after"), [
    (0, 0, 20), (19.9, 0, 20), (20, 1, 40), (40, 2, 60), (60, 3, None), (100, 3, None), (-1, 0, 0),
])  # fmt: skip
def test_what_was_missed_is_one_occasion(hours: float, occasion: int, next_after: int | None):
    moment = moment_at(BEGAN + timedelta(hours=hours), BEGAN, BEGAN + timedelta(hours=80))
    assert moment.occasion == occasion
    assert moment.next_at == (None if next_after is None else BEGAN + timedelta(hours=next_after))

"""A term that the authority moved (its form was down): both moments, and a clock that is not heard again."""

from datetime import datetime, timedelta

import pytest

from tests.factories import FRIDAY_EVENING, a_breach
from tests.workflows.story import Story
from workflows.engine.progress import restart_clock
from workflows.law.periods import MovedTermUnexplained, TermNotMovedOn, is_late
from workflows.notification.ap_clock import AUTHORITY_CLOCK, authority_period
from workflows.notification.ap_notification import AP_NOTIFICATION

HOUR = timedelta(hours=1)
ALARM = FRIDAY_EVENING + 72 * HOUR
UNTIL = ALARM + 96 * HOUR


def moved_term(until: datetime = UNTIL, reason: str = "Het formulier was stuk.", source: str = "Bericht AP") -> dict:
    return {"until": until.isoformat(), "reason": reason, "source": source}


def restarted(hours_later: float, state: str = "running") -> Story:
    """The clock was heard until now, and then the term was moved."""
    story = Story(AP_NOTIFICATION, a_breach())
    story.later(hours_later)
    clock = story.clock("notify-authority")
    clock.state, clock.heard = state, sum(moment <= story.now for moment in clock.moments)
    story.subject.moved_term = moved_term()
    restart_clock(AUTHORITY_CLOCK, story.run, authority_period(story.subject), story.now)
    return story


def test_a_moved_term_has_one_moment_and_keeps_who_moved_it_and_why():
    period = authority_period(a_breach(moved_term=moved_term()))
    assert period.alarm_at == period.due_at == UNTIL
    assert (period.moved.reason, period.moved.source) == ("Het formulier was stuk.", "Bericht AP")
    assert period.hours == 72 and period.counted_from == authority_period(a_breach()).counted_from


def test_a_submission_is_late_only_after_the_moved_moment():
    period = authority_period(a_breach(moved_term=moved_term()))
    assert not is_late(UNTIL - timedelta.resolution, period) and is_late(UNTIL, period)


@pytest.mark.parametrize("missing", ["reason", "source"])
def test_a_moved_term_needs_its_reason_and_its_source(missing: str):
    with pytest.raises(MovedTermUnexplained) as refused:
        authority_period(a_breach(moved_term=moved_term(**{missing: " "})))
    assert refused.value.missing == missing


@pytest.mark.parametrize("until", [ALARM, a_breach().due_at, a_breach().due_at - timedelta.resolution])
def test_a_term_is_never_shortened(until: datetime):
    with pytest.raises(TermNotMovedOn):
        authority_period(a_breach(moved_term=moved_term(until)))


def test_a_term_moved_early_is_heard_at_its_new_moments_only():
    clock = restarted(1).clock("notify-authority")
    assert (clock.alarm_at, clock.due_at, clock.heard) == (UNTIL, UNTIL, 0)
    assert clock.moments == [UNTIL - 48 * HOUR, UNTIL - 24 * HOUR, UNTIL - 4 * HOUR, UNTIL]
    assert clock.next_at == UNTIL - 48 * HOUR


def test_what_was_heard_before_is_not_heard_again():
    """The old alarm had sounded; of the new moments the first lies in the past and is passed over."""
    story = restarted(72 + 49)
    clock = story.clock("notify-authority")
    assert clock.moments[0] <= story.now < clock.moments[1]
    assert (clock.heard, clock.next_at) == (1, UNTIL - 24 * HOUR)


def test_a_term_moved_into_the_past_is_heard_no_more():
    clock = restarted(72 + 97).clock("notify-authority")
    assert (clock.heard, clock.next_at) == (4, None)


def test_a_clock_that_stopped_stays_stopped():
    clock = restarted(1, state="met").clock("notify-authority")
    assert (clock.state, clock.next_at, clock.due_at) == ("met", None, UNTIL)


def test_assessing_again_keeps_the_moved_term():
    breach = a_breach(moved_term=moved_term())
    assert Story(AP_NOTIFICATION, breach).clock("notify-authority").due_at == UNTIL

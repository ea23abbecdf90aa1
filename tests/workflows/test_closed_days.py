"""Days on which nobody is there: they move no term, and people are told of it on the last day before."""

from datetime import UTC, date, datetime, timedelta

import pytest

from workflows.closed_days import ALWAYS_OPEN, ClosedDays, closed_days, last_calls, told_when_open
from workflows.law.gdpr import authority_period
from workflows.law.periods import AMSTERDAM
from workflows.mail.turn_moments import moment_at, turn_moments
from workflows.notification.ap_clock import AUTHORITY_CLOCK

WEEKENDS = ClosedDays(frozenset({6, 7}))
CHRISTMAS = closed_days([6, 7], [{"first": "2026-12-24", "last": "2027-01-01"}])
THREE_DAYS = timedelta(days=3)
AWARE = datetime(2026, 12, 22, 15, tzinfo=UTC)
"""A Tuesday, 16:00 in Amsterdam: the 72 hours end on Friday 25 December at 16:00."""
ENDS = AWARE + THREE_DAYS


def reminders_of(ends: datetime) -> list[datetime]:
    """When the clock of the authority reminds people of a term that ends then."""
    return [ends - before for before in AUTHORITY_CLOCK.remind]


def moments(began: datetime, closed: ClosedDays = ALWAYS_OPEN) -> tuple[datetime, ...]:
    """When people are told of a step whose term of the authority began then."""
    return turn_moments(began, began + THREE_DAYS, closed, reminders_of(began + THREE_DAYS))


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of December 2026 by the clock of Amsterdam, which is an hour ahead of UTC."""
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC) - timedelta(hours=1)


@pytest.mark.parametrize(("day", "is_closed"), [
    (date(2026, 12, 23), False), (date(2026, 12, 24), True), (date(2027, 1, 1), True), (date(2027, 1, 4), False),
    (date(2026, 12, 19), True), (date(2026, 12, 20), True), (date(2026, 12, 21), False),
])  # fmt: skip
def test_a_day_is_closed_by_its_weekday_or_in_a_period(day: date, is_closed: bool):
    assert CHRISTMAS.holds(day) is is_closed and ALWAYS_OPEN.holds(day) is False


def test_the_local_day_counts():
    late = datetime(2026, 12, 23, 23, 30, tzinfo=UTC)
    assert CHRISTMAS.at(late) and not CHRISTMAS.at(late - timedelta(hours=1))
    assert CHRISTMAS.last_open_before(late) == date(2026, 12, 23)


def test_of_a_term_that_ends_while_nobody_is_there_people_are_told_on_the_last_day_before():
    assert local(23, 9) in moments(AWARE, CHRISTMAS)
    assert moments(AWARE, CHRISTMAS) == (AWARE, local(23, 9), local(23, 10))
    assert moments(AWARE) == tuple(AWARE + nth * timedelta(hours=18) for nth in range(4))


def test_no_mail_comes_on_a_day_on_which_nobody_is_there_but_the_first():
    for hours in range(24 * 14):
        began = datetime(2026, 12, 12, tzinfo=UTC) + timedelta(hours=hours)
        first, *later = moments(began, CHRISTMAS)
        assert first == began and all(moment > began and not CHRISTMAS.at(moment) for moment in later)
        assert turn_moments(began, None, CHRISTMAS)[0] == began


def test_a_term_that_began_after_the_last_open_day_is_told_of_at_once_alone():
    began = local(24, 12)
    assert moments(began, CHRISTMAS) == (began,)


FRIDAY = datetime(2026, 12, 11, 9, 10, tzinfo=UTC)
"""A Friday, 10:10 in Amsterdam: the term ends on Monday at 10:10, and the reminders come on Saturday and Sunday."""


def test_before_a_weekend_in_which_reminders_come_people_are_told_on_friday_afternoon():
    assert moments(FRIDAY, WEEKENDS) == (FRIDAY, local(11, 15))
    assert local(11, 15) not in moments(FRIDAY), "an office that is there gets its reminders"


def test_nothing_is_added_where_a_mail_or_a_reminder_comes_on_that_day_already():
    thursday = FRIDAY - timedelta(days=1)  # 48 hours before the end is Friday, 10:10
    assert local(11, 15) not in moments(thursday, WEEKENDS)
    assert last_calls([local(12, 10)], [local(11, 9)], thursday, WEEKENDS) == set()
    assert last_calls([local(12, 10), local(13, 10)], [thursday], thursday, WEEKENDS) == {local(11, 15)}


def test_a_term_that_begins_on_friday_afternoon_was_told_of_just_now():
    for minutes in (0, 30, 120):
        began = local(11, 14, 30) + timedelta(minutes=minutes)
        first, *later = moments(began, WEEKENDS)
        assert first == began and not [at for at in later if at <= local(11, 23)]


def test_every_reminder_on_a_closed_day_has_a_mail_on_the_last_open_day_before():
    """Whenever a term begins: who is there on the last open day was told on it, or nobody could be."""
    for hours in range(24 * 28):
        began = datetime(2026, 12, 7, tzinfo=UTC) + timedelta(hours=hours)
        ends = began + THREE_DAYS
        reminders = reminders_of(ends)
        mails = turn_moments(began, ends, CHRISTMAS, reminders)
        days = {moment.astimezone(AMSTERDAM).date() for moment in (*mails, *reminders)}
        for missed in (moment for moment in reminders if CHRISTMAS.at(moment)):
            day = CHRISTMAS.last_open_before(missed)
            assert day in days or day < began.astimezone(AMSTERDAM).date(), (began, missed)


def test_a_mail_is_added_for_no_reminder_that_its_clock_does_not_send():
    """The clock of a notice reminds 24 and 4 hours before its end alone."""
    began = local(11, 9)  # 48 hours before the end is on Saturday, 24 and 4 hours are on Sunday and Monday
    ends = began + THREE_DAYS
    assert local(11, 15) in turn_moments(began, ends, ClosedDays(frozenset({6})), reminders_of(ends))
    of_notice = [ends - timedelta(hours=24), ends - timedelta(hours=4)]
    assert local(11, 15) not in turn_moments(began, ends, ClosedDays(frozenset({6})), of_notice)


def test_the_clock_of_the_authority_reminds_at_these_hours():
    assert AUTHORITY_CLOCK.remind == (timedelta(hours=48), timedelta(hours=24), timedelta(hours=4))


def test_what_was_missed_is_one_occasion_with_closed_days_too():
    moment = moment_at(local(23, 12), AWARE, ENDS, CHRISTMAS, reminders_of(ENDS))
    assert (moment.occasion, moment.next_at) == (2, None)
    assert moment_at(local(23, 8), AWARE, ENDS, CHRISTMAS, reminders_of(ENDS)).next_at == local(23, 9)


def test_a_term_is_never_moved():
    assert authority_period(AWARE).alarm_at == ENDS


def test_an_organisation_that_is_never_there_is_told_at_once():
    never = ClosedDays(frozenset(range(1, 8)))
    assert told_when_open([AWARE, ENDS], AWARE, ENDS, never) == (AWARE,)

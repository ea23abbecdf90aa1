"""Art. 33(1), 33(2), 34(1) and Regulation 1182/71: every vector, clock changes, a period's two moments."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.law import gdpr, periods

from .vectors import DEADLINES

HOUR = timedelta(hours=1)
TUESDAY = datetime(2026, 11, 10, 11, 17, tzinfo=UTC)

since_2019 = st.datetimes(datetime(2019, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))
around_clock_changes = st.builds(
    lambda day, lead: day + lead,
    st.sampled_from([datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)]),
    st.timedeltas(-timedelta(days=4), timedelta(days=4)),
)
moments = since_2019 | around_clock_changes


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("vector", DEADLINES["controller_72h"], ids=lambda v: v["id"])
def test_authority_period_as_published(vector: dict[str, Any]) -> None:
    period = gdpr.authority_period(moment(vector["aware_at"]))
    assert period.counted_from == moment(vector["counted_from"])
    assert period.alarm_at == moment(vector["alarm_at"])
    assert period.due_at == moment(vector["due_at"])
    assert period.due_at.astimezone(periods.AMSTERDAM).strftime("%A") == vector["due_at_weekday"]
    assert (period.hours, period.agreed) == (vector["hours"], True)


@pytest.mark.parametrize("vector", DEADLINES["contract_hours"], ids=lambda v: v["id"])
def test_contract_hours_as_published(vector: dict[str, Any]) -> None:
    period = gdpr.contract_period(moment(vector["aware_at"]), vector["hours"])
    assert period.alarm_at == period.due_at == moment(vector["due_at"])
    assert period.counted_from == moment(vector["aware_at"])
    assert (period.hours, period.agreed) == (vector["hours"], True)


def test_the_proposal_of_96_hours_read_strictly_is_the_next_full_hour() -> None:
    vector = next(v for v in DEADLINES["contract_hours"] if v["id"] == "omnibus_96h_proposal")
    period = periods.strict_period(moment(vector["aware_at"]), vector["hours"], periods.AMSTERDAM, "given")
    assert period.alarm_at == moment(vector["due_at"])
    assert period.due_at == moment("2026-11-17T18:00:00+01:00")


def test_second_pass_of_the_hour_that_exists_twice_ends_an_hour_after_the_first() -> None:
    first = gdpr.authority_period(moment("2026-10-25T02:30:00+02:00"))
    second = gdpr.authority_period(moment("2026-10-25T02:30:00+01:00"))
    assert second.due_at - first.due_at == second.alarm_at - first.alarm_at == HOUR


def test_period_does_not_depend_on_how_the_moment_is_written() -> None:
    written = [TUESDAY, TUESDAY.astimezone(periods.AMSTERDAM), TUESDAY.astimezone(ZoneInfo("Asia/Kolkata"))]
    counted = {gdpr.authority_period(aware_at) for aware_at in written}
    assert len(counted) == 1
    assert counted.pop().due_at.tzinfo is UTC


def test_the_hour_of_awareness_is_read_on_the_local_wall() -> None:
    kolkata = ZoneInfo("Asia/Kolkata")  # half an hour off the full hours of UTC
    period = gdpr.authority_period(datetime(2026, 11, 10, 12, 17, tzinfo=kolkata), kolkata)
    assert period.counted_from == datetime(2026, 11, 10, 13, 0, tzinfo=kolkata)


def test_without_agreed_hours_the_target_is_24_hours() -> None:
    period = gdpr.contract_period(TUESDAY, None)
    assert period.due_at - TUESDAY == gdpr.INTERNAL_TARGET
    assert (period.hours, period.agreed) == (24, False)


def test_people_are_told_by_the_house_own_target() -> None:
    period = gdpr.people_period(TUESDAY)
    assert period.alarm_at - TUESDAY == gdpr.PEOPLE_TARGET
    assert (period.hours, period.agreed) == (48, False)


@pytest.mark.parametrize("hours", [0, -1])
def test_agreed_hours_must_be_positive(hours: int) -> None:
    with pytest.raises(periods.HoursNotPositive) as refused:
        gdpr.contract_period(TUESDAY, hours)
    assert (refused.value.key, refused.value.hours) == ("hours.not_positive", hours)


def test_a_moment_without_zone_is_refused() -> None:
    naive = datetime(2026, 11, 10, 12, 17)
    period = gdpr.people_period(TUESDAY)
    with pytest.raises(periods.MomentWithoutZone):
        gdpr.authority_period(naive)
    with pytest.raises(periods.MomentWithoutZone):
        gdpr.contract_period(naive, 24)
    with pytest.raises(periods.MomentWithoutZone):
        periods.is_late(naive, period)


@given(moments)
def test_alarm_comes_before_due_and_at_most_an_hour(aware_at: datetime) -> None:
    period = gdpr.authority_period(aware_at)
    assert period.alarm_at < period.due_at <= period.alarm_at + HOUR
    assert period.due_at - period.counted_from == period.alarm_at - aware_at
    assert period.due_at.astimezone(periods.AMSTERDAM).minute == 0


ODD = ("Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns")  # off by a part of an hour, clock changes of one


@settings(max_examples=40)
@given(moments, st.integers(1, 200), st.sampled_from([ZoneInfo(name) for name in ODD]))
def test_due_follows_alarm_within_the_hour_anywhere_and_for_any_hours(at: datetime, hours: int, zone: ZoneInfo) -> None:
    period = periods.strict_period(at, hours, zone, "given")
    assert period.alarm_at < period.due_at <= period.alarm_at + HOUR
    assert period.alarm_at - at == period.due_at - period.counted_from == hours * HOUR


@settings(max_examples=40)
@given(moments, moments)
def test_who_is_aware_later_is_never_due_earlier(one: datetime, other: datetime) -> None:
    earlier, later = sorted((one, other))
    assert gdpr.authority_period(earlier).due_at <= gdpr.authority_period(later).due_at


@settings(max_examples=40)
@given(moments, st.integers(1, 1000))
def test_contract_hours_are_elapsed_hours(aware_at: datetime, hours: int) -> None:
    period = gdpr.contract_period(aware_at, hours)
    assert period.alarm_at == period.due_at == aware_at + hours * HOUR


def test_in_time_means_strictly_before_due() -> None:
    period = gdpr.authority_period(TUESDAY)
    assert not periods.is_late(period.alarm_at, period)
    assert not periods.is_late(period.due_at - timedelta.resolution, period)
    assert periods.is_late(period.due_at, period)


def test_only_a_late_notification_needs_its_reasons() -> None:
    period = gdpr.authority_period(TUESDAY)
    assert not gdpr.late_reason_is_due(period.alarm_at, period, None)
    assert gdpr.late_reason_is_due(period.due_at, period, None)
    assert gdpr.late_reason_is_due(period.due_at, period, "  ")
    assert not gdpr.late_reason_is_due(period.due_at, period, "The processor told us late.")


def test_terms_begin_with_the_regulation() -> None:
    assert gdpr.terms_on(date(2018, 5, 25)).name == "33(1)/2018-05-25"
    with pytest.raises(gdpr.NoTermsInForce) as refused:
        gdpr.terms_on(date(2018, 5, 24))
    assert refused.value.key == "terms.none_in_force"


def test_terms_are_chosen_by_the_day_on_the_local_wall() -> None:
    first_minute = datetime(2018, 5, 25, 0, 0, tzinfo=periods.AMSTERDAM)  # still 24 May in UTC
    assert gdpr.authority_period(first_minute).terms == "33(1)/2018-05-25"
    with pytest.raises(gdpr.NoTermsInForce):
        gdpr.authority_period(first_minute - timedelta.resolution)


def test_a_later_line_decides_from_its_day_and_a_draft_never() -> None:
    high_only = frozenset({"unlikely", "risk"})
    later = gdpr.Terms(date(2028, 1, 1), 96 * HOUR, high_only)
    draft = gdpr.Terms(date(2027, 1, 1), 96 * HOUR, high_only, draft=True)
    table = (later, draft, *gdpr.TERMS)
    assert gdpr.terms_on(date(2027, 12, 31), table) == gdpr.TERMS[0]
    assert gdpr.terms_on(date(2028, 1, 1), table) == later


def test_no_draft_ever_decides() -> None:
    (draft,) = gdpr.drafts()
    assert (draft.hours, draft.threshold, draft.channel) == (96, "high", "single_entry")
    assert draft.name == "33(1)/COM(2025) 837"
    assert gdpr.terms_on(date.max) == gdpr.TERMS[0]


def test_what_is_stored_with_the_breach_names_hours_threshold_and_channel() -> None:
    stored = gdpr.terms_on(date(2026, 11, 10)).to_store()
    assert stored == {"name": "33(1)/2018-05-25", "hours": 72, "threshold": "risk", "channel": "ap_form"}


OUTAGE = ("The form was out of order from 7 to 10 May 2021.", "the authority's own notice")


def test_a_moved_term_says_who_moved_it_and_why() -> None:
    period = gdpr.authority_period(moment("2021-05-07T09:30:00+02:00"))
    until = moment("2021-05-14T00:00:00+02:00")
    later = periods.moved(period, periods.MovedTerm(until, *OUTAGE))
    assert later.alarm_at == later.due_at == until
    assert later.moved is not None and (later.moved.reason, later.moved.source) == OUTAGE
    assert (later.counted_from, later.hours, later.terms) == (period.counted_from, period.hours, period.terms)


@pytest.mark.parametrize("missing", ["reason", "source"])
def test_a_term_is_not_moved_without_reason_and_source(missing: str) -> None:
    with pytest.raises(periods.MovedTermUnexplained) as refused:
        periods.MovedTerm(TUESDAY, **{"reason": "outage", "source": "notice", missing: " "})
    assert refused.value.missing == missing


def test_a_moved_term_never_shortens_and_has_a_zone() -> None:
    period = gdpr.authority_period(TUESDAY)
    with pytest.raises(periods.TermNotMovedOn):
        periods.moved(period, periods.MovedTerm(period.due_at, *OUTAGE))
    with pytest.raises(periods.MomentWithoutZone):
        periods.MovedTerm(datetime(2021, 5, 14), *OUTAGE)

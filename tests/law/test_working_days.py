"""Regulation 1182/71 Art. 3(5): every vector's working days, and the days the holidays package and a decree give."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.words.dutch_holidays import HolidaysUnreadable, dutch_holidays, extra_days
from workflows.law import gdpr
from workflows.law.periods import AMSTERDAM
from workflows.law.working_days import working_days

from .vectors import DEADLINES

YEARS = (2025, 2026, 2027, 2028)
LISTED = {year: [day["date"] for day in DEADLINES["public_holidays_nl"][year]] for year in YEARS}
HOLIDAYS = dutch_holidays((2020, 2021, *YEARS))
SUNDAY = 6


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


@pytest.mark.parametrize("vector", DEADLINES["controller_72h"], ids=lambda v: v["id"])
def test_working_days_as_published(vector: dict[str, Any]) -> None:
    period = gdpr.authority_period(datetime.fromisoformat(vector["aware_at"]))
    days, published = working_days(period.counted_from, period.due_at, HOLIDAYS), vector["art_3_5"]
    assert (days.touched, days.full) == (published["working_days_touched"], published["working_days_full"])
    assert days.lenient_touch == moment(published["lenient_touch"])
    assert days.lenient_full == moment(published["lenient_full"])


@pytest.mark.parametrize("year", YEARS)
def test_holidays_as_published(year: int) -> None:
    ours = dutch_holidays([year])
    assert ours >= set(LISTED[year])
    assert all(f"{day['date']:%a}" == day["weekday"] for day in DEADLINES["public_holidays_nl"][year])
    assert all(day.weekday() == SUNDAY for day in ours - set(LISTED[year]))  # Easter and Whit Sunday


def test_less_than_two_days_has_no_minimum() -> None:
    friday = datetime.fromisoformat("2026-11-13T17:00:00+01:00")
    days = working_days(friday, friday + timedelta(hours=47), HOLIDAYS)
    assert (days.touched, days.lenient_touch, days.lenient_full) == (1, None, None)


def test_holidays_are_an_argument() -> None:
    period = gdpr.authority_period(datetime.fromisoformat("2026-11-10T12:17:00+01:00"))
    wednesday = date(2026, 11, 11)
    without = working_days(period.counted_from, period.due_at, ())
    assert working_days(period.counted_from, period.due_at, {wednesday}).full == without.full - 1


@settings(max_examples=25)
@given(st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 20), timezones=st.just(AMSTERDAM)))
def test_the_lenient_ends_lie_after_the_period_and_have_two_days(aware_at: datetime) -> None:
    period = gdpr.authority_period(aware_at)
    days = working_days(period.counted_from, period.due_at, HOLIDAYS)
    assert days.full <= days.touched <= 4
    for kind in ("touched", "full"):
        end = days.lenient_touch if kind == "touched" else days.lenient_full
        assert (end is None) == (getattr(days, kind) >= 2)
        if end is not None:
            assert end > period.due_at
            assert getattr(working_days(period.counted_from, end, HOLIDAYS), kind) == 2


def test_a_decree_adds_a_day(tmp_path: Path) -> None:
    listed = tmp_path / "days.toml"
    listed.write_text('[[day]]\ndate = 2026-05-15\nname = "vrijdag"\ndecree = "Staatsblad"\n', "utf-8")
    assert date(2026, 5, 15) in dutch_holidays([2026], listed)
    assert date(2026, 5, 15) not in dutch_holidays([2026])


@pytest.mark.parametrize(
    "text",
    ["[[day]]\ndate = 2026-05-15\n", '[[day]]\ndate = "2026-05-15"\ndecree = "x"\n', "day = 3\n", "day = [1]\n", "[["],
)
def test_a_list_of_days_that_is_wrong_is_refused(text: str, tmp_path: Path) -> None:
    listed = tmp_path / "days.toml"
    listed.write_text(text, "utf-8")
    with pytest.raises(HolidaysUnreadable):
        extra_days(listed)

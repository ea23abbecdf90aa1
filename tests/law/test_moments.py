"""Reading local times: read when they exist once, refused when never, asked when twice."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.law import moments

from .vectors import DEADLINES


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-21T08:40", datetime(2026, 11, 21, 7, 40, tzinfo=UTC)),
        (" 2026-07-21 08:40:59 ", datetime(2026, 7, 21, 6, 40, 59, tzinfo=UTC)),
        ("2026-11-21T08:40+01:00", datetime(2026, 11, 21, 7, 40, tzinfo=UTC)),
        ("2026-11-21T08:40:00.5Z", datetime(2026, 11, 21, 8, 40, 0, 500_000, tzinfo=UTC)),
        ("2026-10-25T02:30+01:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    ],
)
def test_reads_local_time_and_time_with_an_offset(text: str, instant: datetime) -> None:
    read = moments.read_local(text)
    assert read == instant
    assert read.tzinfo is UTC


@pytest.mark.parametrize("vector", DEADLINES["controller_72h"], ids=lambda v: v["id"])
def test_published_moments_are_what_the_wall_clock_showed(vector: dict[str, str]) -> None:
    shown = datetime.fromisoformat(vector["aware_at"])
    assert moments.read_local(shown.replace(tzinfo=None).isoformat(), fold=int(vector["fold"])) == shown


@pytest.mark.parametrize("vector", DEADLINES["nonexistent_local_times"], ids=lambda v: v["local"])
def test_refuses_a_local_time_that_does_not_exist(vector: dict[str, str]) -> None:
    for fold in (None, 0, 1):
        with pytest.raises(moments.MomentDoesNotExist) as refused:
            moments.read_local(vector["local"], fold=fold)
        assert refused.value.key == "moment.does_not_exist"


def test_asks_which_when_a_local_time_exists_twice() -> None:
    with pytest.raises(moments.MomentIsTwice) as asked:
        moments.read_local("2026-10-25T02:30")
    first, second = asked.value.first, asked.value.second
    assert (first, second - first) == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), timedelta(hours=1))
    assert moments.read_local("2026-10-25T02:30", fold=0) == first
    assert moments.read_local("2026-10-25T02:30", fold=1) == second


def test_fold_changes_nothing_for_a_time_that_exists_once() -> None:
    assert moments.read_local("2026-11-21T08:40", fold=0) == moments.read_local("2026-11-21T08:40", fold=1)


def test_a_wrong_fold_is_refused() -> None:
    with pytest.raises(moments.MomentIsTwice):
        moments.read_local("2026-10-25T02:30", fold=2)


def test_the_zone_decides() -> None:
    assert moments.read_local("2026-03-29T02:30", "Asia/Kolkata") == datetime(2026, 3, 28, 21, 0, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Europe/Amsterdm", "", "../etc", "Europe", "a\0b"])
def test_an_unknown_zone_is_named(zone: str) -> None:
    with pytest.raises(moments.ZoneUnknown) as refused:
        moments.read_local("2026-11-21T08:40", zone)
    assert refused.value.zone == zone


@pytest.mark.parametrize(
    "text",
    [
        *("", "yesterday", "2026-11-21", "20261121T0840", "2026-W47-6T08:40", "21-11-2026 08:40"),
        *("2026-02-29T08:40", "2026-11-21T24:00", "2026-11-21T08:60", "2026-11-21T08:40+25:00"),
        *("٢٠٢٦-11-21T08:40", "2026-11-21T08:40\n2026", "0001-01-01T00:00", "9999-12-31T23:59-05:00"),
    ],
)
def test_refuses_what_is_not_a_day_and_a_time(text: str) -> None:
    with pytest.raises(moments.MomentUnreadable) as refused:
        moments.read_local(text)
    assert refused.value.key == "moment.unreadable"


def test_what_happened_does_not_lie_ahead() -> None:
    now = datetime(2026, 11, 21, 7, 40, tzinfo=UTC)
    moments.refuse_future(now, now)
    with pytest.raises(moments.MomentInFuture) as refused:
        moments.refuse_future(now + timedelta.resolution, now)
    assert refused.value.key == "moment.in_future"


@settings(max_examples=50)
@given(st.datetimes(datetime(2019, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)))
def test_what_a_wall_clock_shows_is_read_back(instant: datetime) -> None:
    shown = instant.astimezone(ZoneInfo("Europe/Amsterdam"))
    assert moments.read_local(shown.replace(tzinfo=None).isoformat(), fold=shown.fold) == instant
    assert moments.read_local(shown.isoformat()) == instant

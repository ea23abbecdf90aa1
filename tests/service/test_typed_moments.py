"""Days and times as people type them: the day before the month, nothing guessed, each refusal in words."""

from datetime import date, datetime, time, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from service.http.faults import message
from service.words.moments import day_in_words
from service.words.texts import LOCALES
from service.words.typed_moments import day_to_type, read_day, read_time, typed_moment
from tenants.errors import Invalid, ManyInvalid

THIRD = date(2026, 12, 3)
WAYS = (
    "3-12-2026", "03-12-2026", "3/12/2026", "03/12/2026", "3.12.2026", "3 12 2026", "03122026", "2026-12-03",
    "3 december 2026", "3 dec 2026", "3 dec. 2026", "3 Dec 2026", "3rd of December 2026", "3e december 2026",
    "December 3, 2026", "do 3 december 2026", "donderdag 3-12-2026", "Thursday, 3 December 2026", "Thu 3 Dec 2026",
    "\u200e3-12-2026", "\u00a03 december\u00a02026 ",
)  # fmt: skip
REFUSED = {
    "12/25/2026": "moment.month_first", "31-4-2026": "moment.day_not_there", "29-2-2026": "moment.day_not_there",
    "3-12-26": "moment.year_short", "3 dec 26": "moment.year_short", "3-12": "moment.year_missing",
    "3 december": "moment.year_missing", "morgen": "moment.day_unreadable", "3-13-2026-1": "moment.day_unreadable",
    "3 foo 2026": "moment.day_unreadable", "woensdag 3-12-2026": "moment.weekday_differs",
    "3-12-20266": "moment.year_strange", "0-0-2026": "moment.day_not_there", "1-1-1812": "moment.year_strange",
    "9" * 5000: "moment.day_unreadable", "３-１２-２０２６": "moment.day_unreadable",
}  # fmt: skip
CLOCKS = {
    "14:05": time(14, 5), "14.05": time(14, 5), "1405": time(14, 5), "14u05": time(14, 5), "14h05": time(14, 5),
    "9:05": time(9, 5), "0:00": time(0), "14:05:33": time(14, 5, 33), "2.05 pm": time(14, 5), "2:05pm": time(14, 5),
    "12:30 a.m.": time(0, 30), "14 uur": time(14), "14:05 uur": time(14, 5), "23:59": time(23, 59),
}  # fmt: skip
NO_CLOCKS = ("24", "25:00", "14:60", "24:01", "half drie", "14:5", "13:00 pm", "0:30 am", "9" * 3000)


@pytest.mark.parametrize("text", WAYS)
def test_a_day_is_read_in_each_way_that_people_write_it(text: str) -> None:
    assert read_day(text) == THIRD


@pytest.mark.parametrize(("text", "key"), REFUSED.items(), ids=lambda value: value[:20])
def test_a_day_that_cannot_be_is_refused_in_words_with_what_was_typed(app: Flask, text: str, key: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_day(text)
    assert refusal.value.key == key
    for language in LOCALES:
        with app.test_request_context(headers={"Cookie": f"language={language}"}):
            assert text[:40] in message(key, refusal.value.values)


def test_a_month_in_front_is_asked_about_with_the_day_in_words(app: Flask) -> None:
    with pytest.raises(Invalid) as refusal, app.test_request_context():
        read_day("12/25/2026")
    with app.test_request_context():
        assert "Bedoelt u vrijdag 25 december 2026?" in message(refusal.value.key, refusal.value.values)


@pytest.mark.parametrize(("text", "meant"), CLOCKS.items())
def test_a_time_is_read_in_each_way_that_people_write_it(text: str, meant: time) -> None:
    assert read_time(text) == meant


@pytest.mark.parametrize("text", NO_CLOCKS, ids=lambda text: text[:10])
def test_a_time_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_time(text)
    assert refusal.value.key == "moment.time_unreadable"


@pytest.mark.parametrize("text", ["9", "09", "14", "1", "23"])
def test_an_hour_alone_is_not_guessed_and_the_words_say_how_to_type_it(app: Flask, text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_time(text)
    assert refusal.value.key == "moment.time_without_minutes"
    with app.test_request_context():
        assert f"typ dan {text}:00" in message(refusal.value.key, refusal.value.values)
    assert read_time(f"{text}:00") == time(int(text))


def test_midnight_is_the_day_after() -> None:
    with pytest.raises(Invalid) as refusal:
        read_time("24:00")
    assert refusal.value.key == "moment.time_24"


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.integers(0, 24 * 3600 - 1), st.sampled_from(LOCALES))
def test_what_a_page_shows_is_read_as_the_same_moment(day: date, second: int, language: str) -> None:
    exact = datetime.combine(day, time()) + timedelta(seconds=second)
    assert datetime.fromisoformat(typed_moment(day_to_type(day, language), f"{exact:%H:%M:%S}")) == exact


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(LOCALES))
def test_what_a_page_says_in_words_is_read_as_the_same_day(app: Flask, day: date, language: str) -> None:
    with app.test_request_context(headers={"Cookie": f"language={language}"}):
        assert read_day(day_in_words(day)) == day


@given(st.text(max_size=30), st.text(max_size=30))
def test_anything_is_read_or_refused(day: str, clock: str) -> None:
    try:
        datetime.fromisoformat(typed_moment(day, clock))
    except ManyInvalid as refusal:
        assert refusal.faults


def test_a_day_that_is_pasted_with_its_time_is_both() -> None:
    for pasted in ("3-12-2026 14:05", "2026-12-03T14:05", "donderdag 3 december 2026, 14:05", "3 dec 2026 om 14:05"):
        assert typed_moment(pasted, "") == "2026-12-03T14:05"


@pytest.mark.parametrize(("day", "clock", "keys"), [
    ("3-12-2026", "", ["moment.time_missing"]), ("", "14:05", ["moment.day_missing"]),
    ("gisteren", "", ["moment.day_unreadable", "moment.time_missing_too"]),
    ("3-13-2026", "25:00", ["moment.month_first", "moment.time_unreadable"]),
    ("3-12-2026", "24:00", ["moment.time_24"]),
])  # fmt: skip
def test_all_that_is_wrong_is_told_at_once(app: Flask, day: str, clock: str, keys: list[str]) -> None:
    with pytest.raises(ManyInvalid) as refusal:
        typed_moment(day, clock)
    assert [fault.key for fault in refusal.value.faults] == keys
    with app.test_request_context():
        assert all(message(fault.key, fault.values) for fault in refusal.value.faults)

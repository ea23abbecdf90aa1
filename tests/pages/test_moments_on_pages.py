"""Moments on pages have their year when it is not this year, and always on paper; long lateness is told in days."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from markupsafe import Markup, escape

from service.words.moments import local_moment, moment_on_page, time_left
from service.words.texts import t
from tests.house.reading import TEMPLATES

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
AT = datetime(2026, 11, 29, 21, 57, tzinfo=UTC)
NEW_YEAR = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
WITH_SPAN = r"""(?:moment_words|local_moment)\((?![^)]*["'](?:full|whole|day|time)["'])"""
IN_ATTRIBUTE = re.compile(rf"""="[^"]*\{{\{{[^}}]*{WITH_SPAN}""")


@pytest.mark.parametrize(("style", "on_screen", "on_paper"), [
    ("short", "zo 29 nov 22:57", 'zo 29 nov<span class="year"> 2026</span> 22:57'),
    ("long", "zondag 29 november, 22:57", 'zondag 29 november<span class="year"> 2026</span>, 22:57'),
])  # fmt: skip
def test_the_year_of_now_is_for_paper(app: Flask, style: str, on_screen: str, on_paper: str) -> None:
    with app.test_request_context():
        moment = moment_on_page(AT, style, NOW)
        assert str(moment) == on_screen and escape(moment) == Markup(on_paper)


def test_another_year_is_on_the_screen_too(app: Flask) -> None:
    with app.test_request_context():
        later = NOW + timedelta(days=365)
        assert escape(moment_on_page(AT, "short", later)) == "zo 29 nov 2026 22:57"
        assert str(moment_on_page(AT, "long", later)) == "zondag 29 november 2026, 22:57"


def test_the_year_is_that_of_the_reader_and_not_of_greenwich(app: Flask) -> None:
    with app.test_request_context():
        assert str(moment_on_page(NEW_YEAR, "short", NOW)) == "vr 1 jan 2027 00:30"
        assert str(moment_on_page(NEW_YEAR, "short", NEW_YEAR + timedelta(hours=1))) == "vr 1 jan 00:30"


@pytest.mark.parametrize("style", ["full", "whole", "day"])
def test_a_moment_in_a_text_has_its_year(app: Flask, style: str) -> None:
    with app.test_request_context():
        assert "2026" in local_moment(AT, style) == moment_on_page(AT, style, NOW)


def test_a_text_with_a_moment_stays_safe(app: Flask) -> None:
    with app.test_request_context():
        words = t("term.approve", moment=moment_on_page(AT, "long", NOW), reason="<b>", source="AP")
    assert '<span class="year"> 2026</span>' in words and "&lt;b&gt;" in escape(words) and "<b>" not in words


def test_no_attribute_holds_a_moment_with_a_span() -> None:
    assert [file.name for file in TEMPLATES if IN_ATTRIBUTE.search(file.read_text("utf-8"))] == []


@pytest.mark.parametrize(("hours", "minutes", "words"), [
    (-1, 0, "1 u 00"), (8, 5, "te laat: 8 u 05"), (72, 0, "te laat: 72 u 00"), (72, 1, "3 dagen te laat"),
    (6111, 34, "254 dagen te laat"),
])  # fmt: skip
def test_long_lateness_is_told_in_days(app: Flask, hours: int, minutes: int, words: str) -> None:
    with app.test_request_context():
        assert time_left(NOW - timedelta(hours=hours, minutes=minutes), NOW) == words

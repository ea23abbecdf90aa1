"""What the walk over all pages and mails calls a day in the wrong order (tests/pages/days_written.py)."""

import pytest

from tests.pages.days_written import wrongly_written


@pytest.mark.parametrize(("html", "language", "wrong"), [
    ("<p>zaterdag 28 november 2026, 14:05</p>", "nl", []), ("<p>za 28 nov 14:05</p>", "nl", []),
    ('<input value="28-11-2026">', "nl", []), ('<input value="28/11/2026">', "en", []),
    ("<p>In november 2026 kwam 3 december</p>", "nl", []), ("<p>ref DL-2026-0014, AP-2026-11-9x</p>", "nl", []),
    ("<p>2026-11-28</p>", "nl", ["2026-11-28"]), ('<input value="2026-11-28">', "en", ["2026-11-28"]),
    ("<p>November 28, 2026</p>", "en", ["November 28"]), ("<p>Nov 3rd</p>", "en", ["Nov 3rd"]),
    ("<p>11/28/2026</p>", "en", ["11/28/2026"]), ("<p>11-28-2026</p>", "nl", ["11-28-2026"]),
    ("<p>28/11/2026</p>", "nl", ["28/11/2026"]), ("<p>28-11-2026</p>", "en", ["28-11-2026"]),
    ('<time datetime="2026-11-28T14:05">28 nov</time><input type="hidden" name="x" value="2026-11-28">', "nl", []),
    ('<td title="2026-11-28">gisteren</td>', "nl", ["2026-11-28"]), ("<script>2026-11-28</script>", "nl", []),
])  # fmt: skip
def test_a_day_is_written_day_first(html: str, language: str, wrong: list[str]) -> None:
    assert wrongly_written(html, language) == wrong

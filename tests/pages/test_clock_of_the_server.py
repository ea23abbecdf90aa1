"""In Chromium: countdowns follow the server's time, and screen readers hear little."""

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.factories import a_member, an_organisation, an_own_breach
from tests.pages.conftest import slug_of
from tests.pages.in_chromium import has_session, nothing_sticks_out

HOUR_MS, MINUTE_MS = 3_600_000, 60_000
NOW = "Date.now()"
LEFT = re.compile(r"(\d+) u (\d+)")
DIFFERS = "[data-clock-differs]"
SPOKEN = """() => { window.spoken = [];
  const region = document.querySelector("[data-announcer]");
  new MutationObserver(() => spoken.push([region.textContent, performance.now()]))
    .observe(region, { childList: true, characterData: true, subtree: true }); }"""


@pytest.fixture
def breach_page(browse: Callable[..., Page], site: str) -> Callable[..., Page]:
    """The page of a breach of an hour ago, by a computer whose clock is this many minutes wrong."""
    house = an_organisation("Bakkerij")
    officer = a_member(house)
    breach = an_own_breach(house, officer)

    def opened(minutes_wrong: int, **options: object) -> Page:
        page = browse(**options)
        at = page.evaluate(NOW) + minutes_wrong * MINUTE_MS
        page.clock.install(time=at / 1000)
        has_session(page, officer, site)
        page.goto(f"/o/{slug_of(house)}/breaches/{breach}")
        return page

    return opened


def minutes_left(page: Page) -> int:
    """What the countdown says, in minutes."""
    said = LEFT.search(page.locator("time[data-until]").first.inner_text())
    assert said
    return int(said[1]) * 60 + int(said[2])


@pytest.mark.parametrize(("wrong", "words"), [
    (-7, "loopt 7 minuten achter. De termijnen hier volgen de tijd van Meldketen."),
    (185, "loopt 3 uur voor."), (-3 * 1440 - 5, "loopt 3 dagen achter."),
])  # fmt: skip
def test_a_countdown_follows_the_server_and_the_page_says_that_the_computer_differs(
    breach_page: Callable[..., Page], wrong: int, words: str
) -> None:
    right = minutes_left(breach_page(0))
    page = breach_page(wrong, locale="en-US", timezone_id="America/New_York")
    assert abs(minutes_left(page) - right) <= 2
    expect(page.locator(DIFFERS)).to_contain_text(words)
    nothing_sticks_out(page)


def test_a_clock_that_is_right_is_not_spoken_of(breach_page: Callable[..., Page]) -> None:
    page = breach_page(0)
    expect(page.locator("time[data-until]").first).to_be_visible()
    expect(page.locator(DIFFERS)).to_be_hidden()


def test_a_countdown_goes_on_for_an_hour_without_a_click(breach_page: Callable[..., Page]) -> None:
    page = breach_page(-7)
    before = minutes_left(page)
    page.clock.fast_forward(HOUR_MS)
    assert abs(before - minutes_left(page) - 60) <= 1


def test_a_clock_that_is_set_while_the_page_is_open_changes_no_countdown(breach_page: Callable[..., Page]) -> None:
    page = breach_page(0)
    before = minutes_left(page)
    with page.expect_response("**/session/end"):
        page.clock.set_system_time(page.evaluate(NOW) / 1000 + 3 * 3600)
        page.clock.run_for(20_000)
    expect(page.locator(DIFFERS)).to_contain_text("loopt 3 uur voor")
    page.clock.run_for(20_000)
    assert abs(before - minutes_left(page)) <= 2


def test_a_clock_that_is_set_forward_does_not_say_that_a_term_has_passed(breach_page: Callable[..., Page]) -> None:
    """The page asks the server first: of the 71 hours that are left none has gone."""
    page = breach_page(0)
    page.evaluate(SPOKEN)
    before = minutes_left(page)
    with page.expect_response("**/session/end"):
        page.clock.set_system_time(page.evaluate(NOW) / 1000 + 100 * 3600)
        page.clock.run_for(20_000)
    expect(page.locator(DIFFERS)).to_contain_text("loopt 4 dagen voor")
    page.clock.run_for(40_000)
    assert abs(before - minutes_left(page)) <= 2 and page.locator("time.late-text").count() == 0
    assert page.evaluate("spoken") == []


def test_changes_are_read_at_most_once_in_thirty_seconds(breach_page: Callable[..., Page]) -> None:
    page = breach_page(0)
    page.evaluate(SPOKEN)
    for count in range(40):
        say = f"import('/static/announcements.js').then(m => m.announce('sums', '{count} van 40 bereikt'))"
        page.evaluate(say)
        page.clock.run_for(3_000)
    page.clock.run_for(60_000)
    spoken = page.evaluate("spoken")
    apart = [later[1] - earlier[1] for earlier, later in pairwise(spoken)]
    assert spoken[0][0] == "0 van 40 bereikt" and spoken[-1][0] == "39 van 40 bereikt"
    assert 2 < len(spoken) < 8 and min(apart) >= 30_000


def test_what_is_said_twice_is_read_once(breach_page: Callable[..., Page]) -> None:
    page = breach_page(0)
    page.evaluate(SPOKEN)
    for _ in range(3):
        page.evaluate("import('/static/announcements.js').then(m => m.announce('lost', 'Geen verbinding'))")
        page.clock.run_for(40_000)
    assert [words for words, _ in page.evaluate("spoken")] == ["Geen verbinding"]

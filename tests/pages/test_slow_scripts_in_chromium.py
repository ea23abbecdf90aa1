"""A slow connection brings the page before its scripts: keys that are pressed in between count, and stay in place."""

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.factories import an_office
from tests.pages.conftest import slug_of
from tests.pages.in_chromium import has_session

Browse = Callable[..., Page]


def test_what_is_ticked_before_the_script_comes_is_taken_and_the_cursor_stays(browse: Browse, site: str) -> None:
    office = an_office(3)
    page = browse()
    has_session(page, office.officer, site)
    page.goto(f"/o/{slug_of(office.id)}/incidents/new")
    held: list[Route] = []
    page.route("**/meldketen.js*", lambda route: held.append(route))
    page.get_by_label("Zoek op naam of klantnummer").fill("K000")
    page.locator("button[name=look]").press("Enter", no_wait_after=True)
    first, second = (page.locator(f'input[type="checkbox"][value="{number}"]') for number in ("K0002", "K0001"))
    first.press("Space")
    second.focus()
    page.wait_for_function("() => document.readyState === 'interactive'")
    for route in held:
        route.continue_()
    page.wait_for_load_state("load")
    expect(second).to_be_focused()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Zet de aangevinkte").press("Enter")
    expect(page.locator("#f-clients-0-client_number")).to_have_value("K0002")
    expect(page.locator("#f-clients-1-client_number")).to_have_value("K0001")

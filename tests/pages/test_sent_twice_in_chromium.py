"""S5 in a real Chromium: a double click, "back" and again, and a reload are one."""

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.conftest import Database
from tests.factories import a_member, an_office
from tests.pages.conftest import slug_of
from tests.pages.forms import local
from tests.pages.in_chromium import fill_moment, has_session

Browse = Callable[..., Page]
HOW_MANY = "select count(*) as n from breach where title = :title"


def fill_in(page: Page, title: str) -> None:
    page.locator("#f-title").fill(title)
    page.locator("#f-description").fill("Een map met dossiers is weg.")
    for name, hours in (("Wanneer is het ontdekt?", 3), ("Vanaf wanneer wist u", 2)):
        fill_moment(page, name, local(hours))


def test_a_double_click_and_back_make_one_breach(browse: Browse, site: str, database: Database) -> None:
    office = an_office(0)
    page = browse()
    has_session(page, a_member(office.id, name="Anna"), site)
    address = f"/o/{slug_of(office.id)}/breaches/new"
    page.goto(address)
    fill_in(page, "Dubbel geklikt")
    page.get_by_role("button", name="Vastleggen in het register").dblclick()
    expect(page.get_by_role("heading", name="Dubbel geklikt")).to_be_visible()
    breach = page.url
    assert database.outside(HOW_MANY, title="Dubbel geklikt")[0]["n"] == 1
    page.go_back()
    expect(page.locator("#f-title")).to_have_value("Dubbel geklikt")
    fill_in(page, "Dubbel geklikt")
    page.get_by_role("button", name="Vastleggen in het register").click()
    page.get_by_role("link", name="Bekijken wat er toen is vastgelegd").click()
    expect(page).to_have_url(breach)
    assert database.outside(HOW_MANY, title="Dubbel geklikt")[0]["n"] == 1


def test_a_reload_of_what_was_sent_leads_to_it(browse: Browse, site: str, database: Database) -> None:
    """A reload sends the form again, as after a time-out: here while its first answer was lost on the way."""
    office = an_office(0)
    page = browse()
    has_session(page, a_member(office.id, name="Anna"), site)
    page.goto(f"/o/{slug_of(office.id)}/breaches/new")
    fill_in(page, "Antwoord kwijt")

    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.fulfill(status=504, body="<p>Time-out</p>", content_type="text/html")

    page.route("**/breaches/new", lose, times=1)
    page.get_by_role("button", name="Vastleggen in het register").click()
    expect(page.get_by_text("Time-out")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Antwoord kwijt")).to_be_visible()
    expect(page.locator("body")).to_contain_text("Dit formulier was al verstuurd")
    assert database.outside(HOW_MANY, title="Antwoord kwijt")[0]["n"] == 1

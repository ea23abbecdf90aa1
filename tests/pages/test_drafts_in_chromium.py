"""In a real Chromium: what is typed comes back after a closed tab, on another device and after an ended session."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Database
from tests.factories import Office, a_member, an_office, an_own_breach
from tests.pages.conftest import slug_of
from tests.pages.forms import local
from tests.pages.in_chromium import fill_moment, has_session, nothing_sticks_out

Browse = Callable[..., Page]
WORDS = "Het back-upstation is weg na de verhuizing."
SAVED = "[data-draft-said]"


@pytest.fixture(scope="module")
def house(database: Database) -> Office:
    return an_office(2)


def typing(browse: Browse, site: str, office: Office, where: str) -> Page:
    page = browse()
    has_session(page, a_member(office.id, name="Anna"), site)
    page.goto(f"/o/{slug_of(office.id)}/{where}")
    return page


def test_what_is_typed_is_saved_within_seconds_and_is_there_in_a_new_tab(
    browse: Browse, site: str, house: Office
) -> None:
    page = typing(browse, site, house, "incidents/new")
    page.locator("#f-description").press_sequentially(WORDS, delay=5)
    expect(page.locator(SAVED)).to_contain_text("Concept bewaard om")
    address, context = page.url, page.context
    page.close()
    again = context.new_page()
    again.goto(address)
    expect(again.locator("#draft")).to_contain_text("Uw concept van")
    expect(again.locator("#f-description")).to_have_value(WORDS)
    nothing_sticks_out(again)
    again.get_by_role("link", name="Concept weggooien").click()
    again.get_by_role("button", name="Ja, gooi het concept weg").click()
    expect(again.locator("#f-description")).to_have_value("")


def test_a_tab_that_is_closed_at_once_loses_nothing_and_another_device_goes_on(
    browse: Browse, site: str, house: Office
) -> None:
    page, other = browse(), browse()
    who = a_member(house.id, name="Anna")
    for browser in (page, other):
        has_session(browser, who, site)
    address = f"/o/{slug_of(house.id)}/breaches/new"
    page.goto(address)
    page.locator("#f-description").fill(WORDS)
    page.close(run_before_unload=True)
    for _ in range(50):
        other.goto(address)
        if other.locator("#f-description").input_value():
            break
    expect(other.locator("#f-description")).to_have_value(WORDS)


def test_what_is_typed_right_before_a_refused_send_is_in_the_draft(browse: Browse, site: str, house: Office) -> None:
    page = typing(browse, site, house, "breaches/new")
    page.locator("#f-title").fill("Laptop kwijt")
    expect(page.locator(SAVED)).to_contain_text("Concept bewaard om")
    page.locator("#f-description").fill(WORDS)
    page.get_by_role("button", name="Vastleggen in het register").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.locator(SAVED)).to_contain_text("Concept bewaard om")
    again = page.context.new_page()
    again.goto(page.url)
    expect(again.locator("#f-description")).to_have_value(WORDS)


def test_what_stands_on_the_check_page_is_in_the_draft(browse: Browse, site: str, house: Office) -> None:
    page = typing(browse, site, house, "incidents/new")
    address = page.url
    page.get_by_label("Korte titel").fill("Back-upstation kwijt")
    for title, hours in (("Wanneer is het ontdekt?", 3), ("Vanaf wanneer wist uw kantoor", 2)):
        fill_moment(page, title, local(hours))
    page.get_by_label("Loonadministratie, alleen verwerken").check()
    page.get_by_label("Burgerservicenummer (BSN)").check()
    page.locator('[name="clients.0.client_number"]').fill("K0001")
    page.locator("#f-description").fill(WORDS)
    with page.expect_response("**/drafts/incident") as saved:
        page.get_by_role("button", name="Verder: nakijken").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Kijk dit na voor u verstuurt")
    assert saved.value.ok
    again = page.context.new_page()
    again.goto(address)
    expect(again.locator("#f-description")).to_have_value(WORDS)


def test_a_nul_that_was_pasted_ends_no_draft(browse: Browse, site: str, house: Office) -> None:
    page = typing(browse, site, house, "breaches/new")
    page.locator("#f-description").evaluate(
        "(field) => { field.value = 'voor\\0na'; field.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    expect(page.locator(SAVED)).to_contain_text("Concept bewaard om")
    expect(page.locator("#f-description")).to_have_value("voorna")


def test_a_second_tab_is_told_of_and_both_texts_are_kept(browse: Browse, site: str, house: Office) -> None:
    first = typing(browse, site, house, "breaches/new")
    second = first.context.new_page()
    second.goto(first.url)
    for page, words in ((first, "Uit het eerste tabblad"), (second, "Uit het tweede tabblad")):
        page.locator("#f-description").fill(words)
        expect(page.locator(SAVED)).to_contain_text("Concept bewaard om")
    third = first.context.new_page()
    third.goto(first.url)
    expect(third.locator("#f-description")).to_have_value("Uit het tweede tabblad")
    third.locator("#f-title").fill("Verder in het derde")
    expect(third.locator(SAVED)).to_contain_text("Concept bewaard om")
    second.locator("#f-title").fill("Verder in het tweede")
    expect(second.locator("[data-draft-beside]")).to_contain_text("Beide teksten blijven bewaard")
    third.reload()
    expect(third.locator("#f-title")).to_have_value("Verder in het tweede")
    third.get_by_role("link", name="Dat concept bekijken").first.click()
    expect(third.locator("#f-title")).to_have_value("Verder in het derde")


def test_a_login_that_ends_while_somebody_types_is_told_and_nothing_is_lost(
    browse: Browse, site: str, house: Office, database: Database
) -> None:
    page = browse()
    who = a_member(house.id, name="Anna")
    has_session(page, who, site)
    breach_id = an_own_breach(house.id, who)
    page.goto(f"/o/{slug_of(house.id)}/breaches/{breach_id}/facts")
    page.locator("#f-measures").fill("Alles is afgesloten.")
    expect(page.locator(SAVED)).to_contain_text("Concept bewaard om")
    database.outside("update login_session set last_seen_at = now() - interval '61 minutes' where user_id = :who",
                     who=who.id)  # fmt: skip
    page.locator("#f-measures").fill("Alles is afgesloten en de sleutels zijn vernieuwd.")
    expect(page.locator(SAVED)).to_contain_text("U bent uitgelogd")
    page.get_by_role("button", name="Feiten opslaan").click()
    expect(page.get_by_role("heading", name="Inloggen")).to_be_visible()
    page.go_back()
    expect(page.locator("body")).to_contain_text("Inloggen")
    has_session(page, who, site)
    page.goto(f"/o/{slug_of(house.id)}/breaches/{breach_id}/facts")
    expect(page.locator("#f-measures")).to_have_value("Alles is afgesloten en de sleutels zijn vernieuwd.")


def test_what_is_newer_is_kept_where_a_save_is_under_way(browse: Browse, site: str, house: Office) -> None:
    """The older save is ended before the newer one is sent, so it cannot arrive after it."""
    page = typing(browse, site, house, "breaches/new")
    ended: list[str] = []
    page.on("requestfailed", lambda request: ended.append(request.url))
    with page.expect_request("**/drafts/own_breach") as older:
        page.route("**/drafts/own_breach", lambda route: None, times=1)
        page.locator("#f-description").fill("Ouder")
    page.locator("#f-description").fill("Nieuwer")
    with page.expect_response("**/drafts/own_breach"):
        page.evaluate("""() => {
          Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""")
    assert ended == [older.value.url]
    expect(page.locator(SAVED)).to_contain_text("Concept bewaard om")
    again = page.context.new_page()
    again.goto(page.url)
    expect(again.locator("#f-description")).to_have_value("Nieuwer")

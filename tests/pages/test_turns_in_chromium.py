"""Whose turn it is, in a real Chromium: one person alone, two people, three people."""

from collections.abc import Callable
from uuid import UUID

from flask import Flask
from playwright.sync_api import Page, Route, expect

from tenants.identity.users import APPROVER, OWNER, add_user, make_member
from tenants.isolation import acting_for_nobody
from tests.conftest import Database
from tests.factories import a_member, an_organisation, an_own_breach
from tests.pages.accounts import PASSWORD
from tests.pages.conftest import slug_of, typed_assessment
from tests.pages.forms import local
from tests.pages.in_chromium import fill_moment, has_session, log_in_by_password, nothing_sticks_out
from tests.pages.worlds import READERS, WHY, Controller, Login, OneOwner
from workflows.mail.outbox import Outbox
from workflows.running.jobs import drain

Browse = Callable[..., Page]
MUST = "Dit moet u nu zelf doen"
FRESH = "update login_session set proof_at = now()"


def work_on(organisation: object) -> None:
    """What a worker does until nothing is ready."""
    while drain(str(organisation)):
        pass


def asks_for_a_second_person(page: Page) -> None:
    """Mail to people goes nowhere by one person, so inviting somebody comes first and approving alone is folded."""
    expect(page.get_by_role("status")).to_contain_text("Zonder tweede persoon kan deze mededeling niet weg")
    expect(page.locator("#next")).not_to_contain_text(MUST)
    invite = page.locator("#nobody-else").get_by_role("link", name="Nodig een tweede persoon uit")
    expect(invite).to_have_class("button")
    page.locator("details#alone summary", has_text="Liever zelf alleen goedkeuren?").click()
    expect(page.locator("#alone")).to_contain_text("versturen moet iemand anders doen, en die is er nog niet")


def test_one_person_alone_meets_both_duties_and_says_why_once(
    browse: Browse, site: str, reader: Login, app: Flask
) -> None:
    """The mail to people alone takes a second person, and the page says so."""
    shop = OneOwner(reader)
    shop.do("assess", **typed_assessment("high"))
    shop.do("draft", decision="notify", reason="Een hoog risico")
    page = browse(viewport={"width": 390, "height": 844})
    has_session(page, shop.owner, site)
    page.goto(f"{shop.base}/")
    expect(page.locator("#others, #stuck")).to_have_count(0)
    page.locator("a.button", has_text=MUST).click()
    expect(page.locator("#notify-alone")).to_be_visible()
    nothing_sticks_out(page)
    fill_moment(page, "Wanneer is de melding verstuurd?", local(0))
    page.get_by_label("Meldingsnummer van de AP").fill("AP-1")
    page.get_by_label("Waarom kan niemand anders dit doen?").fill(WHY)
    page.get_by_role("button", name="Vastleggen: alleen gedaan").click()
    ended = page.locator("#ended")
    expect(ended).to_contain_text("Dit is nog niet klaar:")
    expect(ended).to_contain_text("met meldingsnummer")
    expect(page.get_by_role("link", name="Formulier invullen")).to_have_count(0)
    page.get_by_role("link", name="Naar de mededeling").click()
    expect(page.locator("#next")).to_contain_text("Zonder tweede persoon kan deze mededeling straks niet weg.")
    expect(page.locator("#next").get_by_role("link", name="Nodig iemand uit met de rol")).to_be_visible()
    for name, value in READERS.items():
        page.locator(f'[name="{name}"]').fill(value)
    page.get_by_role("button", name="Lijst opslaan").click()
    page.get_by_label("Onderwerp").fill("Uw gegevens")
    for part in ("nature", "contact", "consequences", "measures"):
        page.locator(f"#f-{part}").fill("Er is iets gebeurd.")
    page.get_by_role("button", name="Tekst vastleggen").click()
    asks_for_a_second_person(page)
    alone = page.locator("details#alone")
    expect(alone.locator("textarea[name=alone_reason]")).to_have_value(WHY)
    nothing_sticks_out(page)
    alone.get_by_role("button", name="Goedkeuren", exact=True).click()
    expect(page.locator("#second-person")).to_contain_text("Dit kunt u hier niet alleen doen")
    expect(page.locator("#next")).to_contain_text("Dat gebeurde alleen, zonder tweede persoon.")


def waits_for_an_approver(reader: Login, email: str) -> tuple[str, UUID]:
    """A decision of Wim that the person with this address has to approve: the path of its breach, and their bakery."""
    here = an_organisation("Bakkerij")
    wim = a_member(here, OWNER, "Wim")
    with acting_for_nobody():
        make_member(add_user(email, "Adam", PASSWORD).id, here, APPROVER)
    breach = an_own_breach(here, wim)
    at = f"/o/{slug_of(here)}/breaches/{breach}"
    owner = reader(wim)
    owner.done(f"{at}/steps/assess", typed_assessment("high"), seen=at)
    owner.done(f"{at}/steps/draft", {"decision": "notify", "reason": "Een hoog risico"}, seen=at)
    return at, here


def test_two_people_an_approval_is_three_screens_from_the_login_and_shows_what_comes(
    browse: Browse, site: str, reader: Login, app: Flask, database: Database, outbox: Outbox
) -> None:
    """The approver follows a mail's link; the card that waits for the service renews itself."""
    at, here = waits_for_an_approver(reader, "adam@bakkerij.nl")
    page = browse()
    log_in_by_password(page, "adam@bakkerij.nl")
    database.outside(FRESH)
    screens = [page.url]
    page.goto(f"{at}#next")
    screens.append(page.url)
    card = page.locator("#next")
    expect(card).to_contain_text("Wim (eigenaar) stelde het besluit op.")
    card.get_by_role("button", name="Goedkeuren", exact=True).click()
    expect(page.locator("#machine")).to_contain_text("Hierna: Melding versturen en vastleggen.")
    assert len([*screens, page.url]) <= 3
    work_on(here)
    expect(page.locator("#machine")).to_have_count(0)
    expect(page.locator("#next")).to_contain_text("Dit kan een eigenaar nu doen, alleen en met een reden: ")
    nothing_sticks_out(page)


def test_a_page_that_renews_itself_brings_nobody_back(
    browse: Browse, reader: Login, app: Flask, database: Database, outbox: Outbox
) -> None:
    """Somebody follows a link, and what the page waited for comes before the answer."""
    at, here = waits_for_an_approver(reader, "bea@bakkerij.nl")
    page, held = browse(), list[Route]()
    log_in_by_password(page, "bea@bakkerij.nl")
    database.outside(FRESH)
    page.goto(at)
    page.locator("#next").get_by_role("button", name="Goedkeuren", exact=True).click()
    expect(page.locator("#machine")).to_be_visible()
    page.wait_for_load_state("load")  # a page without its scripts yet does not renew itself
    page.route("**/register", lambda route: held.append(route))
    page.get_by_role("link", name="Register").first.click(no_wait_after=True)
    work_on(here)
    for _ in range(2):
        with page.expect_response("**/stand*"):
            pass
    held[0].continue_()
    page.wait_for_url("**/register")


def test_a_page_that_renews_itself_leaves_the_keyboard_where_it_is(
    browse: Browse, reader: Login, app: Flask, database: Database, outbox: Outbox
) -> None:
    at, here = waits_for_an_approver(reader, "cas@bakkerij.nl")
    page = browse()
    log_in_by_password(page, "cas@bakkerij.nl")
    database.outside(FRESH)
    page.goto(at)
    page.locator("#next").get_by_role("button", name="Goedkeuren", exact=True).click()
    expect(page.locator("#machine")).to_be_visible()
    link = page.locator("main a[href*='/breaches/']").last
    address = link.get_attribute("href")
    link.focus()
    work_on(here)
    expect(page.locator("#machine")).to_have_count(0)
    expect(page.locator(f"main a[href='{address}']").first).to_be_focused()
    expect(page.locator("[data-announcer]")).not_to_be_empty()


def test_three_people_each_see_whose_turn_it_is(browse: Browse, site: str, reader: Login, app: Flask) -> None:
    bakery = Controller(reader)
    bakery.do(bakery.olga, "assess", **typed_assessment())
    olga, adam, hugo = browse(), browse(), browse()
    for page, who in ((olga, bakery.officer), (adam, bakery.approver), (hugo, bakery.handler)):
        has_session(page, who, site)
    olga.goto(bakery.page)
    olga.get_by_label("Melden aan de AP", exact=True).check()
    olga.get_by_label("Waarom dit besluit?").fill("Er is een risico.")
    olga.get_by_role("button", name="Voorleggen aan een collega").click()
    expect(olga.get_by_role("status")).to_contain_text("Nu is aan zet: ")
    hugo.goto(bakery.page)
    expect(hugo.locator("#next")).to_contain_text("Adam")
    adam.goto(bakery.page)
    adam.locator("#next").get_by_role("button", name="Goedkeuren", exact=True).click()
    expect(adam.locator("#next")).to_contain_text("Hugo")
    hugo.goto(f"{bakery.base}/")
    hugo.get_by_role("link", name="Melding versturen en vastleggen").first.click()
    expect(hugo.locator("#next")).to_contain_text("Adam (goedkeurder) keurde het goed.")
    olga.goto(f"{bakery.base}/register")
    expect(olga.locator("main")).to_contain_text("goedgekeurd, nog versturen")

"""S4: half an hour of typing in each long form, and then the login ended, idle or after 12 hours, or its token is old.

Whoever sends it logs in, reads why, and the form stands there as it was typed.
"""

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from service.admission.access import COOKIE
from service.admission.form_limits import LARGEST_BODY
from service.web.drafts import FORMS
from tenants.history.entries import Actor
from tenants.identity.users import OWNER
from tests.conftest import Database
from tests.factories import a_member, an_organisation
from tests.pages.accounts import PASSWORD, somebody
from tests.pages.conftest import Reader
from tests.pages.in_chromium import has_session
from tests.pages.long_forms import Filled, House
from tests.pages.worlds import Login

OURS = {"Sec-Fetch-Site": "same-origin"}
LAPSES = {
    "idle for 61 minutes": "update login_session set last_seen_at = now() - interval '61 minutes' where user_id = :who",
    "12 hours over": "update login_session set expires_at = now() - interval '1 second' where user_id = :who",
}
MEASURES = "Het back-upstation is opgehaald, en de sleutels zijn vernieuwd."


@pytest.fixture(scope="module")
def made() -> list[House]:
    return []


@pytest.fixture
def house(app: Flask, reader: Login, made: list[House]) -> House:
    """Made once, by the first test that asks."""
    if not made:
        made.append(House(app, reader))
    return made[0]


def logged_in_again(there: Reader, who: Actor, house: House, page: str) -> str:
    """The page on which somebody is after their login."""
    again = house.reader(who)
    cookie = again.client.get_cookie(COOKIE)
    assert cookie
    there.client.set_cookie(COOKIE, cookie.value)
    return there.see(page)


def stands_there(page: str, filled: Filled) -> None:
    """Every text that was typed stands in its field."""
    words = unescape(page)
    assert [text for text in filled.texts if text not in words] == [] and filled.texts
    assert "Dit formulier is nog niet verstuurd." in words
    assert Filled(page, filled.own_address).action == filled.action


@pytest.mark.parametrize("why", LAPSES)
@pytest.mark.parametrize("form", sorted(FORMS))
def test_whose_login_ended_logs_in_and_finds_the_form_as_typed(
    house: House, database: Database, form: str, why: str
) -> None:
    who, there = house.who(form), house.reader(house.who(form))
    filled = house.filled_in(there, form)
    database.outside(LAPSES[why], who=who.id)
    sent = there.client.post(filled.action, data=filled.sent)
    assert sent.status_code == 303 and "draft=" in sent.headers["Location"], sent.text
    asked = there.client.get(sent.headers["Location"])
    assert asked.status_code == 303 and asked.headers["Location"].startswith("/login?next=")
    login = there.see(asked.headers["Location"])
    assert "Daarom bent u uitgelogd" in login and "bewaard als uw concept" in login and "Kies dat opnieuw" in login
    stands_there(logged_in_again(there, who, house, sent.headers["Location"]), filled)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_whose_token_is_old_finds_the_form_as_typed(house: House, form: str) -> None:
    there = house.reader(house.who(form))
    filled = house.filled_in(there, form)
    there.client.delete_cookie("session")
    there.see("/genuine")  # The browser has a new cookie, of which the form's token is not.
    sent = there.client.post(filled.action, data=filled.sent, headers=OURS)
    assert sent.status_code == 303, sent.text
    page = there.see(sent.headers["Location"])
    assert "Uw browser kende dit formulier niet meer" in page
    stands_there(page, filled)


def test_a_token_that_is_old_and_a_login_that_ended_lead_to_the_login(house: House, database: Database) -> None:
    who, there = house.who("facts"), house.reader(house.who("facts"))
    filled = house.filled_in(there, "facts")
    there.client.delete_cookie("session")
    database.outside(LAPSES["12 hours over"], who=who.id)
    sent = there.client.post(filled.action, data=filled.sent, headers=OURS)
    asked = there.client.get(sent.headers["Location"])
    assert "Daarom bent u uitgelogd" in there.see(asked.headers["Location"])
    stands_there(logged_in_again(there, who, house, sent.headers["Location"]), filled)


def test_another_site_cannot_write_a_draft(house: House) -> None:
    there = house.reader(house.who("facts"))
    filled = house.filled_in(there, "facts")
    forged = filled.sent | {"csrf_token": ["x"], "measures": ["Van een andere site"]}
    answer = there.client.post(filled.action, data=forged, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400 and "Van een andere site" not in there.see(house.page("facts"))


@pytest.mark.parametrize("way", ["login", "token"])
def test_a_form_that_is_too_large_for_the_page_of_the_login_waits_as_a_draft(
    house: House, database: Database, way: str
) -> None:
    """Sealed, with every word, however large a form may be."""
    who, there = house.who("incident"), house.reader(house.who("incident"))
    filled = house.filled_in(there, "incident")
    lines = "K0001;12\n" * (5 * 1024 * 1024 // 10) + "EINDE;1"
    rows = {f"clients.{n}.client_number": [f"K{n}"] for n in range(2500)}
    assert len(lines) < LARGEST_BODY
    if way == "login":
        database.outside(LAPSES["idle for 61 minutes"], who=who.id)
    else:
        there.client.delete_cookie("session")
    sent = there.client.post(filled.action, data=filled.sent | rows | {"clients_list": [lines]}, headers=OURS)
    assert sent.status_code == 303, sent.text[:500]
    page = logged_in_again(there, who, house, sent.headers["Location"])
    assert "EINDE;1" in page and page.count("K0001;12") == lines.count("K0001;12") and 'value="K2499"' in page


def test_a_draft_that_waits_is_its_writers_alone(house: House, database: Database, reader: Login) -> None:
    who, there = house.who("draft"), house.reader(house.who("draft"))
    filled = house.filled_in(there, "draft")
    database.outside(LAPSES["idle for 61 minutes"], who=who.id)
    sent = there.client.post(filled.action, data=filled.sent)
    other = reader(a_member(house.about["draft"][0], OWNER))
    assert filled.texts[0] not in unescape(other.see(sent.headers["Location"]))


def test_a_browser_keeps_the_cookie_of_a_login_for_as_long_as_its_owner_is_known(stranger: Reader) -> None:
    """A browser that forgot the cookie with the login itself would send a form of nobody."""
    email, _ = somebody(an_organisation(), OWNER)
    answer = stranger.send("/login", {"email": email, "password": PASSWORD})
    [cookie] = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{COOKIE}=")]
    assert re.search(r"Max-Age=86400\b", cookie)


def test_in_chromium_by_password_and_back_does_not_empty_it(
    browse: Callable[..., Page], site: str, house: House, database: Database
) -> None:
    organisation, _, subject = house.about["facts"]
    email, user_id = somebody(organisation, "privacy_officer")
    page = browse()
    has_session(page, Actor(user_id, "Bram"), site)
    page.goto(house.page("facts"))
    page.locator("#f-measures").fill(MEASURES)
    database.outside(LAPSES["idle for 61 minutes"], who=user_id)
    page.get_by_role("button", name="Feiten opslaan").click()
    expect(page.get_by_role("heading", name="Inloggen")).to_be_visible()
    expect(page.locator("body")).to_contain_text("Daarom bent u uitgelogd")
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("Wachtwoord").fill("niet dit")
    page.get_by_role("button", name="Inloggen", exact=True).click()
    expect(page.locator("body")).to_contain_text("bewaard als uw concept")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen", exact=True).click()
    page.wait_for_url(f"**/breaches/{subject}/facts?draft=*")
    expect(page.locator("#f-measures")).to_have_value(MEASURES)
    page.get_by_role("button", name="Feiten opslaan").click()
    expect(page.locator("body")).to_contain_text("Feiten")
    assert database.outside("select measures from breach where id = :id", id=subject)[0]["measures"] == MEASURES

"""The end of a login: told before it comes, prolonged by its user alone, and nothing typed is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.conftest import Database
from tests.factories import an_organisation
from tests.pages.accounts import log_in, somebody
from tests.pages.conftest import Reader, slug_of
from tests.pages.forms import csrf
from tests.pages.in_chromium import log_in_as_owner, nothing_sticks_out

AWAY = "update login_session set last_seen_at = now() - interval '56 minutes' where user_id = :id"
GONE = "update login_session set last_seen_at = now() - interval '61 minutes' where user_id = :id"
LATE = "update login_session set expires_at = now() + interval '3 minutes' where user_id = :id"
AS_JSON = {"Accept": "application/json"}
FOUR_MINUTES, AN_HOUR = range(230, 241), range(3590, 3601)


class Idle:
    """Somebody who is logged in and does nothing."""

    def __init__(self, reader: Reader, database: Database) -> None:
        self.reader, self.database = reader, database
        email, self.id = somebody(an_organisation(), "auditor")
        log_in(reader, email)
        self.token = csrf(reader)

    def end(self) -> dict[str, Any]:
        return dict(self.reader.client.get("/session/end", headers=AS_JSON).json or {})

    def stay(self) -> dict[str, Any]:
        headers = AS_JSON | {"X-CSRFToken": self.token}
        return dict(self.reader.client.post("/session/stay", headers=headers).json or {})


@pytest.fixture
def idle(stranger: Reader, database: Database) -> Idle:
    return Idle(stranger, database)


def test_looking_when_a_login_ends_does_not_prolong_it(idle: Idle) -> None:
    idle.database.outside(AWAY, id=idle.id)
    for _ in range(2):
        end = idle.end()
        assert end["in_s"] in FOUR_MINUTES and end["can_stay"] is True


def test_staying_prolongs_a_login_by_an_hour(idle: Idle) -> None:
    idle.database.outside(AWAY, id=idle.id)
    assert idle.stay()["in_s"] in AN_HOUR
    assert idle.end()["in_s"] in AN_HOUR


def test_staying_never_passes_the_last_moment_of_a_login(idle: Idle) -> None:
    idle.database.outside(LATE, id=idle.id)
    for end in (idle.stay(), idle.end()):
        assert end["in_s"] in range(170, 181) and end["can_stay"] is False


def test_whose_login_ended_stays_logged_out(idle: Idle) -> None:
    idle.database.outside(GONE, id=idle.id)
    answer = idle.reader.client.get("/session/end", headers=AS_JSON)
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/login")


def test_a_page_with_a_long_form_says_without_script_until_when_its_reader_is_logged_in(
    idle: Idle, stranger: Reader
) -> None:
    email, _ = somebody(an_organisation("Bakkerij"), "handler")
    log_in(idle.reader, email)
    home = idle.reader.client.get("/").headers["Location"]
    page = idle.reader.see(f"{home}breaches/new")
    assert "U bent ingelogd tot " in page[page.index("<noscript>") : page.index("</noscript>")]
    assert "U bent ingelogd tot " not in idle.reader.see(f"{home}register")


def test_the_warning_comes_in_time_and_one_key_prolongs_the_login(
    browse: Callable[..., Page], app: Flask, database: Database
) -> None:
    house, page = an_organisation(), browse(viewport={"width": 390, "height": 740})
    who, _ = log_in_as_owner(page, house)
    page.clock.install()
    page.goto(f"/o/{slug_of(house)}/breaches/new")
    warning, story = page.get_by_role("alertdialog"), page.get_by_label("Wat is er gebeurd?")
    story.fill("Een half verhaal")
    expect(warning).to_be_hidden()
    later(page, database, AWAY, who)
    expect(warning.get_by_role("alert")).to_contain_text("wordt u uitgelogd. Druk op Escape")
    expect(story).to_be_focused()
    nothing_sticks_out(page)
    page.keyboard.press("Escape")
    expect(warning).to_be_hidden()
    later(page, database, AWAY, who)
    warning.get_by_role("button", name="Ingelogd blijven").click()
    expect(warning).to_be_hidden()
    later(page, database, GONE, who)
    expect(warning.get_by_role("alert")).to_contain_text("U bent uitgelogd. Wat u typte, staat er nog.")
    expect(story).to_have_value("Een half verhaal")
    warning.get_by_role("button", name="Sluiten").click()
    page.get_by_role("button", name="Vastleggen in het register").click()
    expect(page.locator("#kept")).to_contain_text("Wat u typte, is bewaard")


def later(page: Page, database: Database, what: str, who: object) -> None:
    """Almost an hour later, while nobody touched the page."""
    database.outside(what, id=who)
    page.clock.fast_forward("56:00")

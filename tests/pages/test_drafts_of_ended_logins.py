"""What comes from an ended login: it waits in the page, and among the drafts only where nobody ended that login."""

import inspect
from collections.abc import Callable

import pytest

from service.admission.access import COOKIE
from tenants.form_drafts import About, drafts_of
from tenants.identity import sessions
from tenants.isolation import acting_for, acting_for_nobody
from tests.conftest import Database
from tests.pages.accounts import PASSWORD
from tests.pages.conftest import Reader
from tests.pages.forms import Fields, send_fields
from tests.pages.lapsed_login import LAPSE, LOGIN, LapsedLogin

MINE = "select id from login_session where user_id = :id"
BEGUN_BY = "update login_session set only_organisation = :house where user_id = :id"
EXPIRE = "update login_session set expires_at = now() - interval '1 minute' where user_id = :id"
OTHER = {"User-Agent": "curl/8.1"}


def session_id(typing: LapsedLogin) -> object:
    return typing.database.outside(MINE, id=typing.id)[0]["id"]


def by_provider(typing: LapsedLogin, end: Callable[[], object]) -> None:
    typing.database.outside(BEGUN_BY, id=typing.id, house=typing.house)
    end()


ENDED = {
    "end_session": lambda typing, token: sessions.end_session(token),
    "end_session_of": lambda typing, token: sessions.end_session_of(typing.id, session_id(typing)),
    "end_stolen_session": lambda typing, token: sessions.end_stolen_session(typing.id, session_id(typing)),
    "end_sessions": lambda typing, token: sessions.end_sessions(typing.id),
    "end_sessions_through": lambda typing, token: by_provider(
        typing, lambda: sessions.end_sessions_through(typing.house)),
}  # fmt: skip
"""The ways in which somebody ends a login."""
BY_ANOTHER = ("end_sessions_through", "end_stolen_session")
"""The ways that leave nothing by which the browser is known."""
BY_TIME = {"idle": LAPSE, "expired": EXPIRE}


def typed(typing: LapsedLogin) -> dict[str, str]:
    page = typing.browser.see(typing.form)
    fields = Fields(page).at(typing.form)
    marks = {name: fields[name] for name in ("draft_id", "draft_number", "draft_tab", "draft_of", "form_key")}
    return marks | {"csrf_token": typing.token, "title": "Map kwijt"}


def kept(typing: LapsedLogin) -> int:
    with acting_for(typing.house):
        return len(drafts_of(About(typing.id, "own_breach", None)))


@pytest.fixture
def typing(stranger: Reader, database: Database) -> LapsedLogin:
    return LapsedLogin(stranger, database)


def test_these_are_the_ways_in_which_somebody_ends_a_login() -> None:
    ways = {name for name, _ in inspect.getmembers(sessions, inspect.isfunction) if name.startswith("end_")}
    assert ways == set(ENDED)


@pytest.mark.parametrize("to", ["form", "draft"])
@pytest.mark.parametrize("way", ENDED)
def test_a_login_that_somebody_ended_writes_no_draft_and_shows_what_was_typed(
    typing: LapsedLogin, way: str, to: str
) -> None:
    fields, cookie = typed(typing), typing.browser.client.get_cookie(COOKIE)
    assert cookie
    with acting_for_nobody():
        ENDED[way](typing, cookie.value)
    at = typing.form if to == "form" else fields["draft_of"]
    for headers in ({}, OTHER):
        answer = typing.browser.client.post(at, data=fields, headers=headers)
        assert answer.status_code == (401 if way in BY_ANOTHER else 403)
        assert "Map kwijt" in answer.text
        assert kept(typing) == 0


@pytest.mark.parametrize("to", ["form", "draft"])
@pytest.mark.parametrize("how", BY_TIME)
def test_a_login_that_ended_by_time_keeps_it_for_its_own_browser_and_says_so(
    typing: LapsedLogin, how: str, to: str
) -> None:
    fields = typed(typing)
    typing.database.outside(BY_TIME[how], id=typing.id)
    at = typing.form if to == "form" else fields["draft_of"]
    other = typing.browser.client.post(at, data=fields, headers=OTHER)
    assert other.status_code == 403 and "Map kwijt" in other.text and kept(typing) == 0
    answer = typing.browser.client.post(at, data=fields)
    assert answer.status_code == 303 and kept(typing) == 1
    page = typing.browser.see(LOGIN)
    send_fields(typing.browser, LOGIN, Fields(page).forms[LOGIN], email=typing.email, password=PASSWORD)
    assert typing.code("/proof", []).status_code == 303
    form = typing.browser.see(typing.form)
    assert 'value="Map kwijt"' in form and "kwam binnen toen u niet meer was ingelogd, uit Werkzeug" in form
    own = typed(typing) | {"csrf_token": Fields(form).at(typing.form)["csrf_token"]}
    assert typing.browser.client.post(own["draft_of"], data=own).status_code == 303
    assert "niet meer was ingelogd" not in typing.browser.see(typing.form), "they saved it themselves since"


def test_what_waited_goes_on_after_the_login(typing: LapsedLogin) -> None:
    fields, cookie = typed(typing), typing.browser.client.get_cookie(COOKIE)
    assert cookie
    with acting_for_nobody():
        sessions.end_session(cookie.value)
    page = typing.browser.client.post(typing.form, data=fields).text
    ready = send_fields(typing.browser, LOGIN, Fields(page).forms[LOGIN], email=typing.email, password=PASSWORD)
    assert ready.status_code == 200 and ("title", "Map kwijt") in Fields(ready.text).forms[typing.form]

"""Whose login lapsed while they typed logs in again and goes on with what they typed; nobody else does."""

from io import BytesIO

import pytest

from service.admission.access import COOKIE
from tenants.identity.users import OWNER
from tests.conftest import Database
from tests.pages.accounts import PASSWORD, somebody
from tests.pages.conftest import Reader
from tests.pages.forms import Fields, send_fields
from tests.pages.lapsed_login import LAPSE, LOGIN, LapsedLogin

HOW_MANY = "select count(*) as n from breach where title = 'Map kwijt'"


@pytest.fixture
def typing(stranger: Reader, database: Database) -> LapsedLogin:
    return LapsedLogin(stranger, database)


def test_what_was_typed_goes_on_after_the_login_and_the_code(typing: LapsedLogin) -> None:
    page = typing.lapse_and_send()
    assert "Daarom bent u uitgelogd" in page and "Wat u typte, is bewaard" in page
    wrong = send_fields(typing.browser, LOGIN, Fields(page).forms[LOGIN], email=typing.email, password="niet dit")
    assert wrong.status_code == 422
    waiting = Fields(wrong.text).forms[LOGIN]
    ready = send_fields(typing.browser, LOGIN, waiting, email=typing.email, password=PASSWORD)
    assert ready.status_code == 200 and "U kunt verder" in ready.text
    asked = send_fields(typing.browser, typing.form, Fields(ready.text).forms[typing.form])
    assert asked.status_code == 403, "the second factor is asked as ever"
    again = typing.code("/proof?next=/", Fields(asked.text).forms["/proof?next=/"])
    assert typing.database.outside(HOW_MANY)[0]["n"] == 0, "nothing is done before they press the button"
    done = send_fields(typing.browser, typing.form, Fields(again.text).forms[typing.form])
    assert done.status_code == 303 and typing.database.outside(HOW_MANY)[0]["n"] == 1


def test_another_person_who_logs_in_does_not_get_what_was_typed(typing: LapsedLogin) -> None:
    page = typing.lapse_and_send()
    email, _ = somebody(typing.house, OWNER)
    other = send_fields(typing.browser, LOGIN, Fields(page).forms[LOGIN], email=email, password=PASSWORD)
    assert other.status_code == 303 and "Map kwijt" not in other.text


def test_a_forged_name_in_the_login_form_does_not_give_what_was_typed(typing: LapsedLogin) -> None:
    fields = [pair for pair in Fields(typing.lapse_and_send()).forms[LOGIN] if pair[0] != "kept_by"]
    for forged in ("", str(typing.id), "x.y.z"):
        mine = [*fields, ("kept_by", forged)]
        assert send_fields(typing.browser, LOGIN, mine, email=typing.email, password=PASSWORD).status_code == 303


def test_files_and_secrets_are_not_kept(typing: LapsedLogin) -> None:
    page = typing.lapse_and_send(client_secret="heel geheim", lijst=(BytesIO(b"inhoud van het bestand"), "lijst.csv"))
    assert "heel geheim" not in page and "inhoud van het bestand" not in page
    assert {("kept_secret", "client_secret"), ("kept_file", "lijst")} <= set(Fields(page).forms[LOGIN])


def test_a_login_that_was_ended_elsewhere_keeps_what_was_typed(typing: LapsedLogin) -> None:
    typing.database.outside("update login_session set revoked_at = now() where user_id = :id", id=typing.id)
    ended = typing.browser.client.post(typing.form, data={"title": "Map kwijt", "csrf_token": typing.token})
    assert ended.status_code == 403 and "Wat u typte, is bewaard" in ended.text
    assert "uw inlog is ergens anders beëindigd" in ended.text
    assert ("kept.title", "Map kwijt") in Fields(ended.text).forms[LOGIN]
    ready = send_fields(typing.browser, LOGIN, Fields(ended.text).forms[LOGIN], email=typing.email, password=PASSWORD)
    assert ready.status_code == 200 and ("title", "Map kwijt") in Fields(ready.text).forms[typing.form]


def test_an_ended_login_by_provider_does_not_say_whose_it_was(typing: LapsedLogin) -> None:
    typing.database.outside(
        "update login_session set revoked_at = now(), only_organisation = :house where user_id = :id",
        house=typing.house, id=typing.id,
    )  # fmt: skip
    ended = typing.browser.client.post(typing.form, data={"title": "Map kwijt", "csrf_token": typing.token})
    assert ended.status_code == 401 and "kept_by" not in ended.text and "Map kwijt" in ended.text


def test_a_forged_form_is_refused_and_its_page_says_first_how_to_keep_what_was_typed(typing: LapsedLogin) -> None:
    typing.database.outside(LAPSE, id=typing.id)
    assert typing.browser.client.get_cookie(COOKIE)
    came_from = {"Referer": "http://elsewhere.example/"}
    forged = typing.browser.client.post(typing.form, data={"title": "Map kwijt"}, headers=came_from)
    assert forged.status_code == 400 and "Map kwijt" not in forged.text
    words = forged.text[forged.text.index("<h1>") :]
    assert words.index("nog niet weg") < words.index("kopieer eerst uw tekst") < words.index("laad haar daarna opnieuw")
    assert f'href="{typing.form}"' not in words, "a link would load the form anew, without what was typed"

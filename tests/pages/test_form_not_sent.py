"""A form that is sent when the browser lost its cookies: what was typed is on the page, and goes on after a login."""

import re
from collections.abc import Callable
from html import unescape

import pytest

from service.admission.access import COOKIE
from service.web.kept_forms import SECRET
from tenants.history.entries import Actor
from tests.factories import Office
from tests.pages.conftest import TOKEN, Reader, slug_of

Login = Callable[[Actor], Reader]
OURS = {"Sec-Fetch-Site": "same-origin"}
WORDS = 'Regel met "tekens" & <haken>\r\nen nog een'
TYPED = {"title": "Map kwijt", "description": WORDS, "facts.data": ["name", "bsn"]}


def hidden(page: str) -> dict[str, list[str]]:
    """The hidden fields of the form that is sent again."""
    body = page[page.index("<main") :]
    names_by_form: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', body):
        names_by_form.setdefault(name, []).append(unescape(value))
    return names_by_form


def without_cookies(reader: Reader, *names: str) -> None:
    for name in names:
        assert reader.client.get_cookie(name), name
        reader.client.delete_cookie(name)



@pytest.mark.parametrize(("gone", "status"), [((COOKIE,), 401), ((COOKIE, "session"), 400), (("session",), 400)])
def test_what_was_typed_is_kept_when_cookies_are_gone(
    reader: Login, office: Office, gone: tuple[str, ...], status: int
) -> None:
    mine = reader(office.officer)
    address = f"/o/{slug_of(office.id)}/breaches/new"
    token = TOKEN.search(mine.see(address))
    login = mine.client.get_cookie(COOKIE)
    assert token and login
    without_cookies(mine, *gone)
    answer = mine.client.post(address, data=TYPED | {"csrf_token": token[1]}, headers=OURS)
    assert answer.status_code == status and "nog niet verstuurd" in answer.text
    kept = hidden(answer.text)
    assert kept.pop("csrf_token")[0] and kept == {k: v if isinstance(v, list) else [v] for k, v in TYPED.items()}
    assert re.search(r"<textarea[^>]*readonly>\nMap kwijt</textarea>", answer.text), "to read and copy"
    assert 'href="/login" target="_blank"' in answer.text and f'action="{address}"' in answer.text
    mine.client.set_cookie(COOKIE, login.value)  # logged in again, in another tab
    again = mine.client.post(address, data=hidden(answer.text))
    assert again.status_code == 422 and "Map kwijt" in again.text, "it arrives at its own form"


def test_a_form_of_another_site_shows_nothing_and_asks_nothing(reader: Login, office: Office) -> None:
    mine = reader(office.officer)
    address = f"/o/{slug_of(office.id)}/breaches/new"
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"}, {},
                    {"Origin": "https://evil.example"}, {"Referer": "https://evil.example/"}):  # fmt: skip
        answer = mine.client.post(address, data=TYPED, headers=headers)
        assert answer.status_code == 400 and "Map kwijt" not in answer.text, headers
        assert "Opnieuw versturen" not in answer.text, headers


def test_a_secret_is_never_written_back(stranger: Reader) -> None:
    typed = {name: f"geheim-{name}" for name in SECRET} | {"email": "jan@voorbeeld.nl"}
    for address in ("/login", "/account/password", "/receipt/x"):
        page = stranger.client.post(address, data=typed, headers=OURS).text
        assert "jan@voorbeeld.nl" in page and "geheim-" not in page
    assert 'type="password" id="again-password"' in page, "it is asked again"


def test_what_only_shows_who_somebody_is_is_not_kept(stranger: Reader) -> None:
    token = TOKEN.search(stranger.see("/login"))
    assert token
    answer = stranger.client.post("/proof", data={"code": "123456", "csrf_token": token[1]}, headers=OURS)
    assert answer.status_code == 303 and answer.headers["Location"] == "/login?next=/"


def test_a_script_is_led_to_the_login_as_ever(stranger: Reader, office: Office) -> None:
    token = TOKEN.search(stranger.see("/login"))
    assert token
    asked = {"Accept": "application/json"} | OURS
    answer = stranger.client.post(f"/o/{slug_of(office.id)}/breaches/new", data={"csrf_token": token[1]}, headers=asked)
    assert answer.status_code == 303

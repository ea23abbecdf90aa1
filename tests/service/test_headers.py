"""What every answer carries, on every route, over HTTP and over HTTPS."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from service.admission.access import COOKIE
from service.http.headers import PLAIN
from tenants.database import db
from tests.conftest import Database
from tests.factories import Office
from tests.house.routes import path_of, routes
from tests.service.caller import Caller, caller_for
from workflows.engine.hints import NoHints, use_hints
from workflows.mail.links import use_base_url

HTTPS = "https://meldketen.example.nl"
NONCE = re.compile(r"'nonce-([\w-]{20,})'")
INTERNALS = re.compile(r"Traceback|site-packages|werkzeug|sqlalchemy|psycopg|File &#34;|postgresql://", re.I)
COOKIES = {"session", "meldketen_session", "meldketen_browser", "meldketen_errand", "language"}


@pytest.fixture(scope="module")
def secure_app(app: Flask, database: Database) -> Iterator[Flask]:
    """The same installation, reached over HTTPS."""
    from service import create_app

    secure = create_app(replace(database.config, base_url=HTTPS))
    yield secure
    use_hints(NoHints())
    use_base_url(database.config.base_url)
    with secure.app_context():
        db.engine.dispose()


def answers(app: Flask, office: Office, url: str) -> Iterator[tuple[str, TestResponse]]:
    """Every route, asked by nobody and by the office's privacy officer, in a browser and by a program."""
    for method, rule in routes(app):
        assert office.officer.id
        officer = caller_for(app, office.officer.id)
        path = path_of(rule).replace("/o/de-linde", f"/o/{officer.slug}")
        browser = app.test_client()
        yield f"{method} {rule.rule}", browser.open(path, method=method, base_url=url)
        browser.set_cookie(f"__Host-{COOKIE}" if url.startswith("https") else COOKIE, officer.token, domain=url[8:])
        bearer = {"Authorization": f"Bearer {officer.token}"}
        yield f"{method} {rule.rule} by an officer", browser.open(path, method=method, base_url=url, headers=bearer)


def test_every_answer_is_guarded_and_not_stored(app: Flask, office: Office) -> None:
    seen = 0
    for where, answer in answers(app, office, "http://localhost"):
        seen += 1
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy, where
        assert "base-uri 'none'" in policy and "unsafe" not in policy and "*" not in policy, where
        assert {name: answer.headers[name] for name in PLAIN} == PLAIN, where
        assert answer.headers["Cache-Control"] == "no-store", where
        assert "Access-Control-Allow-Origin" not in answer.headers, where
        assert "X-Powered-By" not in answer.headers and not re.search(r"\d", answer.headers.get("Server", "")), where
        assert "Strict-Transport-Security" not in answer.headers, where
        assert not INTERNALS.search(answer.text), where
    assert seen > 200


def test_each_answer_has_a_nonce_of_its_own_and_its_scripts_have_it(app: Flask, office: Office) -> None:
    nonces = set()
    for where, answer in answers(app, office, "http://localhost"):
        [nonce] = NONCE.findall(answer.headers["Content-Security-Policy"])
        nonces.add(nonce)
        for script in re.findall(r"<script([^>]*)>", answer.text):
            assert f'nonce="{nonce}"' in script or 'src="/' in script, (where, script)
        assert not re.search(r"""<[^>]+\s(?:on\w+|style)=["']""", answer.text), where
    assert len(nonces) > 200


def test_over_https_a_browser_is_told_to_stay_there(secure_app: Flask) -> None:
    """Also when the proxy in front speaks plain HTTP to us."""
    for url in (HTTPS, "http://localhost"):
        header = secure_app.test_client().get("/login", base_url=url).headers["Strict-Transport-Security"]
        assert header == "max-age=31536000; includeSubDomains"


def test_over_https_every_cookie_is_ours_alone(secure_app: Flask, office: Office) -> None:
    seen = set()
    chosen = secure_app.test_client().get("/language/en", base_url=HTTPS)
    for where, answer in [("language", chosen), *answers(secure_app, office, HTTPS)]:
        for cookie in answer.headers.getlist("Set-Cookie"):
            name = cookie.partition("=")[0]
            seen.add(name)
            assert "; Secure" in cookie and "; HttpOnly" in cookie and "; SameSite=Lax" in cookie, (where, cookie)
            assert "Domain" not in cookie, (where, cookie)
            assert name.startswith("__Host-") and "; Path=/;" in f"{cookie};", (where, cookie)
            assert name.removeprefix("__Host-") in COOKIES, (where, cookie)
    assert {"__Host-session", "__Host-language"} <= seen


def test_over_https_a_cookie_without_the_prefix_is_nobodys(secure_app: Flask, officer: Caller) -> None:
    """Another host of the same domain can set it, and a page over HTTP too."""
    path = f"/o/{officer.slug}/register"
    for name, status in ((COOKIE, 303), (f"__Secure-{COOKIE}", 303), (f"__Host-{COOKIE}", 200)):
        browser = secure_app.test_client()
        browser.set_cookie(name, officer.token, domain="meldketen.example.nl")
        assert browser.get(path, base_url=HTTPS).status_code == status, name


def test_logging_out_removes_everything_from_the_browser(app: Flask, officer: Caller, reader: Caller) -> None:
    browser = app.test_client()
    browser.set_cookie(COOKIE, reader.token)
    page = browser.get("/account").text
    [token, *_] = re.findall(r'name="csrf_token" value="([^"]+)"', page)
    left = browser.post("/logout", data={"csrf_token": token})
    assert left.status_code == 303 and left.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert any(
        cookie.startswith(f"{COOKIE}=;") and "Max-Age=0" in cookie for cookie in left.headers.getlist("Set-Cookie")
    )
    assert browser.get("/account").status_code == 303


@pytest.mark.parametrize(
    "path", ["/genuine?code=%00", "/api/genuine/%00", "/login/%00", "/receipt/%00", "/o/x%00/register"]
)
def test_a_nul_in_an_address_is_refused(app: Flask, path: str) -> None:
    assert app.test_client().get(path).status_code == 400


def test_a_nul_in_a_form_is_refused(app: Flask) -> None:
    browser = app.test_client()
    [token, *_] = re.findall(r'name="csrf_token" value="([^"]+)"', browser.get("/login").text)
    assert browser.post("/login", data={"csrf_token": token, "email": "a\0@b.nl", "password": "x"}).status_code == 400


def test_what_breaks_says_nothing_about_the_inside(app: Flask) -> None:
    """What the log tells of it: tests/service/test_logs.py."""
    from service.http.errors import _unforeseen

    for path in ("/api/x", "/x"):
        with app.test_request_context(path):
            answer = app.make_response(_unforeseen(RuntimeError("select geheim from postgresql://app:geheim@db")))
        assert answer.status_code == 500 and not re.search(f"geheim|{INTERNALS.pattern}", answer.get_data(as_text=True))


def test_the_icon_that_browsers_ask_for_by_themselves_is_there(app: Flask) -> None:
    """Beside an error of a proxy too, whose page names no icon. It may be kept, as every fixed file."""
    icon = app.test_client().get("/favicon.ico")
    assert (icon.status_code, icon.mimetype) == (200, "image/svg+xml")
    assert icon.headers["Cache-Control"] == "no-cache" and "Set-Cookie" not in icon.headers
    assert {name: icon.headers[name] for name in PLAIN} == PLAIN

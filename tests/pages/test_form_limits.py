"""What anybody may send is small, and so is the page that answers it; what waits for a login is bounded too."""

import re
from html.parser import HTMLParser

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from service.admission.access import COOKIE
from service.admission.form_limits import FIELDS_OF_A_SESSION, FIELDS_OF_ANYBODY, FORM, MOST_KEPT_FIELDS, SMALL_FORM
from service.web.kept_forms import MOST_BYTES, SECRET
from tests.conftest import Database
from tests.house.routes import filled, is_public, routes
from tests.pages.accounts import PASSWORD
from tests.pages.conftest import Reader
from tests.pages.forms import TEMPLATES, Fields, csrf, login_routes, send_fields
from tests.pages.lapsed_login import LAPSE, LOGIN, LapsedLogin
from tests.pages.worlds import MailedLink

SMALL_PAGE = 20_000
WRITTEN_OUT = 6 * SMALL_FORM
"""Bytes: a sign in a page is written in at most six, so a form that comes back whole is no larger."""
TYPED_HERE = "een-geheim-dat-nergens-terugkomt"
SECRET_NAME = re.compile(r"password|secret|token|recovery|\A(?:\w+_)?code\Z")


class Names(HTMLParser):
    """The names of the fields of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("name")
        if tag in ("input", "textarea", "select") and name:
            self.names.add(name)


@pytest.fixture
def open_routes(app: Flask, database: Database) -> list[str]:
    """The address of every page that takes a form of anybody, those behind a mailed link with a link that works."""
    link = MailedLink(database).path
    pages = [rule.rule for method, rule in routes(app)
             if method == "POST" and is_public(app, method, rule) and not rule.rule.startswith(("/api/", "/webhooks/"))]
    real = {"/receipt/<token>": link, "/invitation/<token>": link.replace("receipt", "invitation")}
    assert len(pages) >= 7 and real.keys() <= set(pages)
    return [real.get(rule, filled(rule)) for rule in pages]


def posted(reader: Reader, path: str, body: str, method: str = "POST") -> TestResponse:
    return reader.client.open(path, method=method, data=body.encode(), content_type=FORM)


def token_of(reader: Reader) -> str:
    match = re.search(r'name="csrf_token" value="([^"]+)"', reader.see("/login"))
    assert match
    return match[1]


@pytest.mark.parametrize("body", ["a=" + "x" * SMALL_FORM, "kept_for=/" + "&kept.=a" * 9000])
def test_more_than_anybody_may_send_is_refused_with_a_small_page(
    stranger: Reader, open_routes: list[str], body: str
) -> None:
    token = token_of(stranger)
    for path in [*open_routes, "/o/de-linde/breaches/new", "/proof", "/nergens"]:
        answer = posted(stranger, path, f"csrf_token={token}&{body}")
        assert (answer.status_code, len(answer.data) < SMALL_PAGE) == (413, True), (path, answer.status_code)


@pytest.mark.parametrize("body", ["a=" + "x" * SMALL_FORM, "&a=" * FIELDS_OF_ANYBODY], ids=["large", "many fields"])
def test_a_cookie_that_somebody_made_up_is_no_session(stranger: Reader, body: str) -> None:
    token = token_of(stranger)
    stranger.client.set_cookie(COOKIE, "made-up")
    assert posted(stranger, "/o/de-linde/breaches/new", f"csrf_token={token}&{body}").status_code == 413


def test_more_fields_than_a_page_has_are_refused(stranger: Reader, open_routes: list[str]) -> None:
    body = "csrf_token=" + token_of(stranger) + "&a=" * FIELDS_OF_ANYBODY
    for path in open_routes:
        assert posted(stranger, path, body).status_code == 413, path


def test_a_large_form_in_a_get_request_is_refused(stranger: Reader, open_routes: list[str]) -> None:
    for path in open_routes:
        assert posted(stranger, path, "a=" + "x" * SMALL_FORM, "GET").status_code == 413, path


def test_a_session_that_is_made_up_brings_no_more_fields_than_a_page_has(stranger: Reader) -> None:
    stranger.client.set_cookie(COOKIE, "bedacht")
    assert posted(stranger, "/o/de-linde/breaches/new", "a=&" * FIELDS_OF_A_SESSION).status_code == 413


def test_public_pages_missing_pages_and_gets_take_only_small_forms_also_with_a_session(
    stranger: Reader, open_routes: list[str]
) -> None:
    """Only a page of somebody who is logged in, at an address that is there, takes what is pasted."""
    token = token_of(stranger)
    stranger.client.set_cookie(COOKIE, "bedacht")
    large = f"csrf_token={token}&a=" + "x" * SMALL_FORM
    for path in [*open_routes, "/nergens"]:
        assert posted(stranger, path, large).status_code == 413, path
    assert posted(stranger, "/nergens", f"csrf_token={token}").status_code == 404
    assert posted(stranger, "/o/de-linde/breaches/new", large, "GET").status_code == 413


def test_a_program_may_send_more_than_anybody_s_form(app: Flask) -> None:
    """The API judges its own bodies, in words: it has no cookie that tells a session."""
    long = {"email": "x@example.nl", "password": "x" * SMALL_FORM}
    assert app.test_client().post("/api/session", json=long).status_code == 422


def full_forms(blank: str, token: str) -> list[str]:
    """As large as they may be: one field filled with signs that a page writes out long, and as many fields as may be.

    The second says that it waits for a login, in the name of nobody.
    """
    start = f"csrf_token={token}&"
    others = Names(blank).names - {"csrf_token"} | {"name", "email"}
    filled_in = [f"{start}{name}=" for name in sorted(others)]
    many = f"{start}kept_for=/&kept_by=x" + "&kept.a=%22" * (MOST_KEPT_FIELDS - 10)
    return [*(form + '"' * (SMALL_FORM - len(form)) for form in filled_in), many]


def test_what_anybody_may_send_comes_back_in_a_page_of_its_own_size(
    stranger: Reader, open_routes: list[str]
) -> None:
    token = token_of(stranger)
    for path in open_routes:
        page = stranger.client.get(path)
        blank = len(page.data)
        for body in full_forms(page.text, token):
            answer = posted(stranger, path, body)
            assert answer.status_code != 413 and len(answer.data) <= 2 * blank + WRITTEN_OUT, (path, body[-40:])


@pytest.mark.parametrize("path", ["/login", "/passkey-login"])
def test_only_a_form_that_we_signed_waits_for_a_login(stranger: Reader, path: str) -> None:
    body = f"csrf_token={token_of(stranger)}&email=x@x.example&password=x&kept_for=/&kept_by=x&kept.a=van-niemand"
    assert "van-niemand" not in posted(stranger, path, body).text


@pytest.mark.parametrize("much", [
    {"description": "x" * MOST_BYTES}, {"facts.data": ["name"] * (MOST_KEPT_FIELDS + 1)},
])  # fmt: skip
def test_what_is_too_large_to_wait_for_a_login_is_told_and_not_kept(
    stranger: Reader, database: Database, much: dict[str, object]
) -> None:
    typing = LapsedLogin(stranger, database)
    page = typing.lapse_and_send(**much)
    assert "is te groot om hier te bewaren" in page and 'name="kept' not in page and len(page) < SMALL_PAGE
    ready = send_fields(typing.browser, LOGIN, Fields(page).forms[LOGIN], email=typing.email, password=PASSWORD)
    assert ready.status_code == 303, "the login itself works"


def test_what_waits_for_a_login_fits_into_the_form_of_the_login(stranger: Reader, database: Database) -> None:
    typing = LapsedLogin(stranger, database)
    page = typing.lapse_and_send(description="\u00e9" * (MOST_BYTES // 6 - 500))
    ready = send_fields(typing.browser, LOGIN, Fields(page).forms[LOGIN], email=typing.email, password="x" * 300)
    assert "Wat u typte, is bewaard" in page and ready.status_code == 422 and "kept.description" in ready.text


def secret_names(app: Flask) -> set[str]:
    """Every field that the specification or a page asks, whose name says that it is secret."""
    spec = app.test_client().get("/api/openapi.json").json
    assert spec is not None
    bodies = [operation["requestBody"] for methods in spec["paths"].values() for operation in methods.values()
              if "requestBody" in operation]  # fmt: skip
    asked_by = set(re.findall(r"#/components/schemas/(\w+)", str(bodies)))
    sent_in = {name for schema in asked_by for name in spec["components"]["schemas"][schema].get("properties", {})}
    pages = {name for template in TEMPLATES.rglob("*.html")
             for name in re.findall(r'f\.line\(\w+, "(\w+)"', template.read_text("utf-8"))}  # fmt: skip
    return {name for name in sent_in | pages | SECRET if SECRET_NAME.search(name)}


def test_no_secret_comes_back_in_a_page_that_asks_who_somebody_is(
    app: Flask, stranger: Reader, database: Database
) -> None:
    typing = LapsedLogin(stranger, database)
    database.outside(LAPSE, id=typing.id)
    names = secret_names(app)
    assert {"password", "code", "client_secret"} <= names
    form = dict.fromkeys(names, TYPED_HERE) | {"csrf_token": typing.token, "title": "Map kwijt"}
    paths = [re.sub(r"<\w+>", "x", rule.rule.replace("<organisation>", typing.form.split("/")[2]))
             for rule in login_routes(app)] + ["/proof", "/proof/app", "/proof/password", "/proof/passkey"]  # fmt: skip
    asked = 0
    for path in paths:
        path = re.sub(r"<int:\w+>", "1", re.sub(r"<uuid:\w+>", str(typing.id), path))
        answer = stranger.client.post(path, data=form)
        assert TYPED_HERE not in answer.text, path
        assert path.startswith("/proof") <= ("kept_for" not in answer.text), path
        asked += "kept.title" in answer.text
    assert asked > 40


def test_a_form_that_waits_behind_a_proof_waits_for_the_login_too(stranger: Reader, database: Database) -> None:
    typing = LapsedLogin(stranger, database)
    database.outside("update login_session set proof_at = null where user_id = :id", id=typing.id)
    asked = stranger.client.post(typing.form, data={"csrf_token": csrf(stranger), "title": "Map kwijt"})
    waiting = Fields(asked.text).forms["/proof?next=/"]
    database.outside(LAPSE, id=typing.id)
    login = send_fields(stranger, "/proof?next=/", waiting, code=TYPED_HERE)
    assert login.status_code == 403 and TYPED_HERE not in login.text
    assert {("kept_for", typing.form), ("kept.title", "Map kwijt")} <= set(Fields(login.text).forms[LOGIN])

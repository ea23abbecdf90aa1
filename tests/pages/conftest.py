"""People who look at pages: each with a browser of their own, without JavaScript unless a test opens a real one."""

import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from service.admission.access import COOKIE
from tenants.database import db
from tenants.history.entries import Actor
from tenants.identity.sessions import begin_session
from tenants.identity.users import User
from tenants.isolation import acting_for, acting_for_nobody
from tenants.organisations.organisations import the_acting_organisation
from tests.conftest import WITHIN_S, Database
from tests.factories import Office, an_assessment, an_office
from tests.walls import watched

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
KEY = re.compile(r'name="(form_key)" value="([^"]+)"')
SETUP = Path(__file__).parents[1] / "setup_browser"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@dataclass
class Reader:
    """Somebody who looks at pages and fills in forms."""

    client: FlaskClient

    def see(self, path: str, status: int = 200) -> str:
        """The page at a path."""
        answer = self.client.get(path)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    def send(self, path: str, form: dict[str, Any], seen: str | None = None) -> TestResponse:
        """Fill in the form at a path (or at another page) and send it, with the token, key and version it carried."""
        page = self.client.get(seen or path).get_data(as_text=True)
        token = TOKEN.search(page)
        assert token, "no form on this page"
        hidden = dict(re.findall(r'name="(version|seen)" value="(\d+)"', page)) | dict(KEY.findall(page))
        return self.client.post(path, data={"csrf_token": token[1], **hidden, **form})

    def done(self, path: str, form: dict[str, Any], seen: str | None = None) -> str:
        """The page that follows a form that was accepted."""
        answer = self.send(path, form, seen)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return self.see(answer.headers["Location"])


def typed_assessment(risk: str = "risk", **more: Any) -> dict[str, Any]:
    """An assessment as its form sends it, by somebody who sees the risk that the advice sees."""
    values = an_assessment(risk, **more)
    known = values.pop("facts").items()
    facts = {f"facts.{name}": str(fact).lower() if isinstance(fact, bool) else fact for name, fact in known}
    return facts | values


@pytest.fixture(scope="module", autouse=True)
def walls() -> Iterator[None]:
    """Nowhere in these tests does a statement go over the walls."""
    with watched() as caught:
        yield
    assert caught == []


@pytest.fixture
def reader(app: Flask) -> Callable[[Actor], Reader]:
    """A browser in which somebody is logged in."""

    def logged_in(who: Actor) -> Reader:
        client = app.test_client()
        with acting_for_nobody():
            user = db.session.get(User, who.id)
            assert user is not None
            token = begin_session(user, proven=True)
        client.set_cookie(COOKIE, token)
        return Reader(client)

    return logged_in


@pytest.fixture
def stranger(app: Flask) -> Reader:
    """A browser in which nobody is logged in."""
    return Reader(app.test_client())


@pytest.fixture(scope="module")
def office(app: Flask, database: Database) -> Office:
    """An office with four clients."""
    return an_office(4)


@pytest.fixture
def path(office: Office) -> Callable[..., str]:
    """Where a page of an organisation is; of the office unless told."""

    def of(rest: str = "/", organisation: UUID | None = None) -> str:
        return f"/o/{slug_of(organisation or office.id)}{rest}"

    return of


def slug_of(organisation: UUID) -> str:
    """The readable part of an organisation's address."""
    with acting_for(organisation):
        return the_acting_organisation().slug


@pytest.fixture(scope="module")
def site(app: Flask) -> Iterator[str]:
    """The address of the service, really listening on loopback."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real browser of the system's, started once for each worker; whoever uses it has a context of their own."""
    ran = subprocess.run(["sh", str(SETUP)], capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stderr.strip()
    with sync_playwright() as playwright:
        path = ran.stdout.strip().splitlines()[-1]
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        expect.set_options(timeout=WITHIN_S * 1000)  # a busy machine is slow: no test judges time
        yield browser
        browser.close()


@pytest.fixture
def browse(chromium: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """A new browser for somebody; whatever the console complains about fails the test."""
    complaints: list[str] = []
    contexts = []

    def heard(message: ConsoleMessage) -> None:
        told_on_the_page = any(code in message.text for code in ("422", "403", "409", "504"))
        if message.type == "error" and not told_on_the_page:
            complaints.append(message.text)

    def opened(**options: object) -> Page:
        here: dict[str, Any] = {"base_url": site, "locale": "nl-NL", "timezone_id": "Europe/Amsterdam"}
        context = chromium.new_context(**here | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WITHIN_S * 1000)
        page.on("console", heard)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not complaints

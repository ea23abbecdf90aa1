"""From ``meldketen up --empty`` to a first incident that a client is told about: by keyboard, in both languages."""

import json
import re
import signal
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import WITHIN_S
from tests.running_up import Run

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
VIOLATIONS = """async () => (await axe.run({resultTypes: ["violations"]})).violations.flatMap(
    (rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 200)}`))"""
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 700}
MOST_TABS = 300
PASSWORD = "vier losse woorden en meer"
OWNER, CONTACT, ANSWERS = "sanne@delinde.example", "anna@bakkerij.example", "post@delinde.example"
MAILED_WITHIN_S = 30.0


@dataclass
class Installation:
    """What the terminal of a new installation says: where the pages are, the mail, and the link to begin."""

    address: str
    inbox: str
    begin: str

    def mail_to(self, reader: str) -> dict[str, Any]:
        """The first mail to this reader, once it arrived in the sandbox's inbox."""
        deadline = monotonic() + MAILED_WITHIN_S
        while monotonic() < deadline:
            with urllib.request.urlopen(f"{self.inbox}/sandbox/messages?to={reader}", timeout=10) as answer:
                mails: list[dict[str, Any]] = json.load(answer)
            if mails:
                return mails[0]
            sleep(0.2)
        raise AssertionError(f"no mail to {reader}")


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """A new installation without the demo, which ends with the test."""
    run = Run(tmp_path / "data", "--empty")
    try:
        address, said = run.address(), run.said.read_text()
        inbox, begin = re.search(r"Inbox +(\S+)", said), re.search(r"Begin here +(\S+)", said)
        assert inbox and begin
        yield Installation(address, inbox[1], begin[1])
    finally:
        assert run.end(signal.SIGINT) == 0


class Keyboard:
    """Somebody who uses no mouse, and whose pages are judged in a wide and a narrow window."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, where: str) -> None:
        """Press Tab until the cursor is there."""
        there = self.page.locator(where).first
        there.wait_for(state="visible")
        for _ in range(MOST_TABS):
            if there.evaluate("place => place === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no way to {where} on {self.page.url}")

    def type(self, **fields: str) -> None:
        """Fill in these fields, each by its name; two underscores stand for a dot."""
        for name, words in fields.items():
            self.reach(f"[name='{name.replace('__', '.')}']")
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(words)

    def tick(self, where: str) -> None:
        self.reach(where)
        self.page.keyboard.press("Space")

    def press(self, where: str) -> None:
        """Go on by a link or a button, to another page."""
        self.reach(where)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def judge(self) -> None:
        """No violation of axe and nothing beside the window, wide and narrow."""
        self.page.evaluate(AXE)
        for size in (WIDE, NARROW):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            assert self.page.evaluate(VIOLATIONS) == [], (self.page.url, size)
            assert self.page.evaluate("document.documentElement.scrollWidth") <= size["width"], self.page.url
        self.page.set_viewport_size(WIDE)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_from_an_empty_installation_to_a_first_incident(
    installation: Installation, chromium: Browser, language: str
) -> None:  # fmt: skip
    context = chromium.new_context(viewport=WIDE, locale={"nl": "nl-NL", "en": "en-GB"}[language])
    user = Keyboard(context.new_page())
    user.page.set_default_timeout(WITHIN_S * 1000)
    see_that_it_is_new(user, installation, language)
    make_the_office(user, installation, language)
    open_it_as_owner(user)
    fill_in_the_settings(user)
    asked = installation.mail_to(ANSWERS)
    assert f"{installation.address}/reply-address/" in asked["text"]
    register_a_client(user)
    record_an_incident(user)
    mail = installation.mail_to(CONTACT)
    assert "De Linde" in mail["subject"] and f"{installation.address}/receipt/" in mail["text"]
    assert ("Beste" if language == "nl" else "Dear") in mail["text"]
    context.close()


def see_that_it_is_new(user: Keyboard, installation: Installation, language: str) -> None:
    user.page.goto(installation.address)
    if language == "en":
        user.press("a[hreflang=en]")
    title = {"nl": "Deze installatie is nieuw", "en": "This installation is new"}[language]
    expect(user.page.get_by_role("heading", level=1)).to_have_text(title)
    user.judge()


def make_the_office(user: Keyboard, installation: Installation, language: str) -> None:
    user.page.goto(installation.begin)
    user.judge()
    user.type(name="De Linde Accountants", kvk_number="12345678", owner_name="Sanne de Linde", owner_email=OWNER)
    expect(user.page.locator(f"[name=locale][value={language}]")).to_be_checked()
    user.press("main form button.button")


def open_it_as_owner(user: Keyboard) -> None:
    """A password, an app with codes, and the codes for when the app is lost."""
    expect(user.page).to_have_url(re.compile("/invitation/"))
    user.judge()
    expect(user.page.locator("[name=name]")).to_have_value("Sanne de Linde")
    user.type(password=PASSWORD)
    user.press("main form button.button")
    expect(user.page).to_have_url(re.compile("/proof"))
    user.judge()
    user.type(code=pyotp.TOTP(user.page.locator("[name=secret]").input_value()).now())
    user.press("form[action*='/proof/app'] button.button")
    user.judge()
    user.press("main div.actions a.button")
    expect(user.page).to_have_url(re.compile("/o/de-linde-accountants/$"))
    user.judge()


def fill_in_the_settings(user: Keyboard) -> None:
    """From the first steps on the overview: sender, address for answers, address and sector."""
    expect(user.page.locator("main .card").first).to_have_id("first-steps")
    expect(user.page.locator("main a.button:not(.second)")).to_have_count(1)
    user.press("#first-steps a[href$='/settings#mail']")
    user.judge()
    user.type(sender_name="De Linde", reply_address=ANSWERS)
    user.press("button[name=part][value=mail]")
    expect(user.page.get_by_role("main")).to_contain_text(ANSWERS)
    user.type(visiting_street="Kade 1", visiting_postcode="3511 ab", visiting_town="Utrecht", sector="accountancy")
    user.reach("[name=size]:checked")
    user.page.keyboard.press("ArrowDown")
    size = user.page.locator("[name=size]:checked").input_value()
    user.press("button[name=part][value=address]")
    expect(user.page.locator("[name=visiting_postcode]")).to_have_value("3511 AB")
    expect(user.page.locator("[name=sector]")).to_have_value("accountancy")
    expect(user.page.locator("[name=size]:checked")).to_have_value(size)
    user.judge()


def register_a_client(user: Keyboard) -> None:
    user.press("nav a[href$='/agreements']")
    user.press("main a[href$='/agreements/new']")
    user.judge()
    user.type(name="Bakkerij Jansen", kvk_number="87654321", client_number="K1")
    user.type(contacts__0__name="Anna Bakker", contacts__0__email=CONTACT)
    user.reach("[name='services.bookkeeping']")
    user.page.keyboard.press("ArrowDown")
    user.type(hours_to_notify="24")
    user.reach("[name='in_force_from']")
    user.page.keyboard.type("01012020")
    user.press("main form .actions button.button")
    expect(user.page.get_by_role("main")).to_contain_text("Bakkerij Jansen")
    user.judge()


def record_an_incident(user: Keyboard) -> None:
    """The form, the page to check it, and the board."""
    user.press("nav a[href$='/incidents']")
    user.press("main a[href$='/incidents/new']")
    user.judge()
    user.type(title="Back-up kwijt", description="Weg na de verhuizing.")
    for moment in ("found_at", "became_aware_at"):
        user.tick(f"#f-{moment}-group [data-now]")
    user.tick("[name=services][value=bookkeeping]")
    user.type(clients__0__client_number="K1", clients__0__people="12")
    user.type(contact_name="Sanne de Linde", contact_email=OWNER)
    user.press("main form > .actions button.button")
    expect(user.page.get_by_role("main")).to_contain_text("Bakkerij Jansen")
    user.judge()
    user.press("main form .actions button.button")
    expect(user.page).to_have_url(re.compile("/incidents/[0-9a-f-]+$"))
    user.judge()

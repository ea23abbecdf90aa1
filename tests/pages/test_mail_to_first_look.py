"""From a real mail in the sandbox's inbox to the first look at one's own breach, on a telephone: screens and words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Thread
from typing import Any

import pyotp
import pytest
from jinja2 import BytecodeCache
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import BaseWSGIServer, make_server

from service import create_app
from service.embedded.ports import any_free
from service.sandbox.app import create_sandbox
from service.sandbox.settings import SandboxSettings
from service.words.texts import spoken
from tenants.database import db
from tests.conftest import Database
from tests.factories import an_incident, an_office
from tests.pages.in_chromium import nothing_sticks_out
from workflows.engine.hints import NoHints, use_hints
from workflows.mail.sendgrid import SendGridSender
from workflows.running.jobs import drain, use_mail_sender

KEY, PASSWORD = "SG.for-tests", "vier losse woorden"
MOST_SCREENS, MOST_WORDS = 6, 400
"""The mail is a screen. The words of the mail, of each page after it and of the first screen of the breach are counted
together. Codes and keys are copied, and not read. What the processor states of its incident, also that something is not
yet known, is no word of ours."""
STATED = (
    "Back-upstation kwijt", "Weg na verhuizing", "naam, burgerservicenummer (BSN)",
    "name, citizen service number (BSN)", "Fenna de Wit", "fg@delinde.example", "020 123 45 67",
    "nog niet bekend", "not yet known",
)
MOMENT = re.compile(r"[a-z]+ \d+ [a-z]+ \d{4}, \d\d:\d\d|[A-Z][a-z]+ \d+ [A-Z][a-z]+ \d{4},? (at )?\d\d:\d\d")
TELEPHONE = {"width": 390, "height": 844}
WORDS = """bottom => {
  const walker = document.createTreeWalker(document.querySelector("main, [role=main]"), NodeFilter.SHOW_TEXT);
  const words = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(node);
    const at = range.getBoundingClientRect();
    const is_seen = at.width > 1 && at.height > 1 && at.top < bottom && node.parentElement.checkVisibility();
    const is_read = is_seen && !node.parentElement.closest(".secret, .hidden");
    if (is_read) words.push(node.data);
  }
  return words.join(" ").replace(/[\\s\u2066-\u2069]+/g, " ");
}"""
BLANK = """() => [...document.querySelectorAll("main input:not([type=hidden])")]
  .filter((field) => field.checkVisibility() && !field.value).map((field) => field.name)"""


def served(application: Any, port: int = 0) -> BaseWSGIServer:
    """A server of this application on loopback."""
    server = make_server("127.0.0.1", port, application, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture(scope="module")
def site(database: Database, compiled: BytecodeCache) -> Iterator[str]:
    """The service at the address that its mails name, which a browser trusts with passkeys."""
    port = any_free()
    address = f"http://localhost:{port}"
    service = create_app(replace(database.config, base_url=address))
    service.jinja_env.bytecode_cache = compiled
    server = served(service, port)
    yield address
    server.shutdown()
    use_hints(NoHints())
    with service.app_context():
        db.engine.dispose()


@pytest.fixture
def inbox(tmp_path: Path, site: str) -> Iterator[str]:
    """The address of a sandbox that takes all mail of the service."""
    server = served(create_sandbox(SandboxSettings(tmp_path, KEY, None, tmp_path / "key.pem")))
    address = f"http://127.0.0.1:{server.server_port}"
    use_mail_sender(SendGridSender(KEY, address, "meldketen@example.nl", "Meldketen"))
    yield address
    server.shutdown()


@dataclass
class Way:
    """What somebody meets on the way: how many words on each screen, and which fields they filled in."""

    words: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def reads(self, words: str) -> None:
        """Count these words, without what the processor states."""
        for stated in STATED:
            words = words.replace(stated, "")
        self.words.append(len(MOMENT.sub("", words).split()))

    def meets(self, page: Page, bottom: float = 1e9) -> None:
        """Count this screen, or what is above `bottom` pixels of it."""
        page.wait_for_load_state("networkidle")
        self.reads(page.evaluate(WORDS, bottom))
        self.asked += page.evaluate(BLANK) if bottom == 1e9 else []
        nothing_sticks_out(page)


def test_from_the_mail_to_the_first_look_at_ones_own_breach(
    chromium: Browser, site: str, inbox: str, database: Database
) -> None:
    for language, has_own_lock in (("nl", True), ("nl", False), ("en", False)):
        office = an_office()
        database.outside("update organisation set locale = :l where id = :o", l=language, o=office.id)
        incident = an_incident(office, contact_phone="020 123 45 67")
        told = database.outside("select controller_id from escalation where incident_id = :i", i=incident.id)
        client = str(told[0]["controller_id"]), str(office.id)
        while drain(str(office.id)):
            pass
        context = chromium.new_context(base_url=site, viewport=TELEPHONE)  # type: ignore[arg-type]
        context.add_cookies([{"name": "language", "value": language, "url": site}])
        way = Way()
        page = opened_from_the_mail(context, way, inbox)
        if has_own_lock:
            with_a_lock(page)
        walk(page, way, has_own_lock, spoken(language), client)
        assert len(way.words) <= MOST_SCREENS, way
        assert sum(way.words) <= MOST_WORDS, way
        assert sorted(way.asked) == sorted(set(way.asked)), way
        context.close()


def opened_from_the_mail(context: BrowserContext, way: Way, inbox: str) -> Page:
    """The page that the button in the newest mail opens, after the mail was read."""
    page = context.new_page()
    page.goto(inbox)
    page.get_by_role("link", name="De Linde Accountants").first.click()
    mail = page.frame_locator("iframe")
    way.reads(mail.get_by_role("main").evaluate(f"at => ({WORDS})(1e9)"))
    with context.expect_page() as opened:
        mail.get_by_role("link").click()
    return opened.value


def with_a_lock(page: Page) -> None:
    """The telephone recognises its user's finger."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }})  # fmt: skip


def walk(page: Page, way: Way, has_own_lock: bool, words: dict[str, str], client: tuple[str, str]) -> None:
    """Receipt, account, second factor, recovery codes, breach. Meanwhile the jobs of this client and office run."""
    way.meets(page)
    page.get_by_label(words["receipt.name"]).fill("Anna Bakker")
    page.get_by_role("button", name=words["receipt.button"]).click()
    expect(page.get_by_label(words["invitation.name"])).to_have_value("Anna Bakker")
    way.meets(page)
    page.get_by_label(words["invitation.password"]).fill(PASSWORD)
    page.get_by_role("button", name=words["invitation.button"]).click()
    while drain(client[0]) + drain(client[1]):
        pass
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(words["proof.set_up_title"])
    by_device = page.get_by_role("button", name=words["proof.by_device"])
    expect(by_device).to_be_visible(visible=has_own_lock)
    way.meets(page)
    if has_own_lock:
        by_device.click()
    else:
        page.get_by_label(words["proof.first_code"]).fill(pyotp.TOTP(page.locator("#app-secret").inner_text()).now())
        page.get_by_role("button", name=words["proof.confirm"]).click()
    expect(heading).to_have_text(words["proof.codes_title"])
    way.meets(page)
    page.get_by_role("link", name=words["proof.codes_go_on"]).click()
    expect(heading).to_have_text(STATED[0])
    way.meets(page, bottom=TELEPHONE["height"])

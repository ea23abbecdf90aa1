"""Passkeys in a real Chromium, with a device of its own: made, given as a second factor, and as the only way in."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Thread

import pytest
from jinja2 import BytecodeCache
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from service import create_app
from service.embedded.ports import any_free
from tenants.database import db
from tenants.identity.users import APPROVER
from tests.conftest import WITHIN_S, Database
from tests.factories import an_organisation
from tests.pages.accounts import PASSWORD, somebody
from workflows.engine.hints import NoHints, use_hints


@pytest.fixture(scope="module")
def secure_site(database: Database, compiled: BytecodeCache) -> Iterator[str]:
    """The service at localhost, which a browser trusts with passkeys."""
    port = any_free()
    address = f"http://localhost:{port}"
    service = create_app(replace(database.config, base_url=address))
    service.jinja_env.bytecode_cache = compiled
    server = make_server("127.0.0.1", port, service, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield address
    server.shutdown()
    thread.join()
    use_hints(NoHints())
    with service.app_context():
        db.engine.dispose()


@pytest.fixture
def device(chromium: Browser, secure_site: str) -> Iterator[Callable[[], Page]]:
    """A new device, with a fingerprint reader that always sees its owner."""
    contexts: list[BrowserContext] = []

    def opened() -> Page:
        context = chromium.new_context(base_url=secure_site, locale="nl-NL")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WITHIN_S * 1000)
        tools = context.new_cdp_session(page)
        tools.send("WebAuthn.enable")
        tools.send("WebAuthn.addVirtualAuthenticator", {"options": {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }})  # fmt: skip
        return page

    yield opened
    for context in contexts:
        context.close()


def test_a_passkey_is_made_proves_and_becomes_the_only_way_in(
    device: Callable[[], Page], database: Database
) -> None:
    email, _ = somebody(an_organisation(), APPROVER)
    page = device()
    page.goto("/login?next=/account")
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Stel een tweede stap in")
    begin_with_this_device(page)
    make_passkey(page, "Laptop")
    with_passkey(page)
    prove_again(page, database)
    without_password(page)
    sign_counts_only_rise(page, database)


def begin_with_this_device(page: Page) -> None:
    """A device that recognises its user comes first; the app's way is folded behind it. Recovery codes follow."""
    expect(page.get_by_text("Openen in uw app")).to_be_hidden()
    page.get_by_role("button", name="Dit apparaat gebruiken").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Uw herstelcodes")
    assert page.locator("#codes li").count() == 10
    page.get_by_role("link", name="Ik heb ze bewaard").click()
    expect(page.locator("#only-factor")).to_contain_text("Dit is uw enige tweede stap")
    page.get_by_role("button", name=re.compile("^Verwijderen")).click()
    expect(page.get_by_role("status")).to_contain_text("U hebt nu geen tweede stap meer")


def make_passkey(page: Page, name: str) -> None:
    """As a person does it."""
    page.get_by_label("Naam van deze passkey").fill(name)
    page.get_by_role("button", name="Passkey toevoegen").click()
    expect(page.get_by_role("status")).to_contain_text("De passkey is toegevoegd")
    expect(page.get_by_role("strong").filter(has_text=name)).to_be_visible()


def with_passkey(page: Page) -> None:
    """Out, and in again without a password; that was a second factor too."""
    page.get_by_role("button", name="Uitloggen").click()
    page.goto("/login?next=/account")
    page.get_by_role("button", name="Inloggen met een passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mijn account")


def prove_again(page: Page, database: Database) -> None:
    """After more than five minutes."""
    database.outside("update login_session set proof_at = now() - interval '6 minutes'")
    page.goto("/account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bevestig wie u bent")
    page.get_by_role("button", name="Bevestigen met een passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mijn account")


def without_password(page: Page) -> None:
    """The passkey is the only way in, so it cannot be removed."""
    page.get_by_role("button", name="Wachtwoord weghalen").click()
    expect(page.get_by_role("status")).to_contain_text("Uw wachtwoord is weggehaald")
    page.get_by_role("button", name="Verwijderen Laptop").click()
    expect(page.get_by_role("alert")).to_contain_text("Dit is de enige manier waarop u kunt inloggen")
    with_passkey(page)


def sign_counts_only_rise(page: Page, database: Database) -> None:
    """A key whose counter is behind ours was copied: it opens nothing."""
    [key] = database.outside("update passkey set sign_count = sign_count + 100 returning sign_count, last_used_at")
    assert key["sign_count"] > 100 and key["last_used_at"]
    page.get_by_role("button", name="Uitloggen").click()
    page.goto("/login")
    page.get_by_role("button", name="Inloggen met een passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("Deze gegevens horen niet bij elkaar")

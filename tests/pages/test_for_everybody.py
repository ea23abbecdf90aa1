"""Every page, for every role and in both languages, as axe, a keyboard and a small window meet it.

A page of a new route that no reader of these organisations reaches fails the test, and so does a new form.
"""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page as Tab

from tenants.history.entries import Actor
from tenants.identity.users import OWNER, PRIVACY_OFFICER
from tests.conftest import Database
from tests.house.routes import routes
from tests.pages.conftest import Reader, slug_of
from tests.pages.walking import Walk
from tests.worlds.every_page import House, every_house, of_nobody
from workflows.mail.outbox import Outbox

AXE = files("axe_playwright_python") / "axe.min.js"
JUDGING = Path(__file__).with_name("judging.js")
WITHOUT_LINK = (
    "", "/agreements/contacts", "/broken-glass", "/notices", "/provider/link", "/provider/removal", "/unheard-clocks",
)  # fmt: skip
"""Pages that every organisation has, some of which are linked only when something waits on them."""
OF_ONE = ("/account", "/proof", "/proof/password", "/proof/lost", "/proof/lost/link/onbekend")
NO_PAGE = {
    "/language/<language>", "/login/<slug>/provider", "/login/oidc/callback", "/login/oidc/go",
    "/invitation/<token>/provider", "/account/passkeys/options", "/proof/passkey", "/proof/passkey/options",
    "/proof/passkey/new/options", "/o/<organisation>/breaches/<uuid:breach_id>/advice",
    "/session/end",
}
"""Routes that answer data or another address."""
FILES = (".json", ".csv", ".zip", ".pdf")
OF_OTHER_STATES = {
    "/login/<slug>", "/o/<organisation>/agreements/contacts/<uuid:agreement_id>", "/password-reset/<token>",
    "/o/<organisation>/people/<uuid:user_id>/agreement", "/o/<organisation>/people/<uuid:user_id>/ending",
    "/o/<organisation>/people/<uuid:user_id>/ending/objection", "/o/<organisation>/provider/link",
    "/o/<organisation>/people/<uuid:user_id>/second-factor/removal/stop", "/o/<organisation>/provider/removal",
    "/o/<organisation>/provider/unlink", "/o/<organisation>/registers/<uuid:register_id>", "/proof/lost/anew",
    "/proof/lost/seats/<slug>", "/account/passkeys/<uuid:passkey_id>/removal", "/account/password/removal",
    "/account/recovery-codes", "/o/<organisation>/broken-glass/<uuid:glass_id>", "/proof",
    "/o/<organisation>/breaches/<uuid:breach_id>/alone/<step>", "/o/<organisation>/breaches/<uuid:breach_id>/seen",
    "/o/<organisation>/deputies/<uuid:appointment_id>/end", "/o/<organisation>/notices/<uuid:notice_id>/alone/<step>",
    "/o/<organisation>/tokens/<uuid:token_id>/end", "/o/<organisation>/verification",
    "/o/<organisation>/verification/provider",
}
"""Routes whose page or form these organisations do not show: they need a provider, a lost factor, an owner who goes."""
SMALL = {"width": 320, "height": 256}
MOST_OF_A_SMALL_WINDOW = 0.5
LARGE = "document.documentElement.style.fontSize = '150%'"


def starts(house: House, who: Actor) -> list[str]:
    """The addresses from which somebody of this organisation reaches its pages; who leads it, reaches all of them."""
    leads = who.role in (OWNER, PRIVACY_OFFICER)
    of_house = [f"/o/{slug_of(house.id)}{path or '/'}" for path in (WITHOUT_LINK if leads else [""])]
    return [*of_house, *(OF_ONE if house.addresses else []), *house.addresses]


def people_of(house: House, language: str) -> list[Actor]:
    """Everybody looks in Dutch. In English one of each organisation does: the elements of a page are the same."""
    return list(house.people.values()) if language == "nl" else list(house.people.values())[-1:]


@pytest.fixture
def walk(app: Flask, database: Database, outbox: Outbox, reader: Callable[[Actor], Reader], stranger: Reader) -> Walk:
    """Everything that everybody sees, and what comes back when they send a form empty or with nonsense."""
    walk, met = Walk(app), []
    houses = every_house(database, outbox, reader)
    nobody = of_nobody(database)
    for language in ("nl", "en"):
        stranger.client.set_cookie("language", language)
        met.append((stranger, walk.look(stranger, nobody, "nobody")))
        for house in houses:
            for who in people_of(house, language):
                there = reader(who)
                there.client.set_cookie("language", language)
                met.append((there, walk.look(there, starts(house, who), f"{language} {who.role}")))
    for with_nonsense in (False, True):
        for there, answered in met:
            for address, page in answered.items():
                walk.send_forms(there, address, page, with_nonsense)
    return walk


@pytest.fixture
def tab(browse: Callable[..., Tab]) -> Tab:
    """A page of the product with its styles, in which other pages can be judged."""
    page = browse(viewport={"width": 1280, "height": 900})
    page.goto("/login")
    page.evaluate(AXE.read_text("utf-8"))
    page.evaluate(JUDGING.read_text("utf-8"))
    return page


def test_every_page_and_every_form_is_for_everybody(walk: Walk, app: Flask, tab: Tab) -> None:
    known = {(method, rule.rule) for method, rule in routes(app) if rule.endpoint.startswith("web.")}
    unseen = {rule for method, rule in known - walk.seen if rule not in NO_PAGE and not rule.endswith(FILES)}
    assert unseen - OF_OTHER_STATES == set(), "no reader reaches this page, or meets this form"
    wrong = [(said, page.about) for page in walk.pages for said in tab.evaluate("judged", page.html)]
    tab.set_viewport_size(SMALL)  # type: ignore[arg-type]
    tab.evaluate(LARGE)
    for page in walk.pages:
        too_wide, share = tab.evaluate("measured", page.html)
        if too_wide > 0 or share > MOST_OF_A_SMALL_WINDOW:
            wrong.append((f"{too_wide} px too wide, header {share:.0%} of the window", page.about))
    assert wrong == []

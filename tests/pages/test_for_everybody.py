"""Every page, for every role and in both languages, as axe, a keyboard and a small window meet it.

Everybody looks at every page in Dutch and in English. A page is judged unless all its elements are judged on others:
each kind of element at its place, with the same roles, classes and states, with words or without. Contrast and
structure do not depend on which words a page has, nor on their language; a name that one language lacks makes another
kind of element. So does an attribute without a value.

A page of a new route that no reader of these organisations reaches fails the test, and so does a new form.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from playwright.sync_api import Page as Tab

from service.words.texts import LOCALES
from tenants.history.entries import Actor
from tenants.identity.users import OWNER, PRIVACY_OFFICER
from tests.conftest import Database
from tests.house.routes import routes
from tests.pages.conftest import Reader, slug_of
from tests.pages.days_written import wrongly_written
from tests.pages.walking import Forms, Page, Walk, fewest
from tests.service.whole_service import whole_service
from tests.worlds.every_page import every_house, of_nobody
from tests.worlds.rare_states import House
from workflows.mail.outbox import Outbox
from workflows.mail.sender import Mail
from workflows.mail.texts import render, text

AXE = files("axe_playwright_python") / "axe.min.js"
JUDGING = Path(__file__).with_name("judging.js")
WITHOUT_LINK = (
    "", "/agreements/contacts", "/broken-glass", "/notices", "/provider/link", "/provider/removal", "/search",
    "/unheard-clocks",
)  # fmt: skip
"""Pages that every organisation has, some of which are linked only when something waits on them."""
LINK = "https://meldketen.example/x"
ORGANISATION_PROVIDER: dict[str, Any] = {
    "organisation_provider_issuer": "https://makelaar.example", "organisation_provider_client_id": "meldketen",
    "organisation_provider_client_secret": "geheim", "organisation_provider_claim": "kvk",
    "organisation_provider_acr": ("urn:loa3",), "organisation_provider_name_claim": "name",
}  # fmt: skip
OF_ONE = ("/account", "/proof", "/proof/password", "/proof/lost", "/proof/lost/link/onbekend")
NO_PAGE = {
    "/language/<language>", "/login/<slug>/provider", "/login/oidc/callback", "/login/oidc/go",
    "/invitation/<token>/provider", "/account/passkeys/options", "/proof/passkey", "/proof/passkey/options",
    "/proof/passkey/new/options", "/o/<organisation>/breaches/<uuid:breach_id>/advice",
    "/session/end",
}
"""Routes that answer data or another address."""
FILES = (".json", ".csv", ".zip", ".pdf", ".<ending:ending>")
OF_OTHER_STATES = {
    "/o/<organisation>/notices/<uuid:notice_id>/look": "a second button of the form of the text leads here",
    "/o/<organisation>/drafts/<form>": "a second button of each form saves here, and shows the page of that form again",
    "/o/<organisation>/drafts/<form>/<uuid:subject_id>": "in the same way, of a form about a breach or a notice",
    "/o/<organisation>/settings/mail/link": "a second button of the form of the settings saves here, and mails a link",
    **dict.fromkeys(
        (f"/o/<organisation>/files/{page}" for page in (
            "<uuid:file_id>", "<uuid:file_id>/columns", "<uuid:file_id>/taking",
            "<uuid:file_id>/undone", "<uuid:file_id>/left", "<uuid:file_id>/looking", "<uuid:file_id>/checking",
            "<uuid:file_id>/proposals",
        )), "only who brought in a file has it; test_files_in_chromium.py judges it",
    ),
    "/o/<organisation>/incidents/new/list": "a second button of the form of an incident reads a list here",
    "/set-up/<token>": "only an installation without an organisation has it; test_from_empty_in_chromium.py judges it",
}
"""Routes whose page or form these organisations do not show, each with the reason."""
SMALL = {"width": 320, "height": 256}
MOST_OF_A_SMALL_WINDOW = 0.5
LARGE = "document.documentElement.style.fontSize = '150%'"


def starts(house: House, who: Actor) -> list[str]:
    """The addresses from which somebody of this organisation reaches its pages; who leads it, reaches all of them."""
    if not house.is_whole:
        return house.addresses
    leads = who.role in (OWNER, PRIVACY_OFFICER)
    of_house = [f"/o/{slug_of(house.id)}{path or '/'}" for path in (WITHOUT_LINK if leads else [""])]
    return [*of_house, *(OF_ONE if house.addresses else []), *house.addresses]


@pytest.fixture(scope="module")
def app(database: Database, compiled: BytecodeCache) -> Iterator[Flask]:
    """The service, with a provider that knows organisations; nobody asks it anything."""
    with whole_service(replace(database.config, **ORGANISATION_PROVIDER), compiled) as service:
        yield service


@pytest.fixture
def walk(app: Flask, database: Database, outbox: Outbox, reader: Callable[[Actor], Reader], stranger: Reader) -> Walk:
    """Everything that everybody sees, and what comes back when they send a form empty or with nonsense."""
    walk, met = Walk(app), []
    houses = every_house(database, outbox, reader)
    nobody = of_nobody(database)
    for language in LOCALES:
        met.append((stranger, walk.look(stranger, nobody, language, "nobody")))
        for house in houses:
            for who in house.people.values():
                there = reader(who)
                met.append((there, walk.look(there, starts(house, who), language, who.role, house.is_whole)))
    forms = [(there, Forms(page, at)) for there, answered in met for at, page in answered.items()]
    for with_nonsense in (False, True):
        for there, of_page in forms:
            walk.send_forms(there, of_page, with_nonsense)
    return walk


@pytest.fixture
def tab(browse: Callable[..., Tab]) -> Tab:
    """A page of the product with its styles, in which other pages can be judged."""
    page = browse(viewport={"width": 1280, "height": 900})
    page.goto("/login")
    page.evaluate(AXE.read_text("utf-8"))
    page.evaluate(JUDGING.read_text("utf-8"))
    return page


def test_every_page_and_every_form_is_for_everybody(walk: Walk, app: Flask, tab: Tab, outbox: Outbox) -> None:
    assert walk.days == {}, "a day that is not written day first, in the order of the page's language"
    assert outbox.mails and [day for mail in outbox.mails for day in days_in(mail)] == []
    known = {(method, rule.rule) for method, rule in routes(app) if rule.endpoint.startswith("web.")}
    unseen = {rule for method, rule in known - walk.seen if rule not in NO_PAGE and not rule.endswith(FILES)}
    assert unseen == set(OF_OTHER_STATES), "a page or form that no reader meets, or meets now"
    pages = fewest(walk.pages.values())
    wrong = [(said, page.about) for page in pages for said in tab.evaluate("judged", page.html)]
    tab.set_viewport_size(SMALL)  # type: ignore[arg-type]
    tab.evaluate(LARGE)
    for page in pages:
        too_wide, share = tab.evaluate("measured", page.html)
        if too_wide > 0 or share > MOST_OF_A_SMALL_WINDOW:
            wrong.append((f"{too_wide} px too wide, header {share:.0%} of the window", page.about))
    assert wrong == []


def days_in(mail: Mail) -> list[str]:
    """Each day in a mail that is not written day first. Most are Dutch, and both languages write months in words."""
    read = [part for to in mail.people for part in mail.as_read_by(to)]
    return [day for part in read for day in wrongly_written(str(part), "nl")]


def every_mail() -> Iterator[Page]:
    """The HTML of every mail in both languages, each value filled in with a word or a link."""
    for language in LOCALES:
        names = {file.name for file in files("workflows.mail").joinpath("texts", language).iterdir()}
        for key in sorted(name.removesuffix(".txt") for name in names if name.endswith(".txt")):
            what = text(key, language)
            links = what.links | {"check_url"}
            values = {name: LINK if name in links else "waarde" for name in what.placeholders}
            yield Page("mail", render(what, values, (), language).html, f"{language} {key}")


def test_every_mail_is_for_everybody(browse: Callable[..., Tab]) -> None:
    """A mail program shows it without our styles. It is judged unless all its elements are judged on others."""
    tab = browse()
    tab.evaluate(AXE.read_text("utf-8"))
    tab.evaluate(JUDGING.read_text("utf-8"))
    pages = fewest(every_mail())
    wrong = [(said, page.about) for page in pages for said in tab.evaluate("mailJudged", page.html)]
    assert pages and wrong == []

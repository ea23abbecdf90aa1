"""Pages that the walk of all pages does not reach, as axe, a keyboard and a telephone meet them, in both languages."""

from collections.abc import Callable
from importlib.resources import files

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.conftest import Database
from tests.factories import an_office, an_own_breach
from tests.pages.conftest import slug_of
from tests.pages.in_chromium import has_session, nothing_sticks_out
from tests.worlds.two_registers import TwoRegisters

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
VIOLATIONS = """async () => (await axe.run({resultTypes: ["violations"]})).violations.flatMap(
    (rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 200)}`))"""
BEA = {"name": "Bea", "email": "bea@boekhouder.example"}
SAID_NO = """
    update contact_standing set says_no_at = now(), successor = '{"name": "Bo", "email": "bo@boekhouder.example"}'
     where organisation_id = :o returning id"""
LANGUAGES = pytest.mark.parametrize("language", ["nl", "en"])


def judge(page: Page) -> None:
    nothing_sticks_out(page)
    page.evaluate(AXE)
    assert page.evaluate(VIOLATIONS) == [], page.url


def speak(page: Page, site: str, language: str) -> None:
    page.context.add_cookies([{"name": "language", "value": language, "url": site}])


@LANGUAGES
def test_who_said_no_is_replaced_by_whom_they_named(
    app: Flask, database: Database, browse: Callable[..., Page], site: str, language: str
) -> None:
    office, page = an_office(2, contacts=[BEA]), browse()
    [contact] = database.outside(SAID_NO, o=office.id)
    has_session(page, office.officer, site)
    speak(page, site, language)
    page.goto(f"/o/{slug_of(office.id)}/agreements/contacts")
    judge(page)
    page.locator(f"a[href$='said-no/{contact['id']}']").press("Enter")
    expect(page.locator("[name=email]")).to_have_value("bo@boekhouder.example")
    judge(page)
    page.locator("[name=email]").fill("bo@")
    page.locator("[name=email]").press("Enter")
    expect(page.locator("[data-focus]")).to_be_focused()
    judge(page)
    page.locator("[name=email]").fill("bo@boekhouder.example")
    page.locator("[name=email]").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("2")
    judge(page)


@LANGUAGES
def test_two_histories_stand_in_two_columns_and_in_one_on_a_telephone(
    app: Flask, database: Database, browse: Callable[..., Page], site: str, language: str
) -> None:
    twice, page = TwoRegisters(database), browse(viewport={"width": 1280, "height": 900})
    an_own_breach(twice.goes_on)
    twice.join()
    has_session(page, twice.owner, site)
    speak(page, site, language)
    page.goto(f"/o/{slug_of(twice.goes_on)}/registers/{twice.old}/histories")
    judge(page)
    assert left_edges(page)["joined"] > left_edges(page)["here"]
    page.set_viewport_size({"width": 320, "height": 700})
    assert left_edges(page)["joined"] == left_edges(page)["here"]


def left_edges(page: Page) -> dict[str, float]:
    """Where the lines of each register begin, in pixels from the left."""
    boxes = {which: page.locator(f".histories > .{which}").first.bounding_box() for which in ("here", "joined")}
    return {which: box["x"] for which, box in boxes.items() if box}

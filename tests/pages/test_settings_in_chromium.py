"""In a real Chromium on a narrow telephone, in both languages: the settings are mended by keys, and saved at once."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tenants.isolation import acting_for
from tenants.organisations.organisations import the_acting_organisation
from tenants.organisations.settings import SECTIONS
from tests.factories import an_organisation
from tests.pages.conftest import slug_of
from tests.pages.in_chromium import log_in_as_owner

WORDS = {
    "nl": ("Bezoekadres", "Straat en huisnummer, of postbus", "Postcode", "Plaats", "is opgeslagen"),
    "en": ("Visiting address", "Street and number, or PO box", "Postcode", "Town", "is saved"),
}
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def fits(page: Page) -> None:
    """The page is no wider than its window, once all of it is there."""
    page.wait_for_load_state("load")
    assert page.evaluate(TOO_WIDE) <= 0


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_section_is_mended_and_saved_by_keyboard(browse: Callable[..., Page], app: Flask, language: str) -> None:
    house, page = an_organisation(), browse(viewport={"width": 320, "height": 640})
    log_in_as_owner(page, house)
    page.context.add_cookies([{"name": "language", "value": language, "url": page.url}])
    page.goto(f"/o/{slug_of(house)}/settings")
    group, street, postcode, town, said = WORDS[language]
    address = page.get_by_role("group", name=group)
    address.get_by_label(street).fill("Kade 1")
    address.get_by_label(postcode).fill("35 11")
    address.get_by_label(town).fill("Utrecht")
    address.get_by_label(town).press("Enter")
    expect(page.locator("[data-focus]")).to_be_focused()
    fits(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#f-visiting_postcode")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("3511 ab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()
    fits(page)
    with acting_for(house):
        assert the_acting_organisation().visiting_postcode == "3511 AB"


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("section", SECTIONS)
def test_who_saves_sees_that_it_is_saved_and_finds_what_was_typed_elsewhere(
    browse: Callable[..., Page], app: Flask, section: str, width: int
) -> None:  # fmt: skip
    house, page = an_organisation(), browse(viewport={"width": width, "height": 640})
    log_in_as_owner(page, house)
    page.goto(f"/o/{slug_of(house)}/settings#{section}")
    page.locator("[name=sector]").fill("bakkerij")
    page.locator("[name=trade_names]").first.fill("Molenbrood")
    page.locator("[name=sender_name]").fill("Molen")
    page.get_by_role("button", name="Nog een periode").click()
    page.locator("[data-rows] tr:last-child input").first.fill("24-12-2026")
    page.locator(f"button[name=part][value={section}]").click()
    said = page.get_by_role("status").filter(has_text="is opgeslagen")
    expect(said).to_be_focused()
    expect(said).to_be_in_viewport(ratio=1)
    expect(page.locator(f"#{section}")).to_contain_text("is opgeslagen")
    expect(page.locator("[name=sector]")).to_have_value("bakkerij")
    expect(page.locator("[name=trade_names]").first).to_have_value("Molenbrood")
    expect(page.locator("[name=sender_name]")).to_have_value("Molen")
    expect(page.locator("[data-rows] input").first).to_have_value("24-12-2026")
    fits(page)

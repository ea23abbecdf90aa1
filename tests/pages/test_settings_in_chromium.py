"""In a real Chromium on a narrow telephone, in both languages: a section of the settings is mended by keys."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tenants.isolation import acting_for
from tenants.organisations.organisations import the_acting_organisation
from tests.factories import an_organisation
from tests.pages.conftest import slug_of
from tests.pages.in_chromium import log_in_as_owner

WORDS = {
    "nl": ("Bezoekadres", "Straat en huisnummer, of postbus", "Postcode", "Plaats", "Adres, sector en grootte"),
    "en": ("Visiting address", "Street and number, or PO box", "Postcode", "Town", "Address, sector and size"),
}
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_section_is_mended_and_saved_by_keyboard(browse: Callable[..., Page], app: Flask, language: str) -> None:
    house, page = an_organisation(), browse(viewport={"width": 320, "height": 640})
    log_in_as_owner(page, house)
    page.context.add_cookies([{"name": "language", "value": language, "url": page.url}])
    page.goto(f"/o/{slug_of(house)}/settings")
    group, street, postcode, town, section = WORDS[language]
    address = page.get_by_role("group", name=group)
    address.get_by_label(street).fill("Kade 1")
    address.get_by_label(postcode).fill("35 11")
    address.get_by_label(town).fill("Utrecht")
    address.get_by_label(town).press("Enter")
    expect(page.locator("[data-focus]")).to_be_focused()
    assert page.evaluate(TOO_WIDE) <= 0
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "f-visiting_postcode"
    page.keyboard.press("Control+A")
    page.keyboard.type("3511 ab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text=section)).to_be_visible()
    assert page.evaluate(TOO_WIDE) <= 0
    with acting_for(house):
        assert the_acting_organisation().visiting_postcode == "3511 AB"

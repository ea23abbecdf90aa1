"""In a real Chromium on a telephone: the list of faults has the cursor, and its links show the labels too."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from tests.factories import an_organisation
from tests.pages.conftest import slug_of
from tests.pages.in_chromium import log_in_as_owner

NAME_AT = """id => {
  const at = document.getElementById(id);
  const field = at.closest('.field') || at;
  return (field.querySelector('label, legend') || field).getBoundingClientRect().top;
}"""


def test_every_fault_leads_to_a_field_whose_name_is_on_the_screen(browse: Callable[..., Page], app: Flask) -> None:
    house, page = an_organisation(), browse(viewport={"width": 320, "height": 640})
    log_in_as_owner(page, house)
    page.goto(f"/o/{slug_of(house)}/breaches/new#main")
    page.get_by_role("button", name="Vastleggen in het register").click()
    expect(page.locator("[data-focus]")).to_be_focused()
    assert page.title().startswith("Fout: Eigen datalek")
    links = page.locator("[data-focus] a[href^='#f-']")
    anchors = [link.get_attribute("href") or "" for link in links.all()]
    assert len(anchors) >= 3
    for nth, anchor in enumerate(anchors):
        links.nth(nth).click()
        expect(page.locator(f"[id='{anchor[1:]}']")).to_be_focused()
        assert 0 <= page.evaluate(NAME_AT, anchor[1:]) < 640, anchor

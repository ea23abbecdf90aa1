"""S4: in a browser, "back" does not empty a form: every field of every long form, and of forms that keep no draft."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from service.web.drafts import FORMS
from tests.factories import a_member
from tests.pages.in_chromium import has_session
from tests.pages.long_forms import House
from tests.pages.worlds import Login

Browse = Callable[..., Page]
WITHOUT_DRAFT = ("term", "awareness")
FORM = "form:has(button.button):has(textarea):not([data-upload='']), form:has([name=draft_of])"
FILL = """form => {
  for (const field of form.querySelectorAll("input:not([type=hidden]), textarea, select")) {
    if (["file", "password", "search"].includes(field.type) || field.disabled || field.readOnly) continue;
    if (["checkbox", "radio"].includes(field.type)) {
      const first = form.querySelector(`[name="${field.name}"]`);
      if (first === field) field.checked = true;
    } else if (field.matches("select")) field.selectedIndex = field.options.length - 1;
    else field.value = `Getypt in ${field.name}`;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}"""
HELD = """form => [...form.querySelectorAll("input:not([type=hidden]), textarea, select")]
  .filter(field => field.name && field.value && !["file", "password", "search"].includes(field.type))
  .map(field => [field.name, ["checkbox", "radio"].includes(field.type) ? `${field.value} ${field.checked}`
                                                                        : field.value])"""
DAYS = '[data-day], [data-time]'


@pytest.fixture(scope="module")
def made() -> list[House]:
    return []


@pytest.fixture
def house(app: Flask, reader: Login, made: list[House]) -> House:
    """Made once, by the first test that asks."""
    if not made:
        made.append(House(app, reader))
    return made[0]


def back_leaves(page: Page, add_row: bool = False) -> None:
    """Fill in everything, go elsewhere and back: the form holds what it held. More blank rows may follow."""
    if add_row:
        page.locator("[data-add-row]").click()
    form = page.locator(FORM).first
    form.evaluate(FILL)
    held = form.evaluate(HELD)
    assert len(held) > 1
    page.goto("/genuine")
    page.go_back()
    page.wait_for_load_state("load")
    assert page.locator(FORM).first.evaluate(HELD) == held


@pytest.mark.parametrize("form", sorted(FORMS))
def test_back_does_not_empty_a_long_form(browse: Browse, site: str, house: House, form: str) -> None:
    page = browse()
    has_session(page, house.who(form), site)
    page.goto(house.page(form))
    back_leaves(page, add_row=page.locator("[data-add-row]:visible").count() > 0)


@pytest.mark.parametrize("form", WITHOUT_DRAFT)
def test_back_does_not_empty_a_form_that_keeps_no_draft(browse: Browse, site: str, house: House, form: str) -> None:
    page = browse()
    organisation, _, _ = house.about["facts"]
    has_session(page, a_member(organisation), site)
    page.goto(house.page("facts").replace("/facts", f"/{form}"))
    assert page.locator(FORM).first.locator(DAYS).count() == 2
    back_leaves(page)

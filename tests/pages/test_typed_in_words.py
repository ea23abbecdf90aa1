"""A form that is shown on no page any more: what somebody typed in words stands there with its label, and that alone.

What they chose, and what the page carried, goes along in hidden fields.
"""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from flask import Flask

from service.admission.access import COOKIE
from service.web.drafts import FORMS
from tests.pages.conftest import slug_of
from tests.pages.forms import Fields
from tests.pages.long_forms import House
from tests.pages.worlds import Login

OURS = {"Sec-Fetch-Site": "same-origin"}
SHOWN = re.compile(r'<label for="typed-\d+">(.*?)</label>\s*<textarea[^>]* readonly>\n(.*?)</textarea>', re.DOTALL)


class Chosen(HTMLParser):
    """Every value that a page offers to choose, by the name of its field: the last of each."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values, self._of = dict[str, str](), ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "select":
            self._of = given.get("name", "")
        name = self._of if tag == "option" else given.get("name", "")
        if tag == "option" or given.get("type") in ("radio", "checkbox"):
            self.values[name] = given.get("value", "on") or self.values.get(name, "")


@pytest.fixture(scope="module")
def made() -> list[House]:
    return []


@pytest.fixture
def house(app: Flask, reader: Login, made: list[House]) -> House:
    """Made once, by the first test that asks."""
    if not made:
        made.append(House(app, reader))
    return made[0]


def shown_on(page: str) -> list[tuple[str, str]]:
    return [(unescape(label), unescape(value)) for label, value in SHOWN.findall(page)]


@pytest.mark.parametrize("form", sorted(FORMS))
def test_each_long_form_shows_its_texts_with_their_labels_and_nothing_that_was_chosen(house: House, form: str) -> None:
    there = house.reader(house.who(form))
    filled, chosen = house.filled_in(there, form), Chosen(there.see(house.page(form))).values
    sent = {name: [value] for name, value in chosen.items() if value} | filled.sent
    there.client.delete_cookie(COOKIE)
    answer = there.client.post(filled.action, data=sent, headers=OURS)
    assert answer.status_code == 401 and "nog niet verstuurd" in answer.text
    shown = shown_on(answer.text)
    assert sorted(value for _, value in shown) == sorted(filled.texts)
    assert chosen or form in ("recipients", "text"), "other forms ask to choose"
    names = [name for name, values in filled.sent.items() if values[0] in filled.texts]
    assert all(label and label not in names for label, _ in shown), "a label, and no name of a field"
    carried = Fields(answer.text).forms[filled.action]
    assert {(name, values[0]) for name, values in sent.items() if name != "csrf_token"} <= set(carried)


def test_the_labels_of_the_authoritys_form_are_those_of_its_page(house: House) -> None:
    there = house.reader(house.who("ap_form"))
    filled = house.filled_in(there, "ap_form")
    there.client.delete_cookie(COOKIE)
    shown = shown_on(there.client.post(filled.action, data=filled.sent, headers=OURS).text)
    labels = {value: label for label, value in shown}
    page = unescape(house.reader(house.who("ap_form")).see(house.page("ap_form")))
    assert {label for label in labels.values() if label.partition(": ")[0] not in page} == set()
    assert labels[filled.sent["contact_person.name"][0]].endswith(": Naam")


def test_settings_show_no_value_that_was_chosen(house: House, app: Flask) -> None:
    organisation, who, _ = house.about["own_breach"]
    there, at = house.reader(who), f"/o/{slug_of(organisation)}/settings"
    page = there.see(at)
    sent = Chosen(page).values | {"visiting_street": "Kade 1", "csrf_token": "verlopen", "version": "1"}
    there.client.delete_cookie(COOKIE)
    answer = there.client.post(at, data=sent, headers=OURS)
    assert shown_on(answer.text) == [("Straat (bezoekadres)", "Kade 1")]

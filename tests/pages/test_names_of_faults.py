"""Every fault in the list above a form leads to its field, and calls it as its label does, never by its raw name.

The list has the order of the fields, and the title of the page says that there are faults.
"""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from service.typed.document import MOST_ROWS
from service.web.field_labels import ITEM, ITEMS_END, labelled, labels_of, name_at
from service.web.forms import MOST_OF_A_LIST
from tenants.history.entries import Actor
from tenants.identity.users import OWNER
from tenants.isolation import acting_for
from tenants.register.escalations import board
from tests.factories import a_member, an_incident, an_office, an_organisation, an_own_breach
from tests.pages.conftest import Reader, slug_of, typed_assessment
from tests.pages.forms import local

Login = Callable[[Actor], Reader]
LISTED = re.compile(r'<li>\s*<a href="#([^"]+)">\s*(.*?)\s*</a>\s*</li>', re.DOTALL)
AN_INCIDENT = {
    "title": "Laptop weg", "description": "Uit de auto", "found_at": "2026-01-05T10:00", "moments_confirmed": "true",
    "became_aware_at": "2026-01-05T11:00", "services": ["payroll_bare"], "contact_name": "Fenna",
    "contact_email": "fg@delinde.nl",
}  # fmt: skip


def named(page: str) -> list[str]:
    """The fields of the list of faults, once each of them is called as its label says, and marked as wrong."""
    labels, listed = labels_of(page), LISTED.findall(page)
    places = [page.index(f' id="{anchor}"') for anchor, _ in listed]
    assert places == sorted(places), "the list has another order than the page"
    assert re.search(r"<title>(Fout|Error): \w", page)
    for anchor, words in listed:
        assert re.search(rf'\bid="{anchor}"', page), f"{anchor} leads nowhere"
        assert words.startswith(labels[anchor]), f"{anchor}: {words} is called {labels[anchor]}"
        field = anchor.removeprefix("f-")
        assert f'aria-describedby="{anchor}-more' in page or f'id="{anchor}" tabindex' in page, field
        assert not unescape(words).startswith((f"{field}:", field.replace("-", "."))), f"a raw name: {words}"
    assert "<fault-" not in page
    return [anchor.removeprefix("f-") for anchor, _ in listed]


@pytest.fixture
def sends(reader: Login, app: Flask) -> Callable[..., str]:
    """A form of an owner's own page that is refused."""
    house = an_organisation()
    owner = reader(a_member(house, OWNER))
    base = f"/o/{slug_of(house)}"

    def send(path: str, form: dict[str, Any], seen: str = "") -> str:
        answer = owner.send(base + path, form, seen=base + seen if seen else None)
        assert answer.status_code == 422, answer.text
        return answer.text

    return send


@pytest.mark.parametrize(("language", "least"), [("nl", 4), ("en", 4)])
def test_a_breach_that_is_sent_empty(reader: Login, app: Flask, language: str, least: int) -> None:
    house = an_organisation()
    owner = reader(a_member(house, OWNER))
    owner.client.set_cookie("language", language)
    assert len(named(owner.send(f"/o/{slug_of(house)}/breaches/new", {}).text)) >= least


@pytest.mark.parametrize(("path", "seen", "field"), [
    ("/people", "", "email"), ("/tokens", "", "name"), ("/deputies", "", "of_user"), ("/provider", "", "issuer"),
])  # fmt: skip
def test_the_forms_of_an_organisation_that_are_sent_empty(
    sends: Callable[..., str], path: str, seen: str, field: str
) -> None:
    assert field in named(sends(path, {}, seen))


def test_the_steps_of_a_breach_that_are_sent_empty(reader: Login, app: Flask) -> None:
    house = an_organisation()
    officer = a_member(house)
    there, breach = reader(officer), an_own_breach(house, officer)
    page = f"/o/{slug_of(house)}/breaches/{breach}"
    for step, field in (("assess", "risk"), ("draft", "reason")):
        assert field in named(there.send(f"{page}/steps/{step}", {}, seen=page).text)
        if step == "assess":
            there.done(f"{page}/steps/assess", typed_assessment(), seen=page)


def test_the_forms_of_an_office_that_are_sent_empty_or_with_a_number_nobody_knows(reader: Login, app: Flask) -> None:
    office = an_office(2)
    there, base = reader(office.officer), f"/o/{slug_of(office.id)}"
    assert {"title", "services", "clients"} <= set(named(there.send(f"{base}/incidents/new", {}).text))
    assert {"name", "kvk_number"} <= set(named(there.send(f"{base}/agreements/new", {}).text))
    rows = {"clients.0.client_number": "K0001", "clients.1.client_number": "ONBEKEND"}
    page = there.send(f"{base}/incidents/new", AN_INCIDENT | rows).text
    assert named(page) == ["clients-1-client_number"] and "regel 2: Klantnummer: " in page
    assert re.search(r'id="f-clients-1-client_number"[^>]* aria-invalid="true"', page)
    page = there.send(f"{base}/incidents/new", AN_INCIDENT | {"clients_list": "%PDF-1.4"}).text
    assert named(page) == ["clients_list"]
    choices = there.send(f"{base}/incidents/new", AN_INCIDENT | {"services": []}).text
    assert re.search(r'name="services" value="[a-z_]+" aria-invalid="true"', choices)


def test_a_call_that_is_sent_empty(reader: Login, app: Flask) -> None:
    office = an_office(1)
    incident = an_incident(office)
    with acting_for(office.id):
        [escalation] = board(incident.id, 1)
    path = f"/o/{slug_of(office.id)}/incidents/{incident.id}/escalations/{escalation.id}"
    page = reader(office.officer).send(path, {}).text
    assert {"outcome", "called_at"} <= set(named(page)) and "Hoe liep het af? " in page
    form = {"outcome": "spoken", "called_at": local(0.5)}
    assert "Met wie? Met wie was het? Kies een contact" in reader(office.officer).send(path, form).text


def test_the_forms_of_a_login_that_are_sent_empty(stranger: Reader) -> None:
    assert named(stranger.send("/login", {}).text) == ["email", "password"]
    assert named(stranger.send("/password-reset", {}).text) == ["email"]


MARKS = [str(name_at("f-title", "Naam")), str(ITEM), str(ITEMS_END), *(chr(sign) for sign in range(0xE000, 0xE005))]
"""The marks of faults, whole and in parts, and the signs that were marks once."""
TYPED = st.text() | st.lists(st.sampled_from([*MARKS, "<fault-name of=", '">', "</fault-name>", "x"])).map("".join)


def a_page(title: str, description: str) -> str:
    """A page with a list of two faults, in which the description stands above the list and the title below it."""
    items = f'{ITEM}<li><a href="#f-title">{name_at("f-title", "")}Vul in</a></li>{ITEM}<li>Los</li>{ITEMS_END}'
    field = f'<label for="f-title">Titel</label><input id="f-title" value="{escape(title)}">'
    return f"<p>{escape(description)}</p><ul>{items}</ul><b>{escape(title)}</b>{field}"


@given(title=TYPED, description=TYPED)
def test_nothing_that_is_typed_acts_as_a_mark(title: str, description: str) -> None:
    page = labelled(a_page(title, description))
    said = '<li>Los</li><li><a href="#f-title">Titel: Vul in</a></li>'
    rest = f'<label for="f-title">Titel</label><input id="f-title" value="{escape(title)}">'
    assert page == f"<p>{escape(description)}</p><ul>{said}</ul><b>{escape(title)}</b>{rest}"


def test_a_mark_in_a_text_takes_nothing_from_another_organisations_page(reader: Login, app: Flask) -> None:
    """Four breaches of one client: the marks stand in all texts of the last three, in several orders."""
    office = an_office(1)
    texts = ["".join(MARKS), "".join(reversed(MARKS))]
    for title, description in [("Begin", "vervolg"), texts, texts[::-1], (MARKS[3], MARKS[4] + MARKS[5])]:
        incident = an_incident(office, title=title, description=description, cause=title, measures=description)
    with acting_for(office.id):
        client = board(incident.id, 1)[0].controller_id
    owner, at = reader(a_member(client, OWNER)), f"/o/{slug_of(client)}"
    breaches = re.findall(rf'href="({at}/breaches/[0-9a-f-]{{36}})"', owner.see(f"{at}/register"))
    shapes = {path: re.findall(r"<(/?[a-z][a-z0-9]*)", owner.see(path)) for path in dict.fromkeys(breaches)}
    assert len(shapes) == 4
    assert len({tuple(shape) for shape in shapes.values()}) == 1, "each page has the same elements"


def test_faults_of_a_long_list_are_counted_and_the_first_are_shown(reader: Login, app: Flask) -> None:
    office, lines = an_office(1), 400
    there, base = reader(office.officer), f"/o/{slug_of(office.id)}"
    rows = {f"clients.{n}.client_number": f"Z{n}" for n in range(lines)}
    page = there.send(f"{base}/incidents/new", AN_INCIDENT | rows).text
    assert len(named(page)) == MOST_OF_A_LIST and 'value="Z399"' in page
    assert f"kijk deze {lines} punten na" in page and f"En nog {lines - MOST_OF_A_LIST} punten" in page
    assert page.count('class="fault"') == MOST_OF_A_LIST
    rows = {f"clients.{n}.client_number": f"Z{n}" for n in range(60)}
    page = there.send(f"{base}/incidents/new", AN_INCIDENT | rows).text
    assert len(named(page)) == MOST_OF_A_LIST and "En nog 10 punten" in page and 'value="Z59"' in page


def test_more_rows_than_a_form_takes_are_refused_in_words(reader: Login, app: Flask) -> None:
    office = an_office(1)
    rows = {f"clients.{n}.client_number": "K0001" for n in range(MOST_ROWS + 1)}
    page = reader(office.officer).send(f"/o/{slug_of(office.id)}/incidents/new", AN_INCIDENT | rows).text
    assert named(page) == ["clients"] and "Hoogstens 5.000 in een keer" in page

"""Every fault in the list above a form leads to its field, and calls it as its label does, never by its raw name.

The list has the order of the fields, and the title of the page says that there are faults.
"""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask

from service.web.field_labels import BEGIN, labels_of
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
        assert f'aria-describedby="{anchor}-more"' in page or f'id="{anchor}" tabindex' in page, field
        assert not unescape(words).startswith((f"{field}:", field.replace("-", "."))), f"a raw name: {words}"
    assert BEGIN not in page
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
    file = {"clients_csv": "klantnummer;betrokkenen\nONBEKEND;3"}
    page = there.send(f"{base}/incidents/new", AN_INCIDENT | file).text
    assert named(page) == ["clients_csv"] and "regel 2" in page
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

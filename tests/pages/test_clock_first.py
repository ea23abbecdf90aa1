"""Where a clock runs, it is read first, on a phone and by a screen reader; a wide window has it beside the step."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page

import service.web
from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tenants.register.escalations import board
from tests.factories import a_member, an_incident, an_office, an_own_breach
from tests.pages.conftest import slug_of
from tests.pages.in_chromium import has_session

TEMPLATES = Path(service.web.__file__).parent / "templates"
CLOCK = re.compile(r'"card clock"|"clock\.html"|"receipt_clock\.html"')
ITSELF = frozenset({"clock.html", "receipt_clock.html"})
LATER = re.compile(r'<form|<section class="card(?! clock)|class="path"|"next_step\.html"|"breach/_|class="scroll"')
TOPS = "cards => cards.map(card => card.getBoundingClientRect().top)"


def test_in_every_template_nothing_is_read_before_the_clock() -> None:
    pages = 0
    for file in TEMPLATES.rglob("*.html"):
        main = file.read_text("utf-8").partition("{% block main %}")[2]
        clock, later = CLOCK.search(main), LATER.search(main)
        if clock and file.name not in ITSELF:
            pages += 1
            assert later is None or clock.start() < later.start(), file.name
    assert pages == 4, "breach, escalation, receipt and check"


def the_breach() -> tuple[Actor, str]:
    """A breach that an organisation found, which somebody is to assess."""
    office = an_office(1)
    owner = a_member(office.id, name="Sanne")
    return owner, f"/o/{slug_of(office.id)}/breaches/{an_own_breach(office.id)}"


def the_escalation() -> tuple[Actor, str]:
    """A client that an office is to inform."""
    office = an_office(1)
    incident = an_incident(office)
    with acting_for(office.id):
        [escalation] = board(incident.id, 1)
    return office.officer, f"/o/{slug_of(office.id)}/incidents/{incident.id}/escalations/{escalation.id}"


@pytest.mark.parametrize("place", [the_breach, the_escalation])
def test_the_clock_is_first_on_a_phone_and_beside_on_a_desk(
    place: Callable[[], tuple[Actor, str]], browse: Callable[..., Page], app: Flask, site: str
) -> None:
    who, path = place()
    page = browse(viewport={"width": 360, "height": 740})
    has_session(page, who, site)
    page.goto(path)
    cards = page.locator("main .card:visible")
    assert "clock" in (cards.first.get_attribute("class") or "")
    tops = cards.evaluate_all(TOPS)
    assert min(tops) == tops[0] < 740, "seen without scrolling"
    page.set_viewport_size({"width": 1280, "height": 800})
    clock, step = page.locator(".card.clock").bounding_box(), page.locator(".card.first").bounding_box()
    assert clock and step and clock["x"] > step["x"] + step["width"]
    assert clock["width"] > step["width"] / 3, "as wide as its column, or nearly so"
    left = page.locator(".card.clock .big time")
    assert left.evaluate("time => time.getClientRects().length") == 1, "a number and its unit stand on one line"


def test_the_clock_leads_to_what_is_to_be_done_now(browse: Callable[..., Page], app: Flask, site: str) -> None:
    who, path = the_breach()
    page = browse(viewport={"width": 360, "height": 740})
    has_session(page, who, site)
    page.goto(path)
    page.locator(".card.clock").get_by_role("link", name="Nu: Risico beoordelen").click()
    assert page.locator("#next").evaluate("card => Math.abs(card.getBoundingClientRect().top) < 60")

"""Saying that one saw what changed keeps what was typed in the same form: in each step that has that button."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import service.web
from tenants.history.entries import Actor
from tests.pages.conftest import Reader, typed_assessment
from tests.pages.forms import HIDDEN, local, shown, typed_facts
from tests.pages.worlds import WHY, Controller, OneOwner

Login = Callable[[Actor], Reader]
TEMPLATES = Path(service.web.__file__).parent / "templates" / "steps"
SEEN = re.compile(r'formaction="([^"]+/seen[^"]*)"')
MINE = "Mijn eigen woorden"
SENT = {"submitted_at": local(0), "authority_number": "AP-77"}
STEPS = {
    "assess": ("?again=assess", typed_assessment("high") | {"reason": MINE, "risk": "high"}),
    "draft": ("?again=draft", {"decision": "notify", "reason": MINE}),
    "approve": ("", {"reason": MINE}),
    "submit": ("", SENT),
    "alone": ("", SENT | {"alone_reason": WHY}),
}
"""The templates that have the button: where the form stands, and what somebody types in it."""


def drafted(reader: Login, risk: str) -> Controller:
    """A controller that has drafted a decision to notify."""
    there = Controller(reader)
    there.do(there.olga, "assess", **typed_assessment(risk))
    there.do(there.olga, "draft", decision="notify", reason="BSN")
    return there


def seen(who: Reader, page: str, query: str, typed: dict[str, Any]) -> str:
    """The answer to the button in the form, with what was typed beside it."""
    step = who.see(page + query).partition('id="next"')[2]
    button = SEEN.search(step)
    assert button and step.count("Gezien, het besluit blijft") == 1
    answer = who.client.post(button[1], data=dict(HIDDEN.findall(step)) | typed)
    assert answer.status_code == 200, answer.status_code
    again = answer.get_data(as_text=True)
    assert "Vastgelegd dat u het zag" in again and "Gezien, het besluit blijft" not in again
    return again


def stands_in(page: str, typed: dict[str, Any]) -> None:
    form = page[page.index('id="next"') :]
    for name, value in typed.items():
        if name == "submitted_at":
            assert shown(value) in form and f'value="{value[11:16]}"' in form, name
            continue
        for word in value if isinstance(value, list) else [value]:
            assert f'value="{word}"' in form or f">\n{word}</textarea>" in form, word
    chosen = [name for name in ("decision", "risk") if name in typed]
    for name in chosen:
        assert f'name="{name}" value="{typed[name]}" checked' in form, name


@pytest.mark.parametrize("step", ["assess", "draft", "approve", "submit"])
def test_what_was_typed_in_a_step_stays_and_goes_on_with_its_own_button(reader: Login, app: Flask, step: str) -> None:
    query, typed = STEPS[step]
    bakery = drafted(reader, "risk" if step == "submit" else "high")
    if step == "submit":
        bakery.do(bakery.adam, "approve", agrees="true")
    bakery.olga.done(f"{bakery.page}/facts", typed_facts(2310))
    who = {"approve": bakery.adam, "submit": bakery.hugo}.get(step, bakery.olga)
    page = seen(who, bakery.page, query, typed)
    stands_in(page, typed)
    carried = dict(HIDDEN.findall(page[page.index('id="next"') :]))
    chosen = {"agrees": "false"} if step == "approve" else {}  # its two buttons say which
    answer = who.client.post(f"{bakery.page}/steps/{step}", data=carried | typed | chosen)
    assert answer.status_code == 303, answer.get_data(as_text=True)


def test_who_is_alone_loses_nothing_either(reader: Login, app: Flask) -> None:
    shop, typed = OneOwner(reader), STEPS["alone"][1]
    shop.wim.done(f"{shop.page}/facts", typed_facts(2310))
    page = seen(shop.wim, shop.page, "", typed)
    stands_in(page, typed)
    carried = dict(HIDDEN.findall(page[page.index('id="notify-alone"') :]))
    assert shop.wim.client.post(f"{shop.page}/alone", data=carried | typed).status_code == 303


def test_every_form_with_the_button_is_tried() -> None:
    stems = {file.stem for file in TEMPLATES.rglob("*.html") if "facts_changed.html" in file.read_text("utf-8")}
    assert stems == set(STEPS)


def test_before_any_decision_it_is_the_assessment_that_stays(reader: Login, app: Flask) -> None:
    bakery = Controller(reader)
    bakery.do(bakery.olga, "assess", **typed_assessment("high"))
    bakery.olga.done(f"{bakery.page}/facts", typed_facts(2310))
    page = bakery.olga.see(bakery.page)
    button = SEEN.search(page)
    assert button and "Gezien, de beoordeling blijft" in page and "het besluit blijft" not in page
    answer = bakery.olga.client.post(button[1], data=dict(HIDDEN.findall(page[: button.start()])))
    again = answer.text if answer.status_code == 200 else bakery.olga.see(answer.headers["Location"])
    assert "De beoordeling blijft." in again

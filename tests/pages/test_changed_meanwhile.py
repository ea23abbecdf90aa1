"""Somebody changed it meanwhile (412): every form tells what, keeps what was typed, and goes on with its own button."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tenants.register.notices import notice_of_breach
from tests.factories import NOTICE_TEXT
from tests.pages.conftest import Reader, typed_assessment
from tests.pages.forms import local, typed_facts
from tests.pages.worlds import READERS, AwareAsStated, Controller

Login = Callable[[Actor], Reader]
MINE = "Mijn eigen woorden"

HIDDEN = re.compile(r'name="(csrf_token|form_key|version|seen)" value="([^"]*)"')


@pytest.fixture
def bakery(reader: Login, app: Flask) -> Controller:
    """A controller that has drafted a decision to notify, and begun a notice to people."""
    there = Controller(reader)
    there.do(there.olga, "assess", **typed_assessment("high"))
    there.do(there.olga, "draft", decision="notify", reason="BSN")
    return there


BREACH = {
    "/facts": ("/facts", typed_facts(77) | {"facts.restored_within_hours": "3"}, "77"),
    "/term": ("/term", {"until": local(-100), "reason": MINE, "source": "AP"}, MINE),
    "/steps/assess": ("?again=assess", typed_assessment("high") | {"reason": MINE}, MINE),
    "/steps/draft": ("?again=draft", {"decision": "notify", "reason": MINE}, MINE),
    "/steps/approve": ("", {"agrees": "false", "reason": MINE}, MINE),
}


def meanwhile(who: Reader, at: str, seen: str, form: dict[str, Any], change: Callable[[], Any]) -> str:
    """The answer to a form that was opened before somebody else changed its subject."""
    carried = dict(HIDDEN.findall(who.see(seen).partition("<main")[2]))
    change()
    answer = who.client.post(at, data=carried | form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 412, page
    return page


def goes_on(who: Reader, at: str, page: str, form: dict[str, Any]) -> None:
    """The form as it came back goes on with its own button."""
    carried = dict(HIDDEN.findall(page.partition("<main")[2]))
    assert who.client.post(at, data=carried | form).status_code == 303


@pytest.mark.parametrize("at", BREACH)
def test_a_form_about_a_breach(bakery: Controller, at: str) -> None:
    seen, form, typed = BREACH[at]
    who, whole = bakery.adam if at == "/steps/approve" else bakery.olga, f"{bakery.page}{at}"

    def change() -> None:
        bakery.olga.done(f"{bakery.page}/facts", typed_facts(2310))

    page = meanwhile(who, whole, bakery.page + seen, form, change)
    note = page[page.index('id="changed-meanwhile"') :]
    assert "Feiten aangevuld" in note and "is nu 2.310" in note and "Laad de pagina" not in page
    assert page.count("Dit is veranderd sinds") == 1, "told once"
    assert typed in page[page.index("<form") :]
    goes_on(who, whole, page, form)


def test_the_own_moment_of_awareness(reader: Login, app: Flask) -> None:
    there = AwareAsStated(reader)
    mine = {"aware_at": local(2), "reason": MINE}

    def change() -> None:
        there.bram.done(there.at, {"aware_at": local(3), "reason": "Van een collega"})

    page = meanwhile(there.bram, there.at, there.at, mine, change)
    assert "Reden: Van een collega" in page and MINE in page
    goes_on(there.bram, there.at, page, mine)


ROWS = {"people.0.name": "Anna", "people.0.email": "anna@lezer.nl"}


@pytest.mark.parametrize(("step", "mine"), [("recipients", ROWS), ("text", NOTICE_TEXT)])
def test_a_form_of_a_notice(bakery: Controller, step: str, mine: dict[str, str]) -> None:
    bakery.olga.done(f"{bakery.page}/notice", {}, seen=bakery.page)
    with acting_for(bakery.id):
        notice_id = notice_of_breach(bakery.breach)
        assert notice_id is not None
    notice = f"{bakery.page.rpartition('/breaches')[0]}/notices/{notice_id.id}"

    def do(name: str, form: dict[str, str]) -> None:
        bakery.olga.done(f"{notice}/steps/{name}", form, seen=notice)

    do("recipients", READERS)
    at = f"{notice}/steps/{step}"
    page = meanwhile(bakery.olga, at, f"{notice}?again=recipients", mine, lambda: do("text", NOTICE_TEXT))
    assert 'id="changed-meanwhile"' in page and "Dit is veranderd sinds" in page
    assert next(iter(mine.values())).split()[0] in page
    goes_on(bakery.olga, at, page, mine)


def test_a_step_that_somebody_else_did_shows_what_was_typed_and_what_is_next(bakery: Controller) -> None:
    page = meanwhile(
        bakery.adam, f"{bakery.page}/steps/approve", bakery.page, {"agrees": "false", "reason": MINE},
        lambda: bakery.do(bakery.adam, "approve", agrees="true"),
    )  # fmt: skip
    late = page[page.index('id="too-late"') :]
    assert MINE in late and f'href="{bakery.page}">Verder met wat er nu te doen is' in late
    assert "Goedkeuren</button>" not in page, "it was done"


def test_changed_facts_are_shown_beside_another_fault(bakery: Controller) -> None:
    """The form keeps the version that was looked at until somebody has read what changed."""
    at, wrong = f"{bakery.page}/steps/draft", {"decision": "notify", "reason": ""}
    carried = dict(HIDDEN.findall(bakery.olga.see(f"{bakery.page}?again=draft").partition("<main")[2]))
    bakery.olga.done(f"{bakery.page}/facts", typed_facts(2310))
    answer = bakery.olga.client.post(at, data=carried | wrong)
    assert answer.status_code == 422
    again = dict(HIDDEN.findall(answer.get_data(as_text=True).partition("<main")[2]))
    assert bakery.olga.client.post(at, data=again | wrong | {"reason": MINE}).status_code == 412


def test_seeing_what_changed_is_asked_again_when_more_changed(bakery: Controller) -> None:
    bakery.olga.done(f"{bakery.page}/facts", typed_facts(2310))
    carried = dict(HIDDEN.findall(bakery.adam.see(bakery.page).partition("<main")[2]))
    bakery.olga.done(f"{bakery.page}/facts", typed_facts(2400))
    at = f"{bakery.page}/seen"
    answer = bakery.adam.client.post(at, data=carried | {"agrees": "true", "reason": MINE})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 412 and MINE in page and "2.400" in page
    answer = bakery.adam.client.post(at, data=carried)
    assert answer.status_code == 303 and "intussen veranderd" in bakery.adam.see(bakery.page)

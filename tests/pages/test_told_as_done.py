"""Pages, lists and programs say the same of whose turn it is, who did what, how far a decision is, and what is due."""

import json
from typing import Any

import pytest
from flask import Flask

from tenants.identity.users import OWNER
from tenants.isolation import acting_for
from tests.factories import a_member
from tests.pages.conftest import Reader, typed_assessment
from tests.pages.forms import local, visible
from tests.pages.worlds import SUBMITTED, WHY, Controller, Login, OneOwner
from tests.service.caller import Caller, caller_for
from workflows.decisions.overview import tasks


@pytest.fixture
def bakery(reader: Login, app: object) -> Controller:
    """Olga drafts, Adam approves, Hugo sends."""
    return Controller(reader)


def asked(app: Flask, who: object, breach: object) -> dict[str, Any]:
    caller: Caller = caller_for(app, who)  # type: ignore[arg-type]
    return caller.get(f"breaches/{breach}").json  # type: ignore[no-any-return]


def test_three_people_read_the_same_turn_on_page_overview_and_api(bakery: Controller, app: Flask) -> None:
    people = {"Olga": (bakery.olga, bakery.officer), "Adam": (bakery.adam, bakery.approver),
              "Hugo": (bakery.hugo, bakery.handler)}  # fmt: skip
    turns = [
        ("assess", "Olga", "olga", typed_assessment()),
        ("draft", "Olga", "olga", {"decision": "notify", "reason": "R"}),
        ("approve", "Adam", "adam", {"agrees": "true"}), ("submit", "Hugo", "hugo", SUBMITTED),
    ]  # fmt: skip
    for step, name, who, form in turns:
        for other, (browser, person) in people.items():
            turn = asked(app, person.id, bakery.breach)["turn"]
            assert (turn["step"], turn["me"], turn["names"]) == (step, other == name, [name])
            page, home = browser.see(bakery.page), visible(browser.see(f"{bakery.base}/"))
            assert (f'action="{bakery.page}/steps/{step}"' in page) == (other == name)
            assert ("Dit kunt u nu doen" in home) == (other == name) != (f"Nu is aan zet: {name}." in home)
        with acting_for(bakery.id):
            [task] = tasks()
            assert task.persons == (people[name][1].id,) and not task.mine
        bakery.do(getattr(bakery, who), step, **form)
    assert asked(app, bakery.officer.id, bakery.breach)["turn"] is None


def test_each_act_is_followed_by_what_comes_next_for_whom_and_by_when(bakery: Controller) -> None:
    page = visible(bakery.do(bakery.olga, "assess", **typed_assessment()))
    assert "Hierna bent u aan zet: Besluit opstellen. Dat moet vóór " in page
    page = visible(bakery.do(bakery.olga, "draft", decision="notify", reason="R"))
    assert "Hierna: Besluit goedkeuren. Nu is aan zet: Adam. Dat moet vóór " in page
    page = visible(bakery.do(bakery.adam, "approve", agrees="true"))
    assert "Hierna: Melding versturen en vastleggen. Nu is aan zet: Hugo." in page


def test_the_record_names_who_did_what(bakery: Controller) -> None:
    bakery.do(bakery.olga, "assess", **typed_assessment())
    bakery.do(bakery.olga, "draft", decision="notify", reason="R")
    own, his = visible(bakery.olga.see(bakery.page)), visible(bakery.adam.see(bakery.page))
    assert "U beoordeelde het risico. U stelde het besluit op." in own and "Een collega heeft" not in own
    assert "Olga (privacy officer) beoordeelde het risico. Olga (privacy officer) stelde het besluit op." in his
    bakery.do(bakery.adam, "approve", agrees="true")
    hugo = visible(bakery.hugo.see(bakery.page))
    assert "Adam (goedkeurder) keurde het goed." in hugo
    assert "Melden aan de AP, goedgekeurd door Adam (goedkeurder)" in hugo


def test_approved_and_not_yet_sent_is_a_state_of_its_own(bakery: Controller, app: Flask) -> None:
    states = {
        "undecided": (None, "nog geen besluit"),
        "drafted": (bakery.olga, "wacht op goedkeuring"),
        "approved": (bakery.adam, "goedgekeurd, nog versturen"),
        "submitted": (bakery.hugo, "gemeld bij de AP"),
    }
    bakery.do(bakery.olga, "assess", **typed_assessment())
    acts = {"drafted": ("draft", {"decision": "notify", "reason": "R"}), "approved": ("approve", {"agrees": "true"}),
            "submitted": ("submit", SUBMITTED)}  # fmt: skip
    for state, (who, words) in states.items():
        if who is not None:
            step, form = acts[state]
            bakery.do(who, step, **form)
        assert words in bakery.olga.see(f"{bakery.base}/register")
        assert words in bakery.olga.see(f"{bakery.base}/register.csv")
        caller = caller_for(app, bakery.officer.id)  # type: ignore[arg-type]
        assert caller.get("breaches").json["items"][0]["decision_state"] == state
        assert asked(app, bakery.officer.id, bakery.breach)["decision_state"] == state


def test_a_card_that_waits_for_the_service_says_what_comes_and_renews_itself(bakery: Controller) -> None:
    bakery.do(bakery.olga, "assess", **typed_assessment("high"))
    bakery.do(bakery.olga, "draft", decision="notify", reason="R")
    page = bakery.do(bakery.adam, "approve", agrees="true")
    card = page[page.index('id="machine"') :]
    assert f'data-live="{bakery.page}/stand.json"' in card and "Vernieuw deze pagina" in card
    assert "Hierna: Melding versturen en vastleggen. Nu is aan zet: Hugo." in visible(card)
    assert "U hoeft niets te doen" not in page
    assert json.loads(bakery.adam.see(f"{bakery.page}/stand.json"))["stand"] == "tell-people"


def test_submitted_is_not_done_while_people_are_not_told_and_questions_are_open(
    reader: Login, app: Flask
) -> None:
    shop = OneOwner(reader)
    shop.do("assess", **typed_assessment("high"))
    shop.do("draft", decision="notify", reason="Een hoog risico")
    shop.wim.done(f"{shop.page}/alone", SUBMITTED | {"alone_reason": WHY}, seen=shop.page)
    page = shop.wim.see(shop.page)
    ended = visible(page[page.index('id="ended"') :])
    assert ended.startswith('id="ended">') and "Gemeld bij de AP Dit is nog niet klaar:" in ended
    for due in ("notice", "questions", "measures"):
        assert f'id="due-{due}"' in page
    assert "Klaar:" not in page and "met meldingsnummer AP-2026-9" in ended
    assert "Formulier invullen" not in page, "nothing can be filled in any more"
    assert f'href="{shop.page}/facts#f-measures"' in page
    assert "De melding is al verstuurd. Geef dit ook zelf door aan de AP." in shop.wim.see(f"{shop.page}/facts")
    known = {name: fact for name, fact in typed_assessment("high").items() if name.startswith(("facts.", "people_"))}
    page = shop.wim.done(f"{shop.page}/facts", known | {"measures": "Wachtwoord gewijzigd."})
    assert 'id="due-measures"' not in page and 'id="due-questions"' in page


def test_the_reason_given_once_is_offered_for_the_second_act(bakery: Controller, reader: Login) -> None:
    """Adam could approve, but not in time; nobody but Hugo could send. Wim says why once."""
    wim: Reader = reader(a_member(bakery.id, OWNER, "Wim"))
    bakery.do(wim, "assess", **typed_assessment())
    bakery.do(wim, "draft", decision="notify", reason="R")
    assert 'id="alone"' in wim.see(bakery.page) and "Klopt het nog?" not in wim.see(bakery.page)
    form = {"agrees": "true", "alone_reason": WHY}
    wim.done(f"{bakery.page}/alone/approve", form, seen=bakery.page)
    page = wim.see(bakery.page)
    assert f">\n{WHY}</textarea>" in page and "Klopt het nog?" in page
    sent = {"submitted_at": local(0), "authority_number": "AP-1", "alone_reason": WHY}
    page = visible(wim.done(f"{bakery.page}/alone/submit", sent, seen=bakery.page))
    assert page.count(f"Reden: {WHY}") == 2, "each act says why it was done alone"
    assert "alleen goedgekeurd door Wim (eigenaar), zonder tweede persoon" in page

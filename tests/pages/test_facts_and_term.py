"""What changes after a decision: more facts, with a flag until somebody looks; a moved term; the reasons of a delay."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from markupsafe import escape

from service.web.facts_changed import facts_changed_words
from service.words.delay_reasons import suggestion
from service.words.moments import moment_on_page
from tenants.history.entries import Actor
from tenants.isolation import acting_for, database_now
from tenants.register.breaches import breach
from tests.factories import FRIDAY_EVENING, a_breach
from tests.pages.conftest import Reader, typed_assessment
from tests.pages.forms import local, visible
from tests.pages.worlds import Controller
from workflows.notification.changed_facts import ChangedFacts


@pytest.fixture
def bakery(reader: Callable[[Actor], Reader], app: object) -> Controller:
    """A controller that has drafted a decision to notify."""
    there = Controller(reader)
    there.do(there.olga, "assess", **typed_assessment("high"))
    there.do(there.olga, "draft", decision="notify", reason="BSN")
    return there


def facts(people: int) -> dict[str, object]:
    """The facts as they were, of so many people."""
    known = {name: fact for name, fact in typed_assessment("high").items() if name.startswith("facts.")}
    return known | {"people_min": str(people), "people_max": str(people)}


def test_facts_that_changed_are_flagged_until_somebody_looks(bakery: Controller) -> None:
    at = f"{bakery.page}/facts"
    page = bakery.olga.done(at, facts(2310))
    assert "De feiten zijn aangevuld" in page and "2.310 betrokkenen in plaats van 5" in page
    page = bakery.adam.see(bakery.page)
    flag, button = page.index("2.310 betrokkenen in plaats van 5"), page.index("Goedkeuren</button>")
    assert flag < button and "Gezien, het besluit blijft" in page
    assert "in plaats van" not in bakery.adam.done(f"{bakery.page}/seen", {}, seen=bakery.page)
    again = bakery.olga.send(at, facts(2310))
    assert again.status_code == 422


def test_the_flag_names_all_that_one_save_changed(bakery: Controller) -> None:
    changed = {"people_min": "3", "people_max": "9", "facts.misused": "true", "measures": "De laptop is gewist."}
    bakery.olga.done(f"{bakery.page}/facts", facts(9) | changed)
    flag = bakery.adam.see(bakery.page)
    flag = visible(flag[flag.index('id="changes"') : flag.index("</details>", flag.index('id="changes"'))])
    said = re.search(r"De feiten zijn om \d\d:\d\d aangevuld: (.*?)\. Bekijk", flag)
    assert said and set(said[1].split(", ")) == {"misbruik", "aantal mensen", "maatregelen"}
    for part in ("Laagste aantal mensen: 3 (was: 5)", "Hoogste aantal mensen: 9 (was: 5)"):
        assert part in flag, part
    assert "De laptop is gewist. (was: –)" in flag


def test_the_flag_of_another_day_says_which(app: Flask) -> None:
    at = datetime(2026, 11, 27, 22, 56, tzinfo=UTC)
    changed = ChangedFacts(at, [("people_max", 5, 9)])
    with app.test_request_context():
        breach, nows = SimpleNamespace(decision="notify", people_estimate=False), (at, at + timedelta(hours=1))
        looks: list[Any] = [SimpleNamespace(changed_facts=changed, breach=breach, now=now) for now in nows]
        words = [facts_changed_words(look) for look in looks]
    assert [row and row.words.partition(" aangevuld")[0] for row in words] == [
        "De feiten zijn om 23:56", "De feiten zijn op vrijdag 27 november 2026 23:56",
    ]  # fmt: skip


def test_measures_added_later_are_approved_again_and_stand_in_history_and_form(bakery: Controller) -> None:
    at, measures = f"{bakery.page}/facts", {"measures": "Wachtwoorden\r\ngewijzigd"}
    bakery.do(bakery.adam, "approve", agrees="true")
    assert "dan keurt een collega het opnieuw goed" in bakery.olga.see(at)
    refused = bakery.olga.send(at, facts(5) | {"people_min": "9"} | measures)
    assert refused.status_code == 422 and "Wachtwoorden" in refused.get_data(as_text=True), "what was typed stays"
    page = bakery.olga.done(at, facts(5) | measures)
    assert "Maatregelen: Wachtwoorden" in page and 'id="due-measures"' not in page
    assert "Goedkeuren</button>" in bakery.adam.see(bakery.page), "it is approved again before it is sent"
    assert "Wachtwoorden" in bakery.olga.see(f"{bakery.page}/form/answers")
    emptied = bakery.olga.send(at, facts(6) | {"measures": " "})
    assert emptied.status_code == 422 and "laat haar niet leeg" in emptied.get_data(as_text=True)


def test_only_an_officer_adds_facts_or_moves_a_term(bakery: Controller) -> None:
    for path in ("facts", "term"):
        bakery.adam.see(f"{bakery.page}/{path}", 403)


def test_where_two_ends_of_the_term_stand_the_page_says_which_one_to_keep(bakery: Controller) -> None:
    """The first is on every page; the end in the law comes later, and is called so."""
    with acting_for(bakery.id):
        there = breach(bakery.breach)
        assert there.alarm_at and there.due_at and there.alarm_at < there.due_at
        first = moment_on_page(there.alarm_at, "long", database_now())
    for page in (bakery.olga.see(bakery.page), bakery.olga.see(f"{bakery.page}/term")):
        assert escape(first) in page
        assert "Het wettelijke einde is later: " in page and "Houd het eerste moment aan" in page
    assert f"Nu eindigt de termijn op {escape(first)}." in page


def test_a_moved_term_stands_with_its_reason_and_source(bakery: Controller) -> None:
    at = f"{bakery.page}/term"
    refused = bakery.olga.send(at, {"until": local(1), "reason": "Storing", "source": "AP"})
    assert refused.status_code == 422 and "Storing" in refused.get_data(as_text=True)
    page = bakery.olga.done(at, {"until": local(-100), "reason": "Het formulier werkte niet.", "source": "AP, 21 nov"})
    assert "De AP gaf meer tijd: Het formulier werkte niet. Bron: AP, 21 nov" in page and "99 u 59" in page


def test_two_working_days_are_only_suggested_and_only_when_late(app: Flask) -> None:
    late = a_breach(FRIDAY_EVENING)
    assert late.due_at
    with app.app_context():
        assert suggestion(late, late.due_at - timedelta(minutes=1)) is None
        words = suggestion(late, late.due_at)
    assert words and "hele werkdagen daarin: 0." in words and "1182/71" in words


@pytest.mark.parametrize("digits", [5000, 300, 11])
def test_no_number_on_a_page_is_too_long_to_read(bakery: Controller, digits: int) -> None:
    number = "9" * digits
    approval = f"{bakery.page}/steps/approve"
    answers = [
        bakery.adam.send(approval, {"agrees": "true", "version": number}, seen=bakery.page),
        bakery.olga.send(f"{bakery.page}/facts", facts(2311) | {"version": number}),
    ]
    for answer in answers:
        assert answer.status_code == 412
        assert "Iemand heeft dit intussen veranderd" in answer.get_data(as_text=True)
    answer = bakery.olga.send(f"{bakery.page}/facts", facts(2311) | {"people_min": number})
    assert answer.status_code == 422
    answer = bakery.adam.send(approval, {"agrees": "false", "seen": number}, seen=bakery.page)
    assert answer.status_code == 422

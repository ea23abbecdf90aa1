"""Assessing on the pages: the advice grows with what is typed, unknown stays unknown, a departure needs its reason."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tenants.register.breaches import breach
from tests.pages.conftest import TOKEN, Reader, typed_assessment
from tests.pages.forms import visible
from tests.pages.worlds import Controller

SEVERITY = {
    "severity_answers.kinds": "financial", "severity_answers.circumstance.financial": "fraud_or_full_profile",
    "severity_answers.means": "full_name", "severity_answers.identified_by.full_name": "few_in_city",
    "severity_answers.confidentiality": "unknown_or_public", "severity_answers.integrity": "no_wrong_use",
    "severity_answers.availability": "temporarily_away",
}  # fmt: skip


@pytest.fixture
def bakery(reader: Callable[[Actor], Reader], app: object) -> Controller:
    """A controller whose breach nobody has assessed."""
    return Controller(reader)


def advice(bakery: Controller, form: dict[str, Any]) -> dict[str, Any]:
    """What the script gets when somebody types."""
    token = TOKEN.search(bakery.olga.see(bakery.page))
    assert token
    answer = bakery.olga.client.post(
        f"{bakery.page}/advice", data={"csrf_token": token[1], **form}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 200, answer.get_data(as_text=True)
    report: dict[str, Any] = json.loads(answer.get_data(as_text=True))
    return report


def test_the_advice_grows_with_what_is_typed_and_saves_nothing(bakery: Controller) -> None:
    at_first = advice(bakery, {})
    assert "Melden aan de AP: <strong>Staat nog niet vast" in at_first["fragments"]["duties"]
    assert "copy" in at_first["asked"] and not at_first["departs"]
    known = advice(bakery, typed_assessment("high") | SEVERITY)
    assert "Betrokkenen informeren: <strong>Ja" in known["fragments"]["duties"] and "copy" not in known["asked"]
    assert "3,75 hoog" in known["fragments"]["duties"]
    assert "Burgerservicenummer (BSN)" in known["fragments"]["why"] and "AVG art. 34 lid 1" in known["fragments"]["why"]
    assert advice(bakery, typed_assessment("high") | {"risk": "unlikely"})["departs"]
    with acting_for(bakery.id):
        assert breach(bakery.breach).risk is None and breach(bakery.breach).facts == {"data": ["name"]}


def test_what_cannot_be_read_is_not_known(bakery: Controller) -> None:
    strange = {"facts.protection": "magic", "people_min": "9", "people_max": "3", "severity_answers.kinds": "gold"}
    assert "nog niet te bepalen: 6 vragen open" in advice(bakery, strange)["fragments"]["duties"]


def test_without_a_script_the_page_comes_again_with_everything_typed(bakery: Controller) -> None:
    form = typed_assessment("high") | {"reason": "Mijn woorden", "facts.copy": "paper"}
    answer = bakery.olga.send(f"{bakery.page}/advice", form, seen=bakery.page)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "Mijn woorden" in page and "Betrokkenen informeren: <strong>Ja" in page
    assert '<div id="q-copy" data-question="copy" hidden>' in page and 'value="paper" checked' in page
    assert bakery.adam.send(f"{bakery.page}/advice", {}, seen=f"{bakery.base}/people").status_code == 403


def test_a_departure_is_refused_at_its_field_until_it_has_its_reason(bakery: Controller) -> None:
    form = typed_assessment("high") | {"risk": "unlikely"}
    answer = bakery.olga.send(f"{bakery.page}/steps/assess", form, seen=bakery.page)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'href="#f-departure_reason"' in page
    assert "Waarom wijkt u af van het advies? Schrijf op welke feiten voor u zwaarder wegen" in page
    assert "data-departure>" in page
    asked = " ".join(page[page.index("data-departure>") :][:900].split())
    assert "Het advies is nu: Melden aan de AP: Ja, advies; Betrokkenen informeren: Ja, advies." in asked
    assert "mag leeg blijven" not in asked and 'aria-required="true"' in asked
    page = bakery.do(bakery.olga, "assess", **form, departure_reason="De sleutel ligt hier")
    assert "Wijkt af van het advies:" in page and "De sleutel ligt hier" in page


def test_a_reason_to_depart_typed_for_a_risk_that_follows_the_advice_is_told_where_it_went(bakery: Controller) -> None:
    form = typed_assessment("high") | {"departure_reason": "De ontvanger is te vertrouwen"}
    look = bakery.olga.send(f"{bakery.page}/advice", form, seen=bakery.page).text
    assert "U wijkt daar nu niet van af" in look and "De ontvanger is te vertrouwen</textarea>" in look
    page = bakery.do(bakery.olga, "assess", **form)
    assert "Wijkt af van het advies" not in page and "U volgt het advies." in page
    assert "Over afwijken van het advies: De ontvanger is te vertrouwen" in visible(page), "in the history"


def test_the_page_asks_the_scale_of_enisa_alone_and_keeps_what_a_program_recorded(bakery: Controller) -> None:
    with acting_for(bakery.id):
        breach(bakery.breach).authority_severity = "significant"
    at_first = bakery.olga.see(bakery.page)
    assert "authority_severity" not in at_first and "edpb_severity" not in at_first
    page = bakery.do(bakery.olga, "assess", **typed_assessment("high"), **SEVERITY)
    assert "3,75 hoog" in page
    again = bakery.olga.see(f"{bakery.page}?again=assess")
    assert 'value="fraud_or_full_profile" checked' in again and 'value="few_in_city" checked' in again
    page = bakery.do(bakery.olga, "assess", **typed_assessment("high"))
    assert "nog niet te bepalen: 5 vragen open" in page
    with acting_for(bakery.id):
        assert breach(bakery.breach).authority_severity == "significant"


def test_what_was_left_open_is_not_known(bakery: Controller) -> None:
    bakery.do(bakery.olga, "assess", **typed_assessment("high"))
    bakery.do(bakery.olga, "assess", risk="high", reason="Nog niets zeker")
    with acting_for(bakery.id):
        stored = breach(bakery.breach)
        assert (stored.facts, stored.people_min, stored.people_max) == ({}, None, None)

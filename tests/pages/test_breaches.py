"""A controller's pages: the register, a breach with its next step for whoever looks, and the mailed link."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tenants.identity.users import AUDITOR
from tenants.isolation import acting_for
from tenants.organisations.organisations import claim_acting_organisation
from tenants.register.breaches import breach
from tenants.register.escalations import board
from tests.conftest import Database
from tests.factories import (
    Office,
    a_member,
    an_incident,
)
from tests.pages.conftest import Reader, slug_of, typed_assessment
from tests.pages.forms import local
from tests.pages.worlds import Controller, Login
from workflows.mail.outbox import Outbox
from workflows.running.jobs import drain


@pytest.fixture
def bakery(reader: Login, app: object) -> Controller:
    """A controller whose clock has run for an hour."""
    return Controller(reader)


def test_the_clock_and_the_next_step_come_first(bakery: Controller) -> None:
    page = bakery.olga.see(bakery.page)
    assert "70 u 59" in page or "71 u 00" in page
    assert "Volgende stap: risico beoordelen" in page and "AVG art. 33 lid 1" in page
    assert 'class="now" aria-current="step">1 Overzicht' in page


def test_before_an_assessment_the_clock_does_not_say_that_one_must_notify(bakery: Controller) -> None:
    asked = "Melden aan de AP, als dat moet"
    assert asked in bakery.olga.see(bakery.page)
    page = bakery.do(bakery.olga, "assess", **typed_assessment())
    assert asked not in page and "Melden aan de AP" in page


def test_who_cannot_act_is_told_who_must(bakery: Controller) -> None:
    page = bakery.adam.see(bakery.page)
    assert "hoort niet bij uw rol" in page and "Nu is aan zet: Olga." in page
    assert "/steps/assess" not in page


def test_from_assessment_to_submission(bakery: Controller) -> None:
    bakery.do(bakery.olga, "assess", **typed_assessment())
    page = bakery.do(bakery.olga, "draft", decision="notify", reason="Er is een risico")
    assert "hoort niet bij uw rol" in page and "Nu is aan zet: Adam." in page
    assert "Besluit goedkeuren" in bakery.adam.see(f"{bakery.base}/")
    returned = bakery.adam.send(f"{bakery.page}/steps/approve", {"agrees": "false"}, seen=bakery.page)
    assert returned.status_code == 422 and 'href="#f-reason"' in returned.get_data(as_text=True)
    bakery.do(bakery.adam, "approve", agrees="false", reason="Noem het aantal")
    assert "Teruggestuurd door een collega:</strong> Noem het aantal" in bakery.olga.see(bakery.page)
    bakery.do(bakery.olga, "draft", decision="notify", reason="Er is een risico voor 5 mensen")
    bakery.do(bakery.adam, "approve", agrees="true")
    page = bakery.do(bakery.hugo, "submit", submitted_at=local(0), authority_number="AP-2026-1")
    assert "Gemeld bij de AP" in page and "AP-2026-1" in page and "Klaar:" not in page
    with acting_for(bakery.id):
        form = {"submitted_at": local(0), "authority_number": "2", "version": breach(bakery.breach).version}
    again = bakery.hugo.send(f"{bakery.page}/steps/submit", form, seen=bakery.page)
    assert again.status_code == 409 and "Iemand was u voor" in again.get_data(as_text=True)


def test_late_goes_with_its_reasons(reader: Login, app: object) -> None:
    late = Controller(reader, hours_ago=80)
    assert "te laat: 8 u" in late.olga.see(late.page)
    late.do(late.olga, "assess", **typed_assessment())
    late.do(late.olga, "draft", decision="notify", reason="Risico")
    late.do(late.adam, "approve", agrees="true")
    form = {"submitted_at": local(0), "authority_number": "AP-1"}
    refused = late.hugo.send(f"{late.page}/steps/submit", form, seen=late.page)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422 and 'href="#f-late_reason"' in page and 'value="AP-1"' in page
    assert "Pas laat ontdekt" in late.do(late.hugo, "submit", **form, late_reason="Pas laat ontdekt")


def test_not_to_notify_is_offered_only_where_the_law_allows_it(bakery: Controller) -> None:
    bakery.do(bakery.olga, "assess", **typed_assessment())
    assert 'value="do_not_notify"' not in bakery.olga.see(bakery.page)
    page = bakery.do(bakery.olga, "assess", **typed_assessment("unlikely"))
    assert 'value="do_not_notify"' in page
    bakery.do(bakery.olga, "draft", decision="do_not_notify", reason="Niemand kan erbij")
    assert "Besloten om niet te melden" in bakery.do(bakery.adam, "approve", agrees="true")


def test_a_decision_on_changed_facts_is_refused_and_shows_what_changed(bakery: Controller) -> None:
    bakery.do(bakery.olga, "assess", **typed_assessment())
    old = bakery.olga.see(bakery.page)
    carried = dict(re.findall(r'name="(csrf_token|version|seen)" value="([^"]+)"', old))
    bakery.do(bakery.olga, "draft", decision="notify", reason="Risico")
    form = carried | {"decision": "notify", "reason": "Mijn eigen woorden"}
    answer = bakery.olga.client.post(f"{bakery.page}/steps/draft", data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 412 and "Dit is veranderd" in page and "Besluit opgesteld" in page
    assert "Mijn eigen woorden" in page


def test_an_own_breach_begins_its_clock(bakery: Controller) -> None:
    form = {"title": "Mail", "description": "Fout adres", "found_at": local(2), "became_aware_at": local(2)}
    page = bakery.olga.done(f"{bakery.base}/breaches/new", form | {"people_min": "3", "people_max": "9"})
    assert "De termijn loopt" in page and "3 – 9" in page
    refused = bakery.olga.send(f"{bakery.base}/breaches/new", form | {"people_min": "9", "people_max": "3"})
    assert refused.status_code == 422 and 'href="#f-people_max"' in refused.get_data(as_text=True)
    assert bakery.olga.see(f"{bakery.base}/register").count('scope="row"') == 2


def test_the_mailed_link_confirms_receipt_and_opens_the_register(
    stranger: Reader, office: Office, database: Database, outbox: Outbox
) -> None:
    incident = an_incident(office, office.hits[:1])
    while drain(str(office.id)):
        pass
    person = outbox.mails[0].people[0]
    link = next(v for v in person.substitutions.values() if "/receipt/" in v)
    path = "/receipt/" + link.rpartition("/")[2]
    assert "Back-upstation kwijt" in stranger.see(path)
    with acting_for(office.id):
        assert board(incident.id, 1)[0].acknowledged_at is None
    page = stranger.done(path, {"name": "Anna Bakker"})
    assert "De ontvangst is bevestigd" in page and "Account maken" in page
    account = path.replace("receipt", "invitation")
    short = stranger.send(account, {"name": "Anna Bakker", "password": "kort"})
    assert short.status_code == 422 and 'href="#f-password"' in short.get_data(as_text=True)
    answer = stranger.send(account, {"name": "Anna Bakker", "password": "vier losse woorden"})
    [register] = parse_qs(urlsplit(answer.headers["Location"]).query)["next"]
    assert stranger.client.get(register).headers["Location"].startswith("/proof?next=/o/")
    database.outside("update login_session set proof_at = now()")
    page = stranger.see(register)
    assert "Datalek 2026-" in page
    stranger.client.delete_cookie("meldketen_session")
    assert "al gebruikt" in stranger.see(account)
    assert "Deze link werkt niet" in stranger.see("/receipt/onbekend", 404)


def test_receipt_is_confirmed_on_the_page_too(reader: Login, office: Office, database: Database) -> None:
    incident = an_incident(office, office.hits[1:2])
    with acting_for(office.id):
        sent = board(incident.id, 1)[0]
    with acting_for(sent.controller_id):
        claim_acting_organisation()
    someone, base = reader(a_member(sent.controller_id)), f"/o/{slug_of(sent.controller_id)}"
    page = f"{base}/breaches/{sent.breach_id}"
    before = someone.see(page)
    assert "Loopt nog niet" in before and "Volgende stap: ontvangst bevestigen" in before
    assert "De ontvangst is bevestigd" in someone.done(f"{page}/receipt", {}, seen=page)
    only_looks = reader(a_member(sent.controller_id, AUDITOR))
    assert only_looks.send(f"{page}/receipt", {}, seen=page).status_code == 403


def test_a_breach_of_another_organisation_is_answered_404(bakery: Controller, reader: Login) -> None:
    other = Controller(reader)
    assert other.olga.client.get(f"{other.base}/breaches/{bakery.breach}").status_code == 404
    assert other.olga.send(f"{other.base}/breaches/{bakery.breach}/receipt", {}, seen=other.page).status_code == 404
    assert "Verkeerd verstuurd" in bakery.olga.see(bakery.page), "its own people see it"

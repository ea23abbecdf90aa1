"""What waits for a person, on pages: mail of unknown fate, failed steps, and dossiers of another build."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import pytest

from tenants.history.entries import Actor
from tenants.identity.users import AUDITOR
from tenants.isolation import acting_for
from tenants.register.escalations import board
from tests.conftest import Database
from tests.factories import NOTICE_TEXT, Office, a_member, an_incident, an_office, an_organisation
from tests.open_decisions import (
    a_sent_notice,
    fail_for_good,
    let_an_hour_pass,
    let_another_build_begin_them,
    let_days_pass,
    send_with_unknown_outcome,
)
from tests.pages.conftest import Reader, slug_of, typed_assessment
from tests.pages.worlds import READERS, Controller, a_begun_notice
from workflows.decisions.open_decisions import mail_to_decide, unconfirmed_to_decide
from workflows.mail.outbox import Outbox
from workflows.mail.sender import Stopped
from workflows.running.jobs import drain

Login = Callable[[Actor], Reader]


@pytest.fixture
def bakery(reader: Login) -> Controller:
    """A controller that has begun a notice by its own choice."""
    return a_begun_notice(reader)


@dataclass
class OfficeWithIncident:
    """An office with an incident that hits two clients, and its privacy officer."""

    office: Office
    fenna: Reader
    base: str
    incident: UUID

    @property
    def id(self) -> UUID:
        """Its organisation."""
        return self.office.id

    @property
    def board(self) -> str:
        """Its incident."""
        return f"{self.base}/incidents/{self.incident}"

    @property
    def question(self) -> UUID:
        """The batch that waits for a decision."""
        with acting_for(self.id):
            [(found, _)] = mail_to_decide()
        return found.id

    def escalation(self) -> str:
        """Its first client's page."""
        with acting_for(self.id):
            return f"{self.board}/escalations/{board(self.incident, 1)[0].id}"


@pytest.fixture
def firm(reader: Login, app: object) -> OfficeWithIncident:
    """Of this test alone."""
    office = an_office(2)
    return OfficeWithIncident(office, reader(office.officer), f"/o/{slug_of(office.id)}", an_incident(office).id)


def test_the_page_says_that_no_decision_is_open(firm: OfficeWithIncident) -> None:
    assert "Er is geen mail om over te beslissen" in firm.fenna.see(f"{firm.base}/questions")
    assert "Beslis over" not in firm.fenna.see(f"{firm.base}/") + firm.fenna.see(firm.board)


def test_mail_of_unknown_outcome_is_settled(firm: OfficeWithIncident, database: Database, outbox: Outbox) -> None:
    send_with_unknown_outcome(firm.id, outbox)
    assert "Beslis over 2 mails" in firm.fenna.see(f"{firm.base}/")
    assert "Beslis over 2 mails" in firm.fenna.see(firm.board)
    listed = f"{firm.base}/questions"
    page = firm.fenna.see(listed)
    assert "De verbinding met de mailserver viel weg" in page and "TimeoutError" not in page
    assert "2 van de 2 zonder uitkomst" in page and "nog geen enkel gezien" in page and firm.board in page
    post, name = f"{listed}/{firm.question}", f"{firm.question}."
    early = firm.fenna.send(post, {f"{name}choice": "resend", f"{name}reason": "Haast"}, seen=listed)
    words = early.get_data(as_text=True)
    assert early.status_code == 422 and f'href="#f-{firm.question}-choice"' in words and ">\nHaast</textarea>" in words
    let_an_hour_pass(database, firm.id)
    silent = firm.fenna.send(post, {f"{name}choice": "resend"}, seen=listed)
    assert silent.status_code == 422 and "Schrijf op waarom." in silent.get_data(as_text=True)
    page = firm.fenna.done(post, {f"{name}choice": "resend", f"{name}reason": "Nagevraagd"}, seen=listed)
    assert "Uw beslissing over 2 mails is vastgelegd" in page and "Er is geen mail" in page
    while drain(str(firm.id)):
        pass
    trace = firm.fenna.see(firm.escalation())
    assert len(outbox.mails) == 2 and "Opnieuw sturen: Nagevraagd" in trace


def test_what_was_decided_already_gets_a_page(firm: OfficeWithIncident, outbox: Outbox) -> None:
    send_with_unknown_outcome(firm.id, outbox)
    listed, batch = f"{firm.base}/questions", firm.question
    form = {f"{batch}.choice": "give_up", f"{batch}.reason": "We bellen"}
    firm.fenna.done(f"{listed}/{batch}", form, seen=listed)
    again = firm.fenna.send(f"{listed}/{batch}", form, seen=listed)
    assert again.status_code == 409 and "Hierover is al beslist" in again.get_data(as_text=True)


def test_what_was_stopped_may_go(firm: OfficeWithIncident, outbox: Outbox) -> None:
    send_with_unknown_outcome(firm.id, outbox, Stopped(401, "authorization required"))
    listed, batch = f"{firm.base}/questions", firm.question
    page = firm.fenna.see(listed)
    assert "weigert onze sleutel" in page and "Laten gaan" in page and "Opnieuw sturen" not in page
    firm.fenna.done(f"{listed}/{batch}", {f"{batch}.choice": "resume", f"{batch}.reason": "Sleutel"}, seen=listed)
    while drain(str(firm.id)):
        pass
    assert len(outbox.mails) == 2


def test_only_its_own_officer_decides(reader: Login, firm: OfficeWithIncident, outbox: Outbox) -> None:
    send_with_unknown_outcome(firm.id, outbox)
    listed, batch = f"{firm.base}/questions", firm.question
    form = {f"{batch}.choice": "give_up", f"{batch}.reason": "x"}
    looks, other = reader(a_member(firm.id, AUDITOR)), reader(a_member(an_organisation("Ander")))
    page = looks.see(listed)
    assert "De privacy officer van uw organisatie beslist" in page and 'type="radio"' not in page
    assert looks.send(f"{listed}/{batch}", form, seen=listed).status_code == 403
    other.see(listed, 404)
    own = other.client.get("/").headers["Location"]
    assert "Er is geen mail om over te beslissen" in other.see(f"{own}questions")
    assert other.send(f"{listed}/{batch}", form, seen=own).status_code == 404
    assert other.send(f"{own}questions/{batch}", form, seen=own).status_code == 404


def test_a_notice_of_unknown_outcome_says_so(bakery: Controller, outbox: Outbox) -> None:
    bakery.do(bakery.olga, "recipients", **READERS)
    bakery.do(bakery.olga, "text", **NOTICE_TEXT)
    bakery.do(bakery.adam, "approve", agrees="true")
    bakery.do(bakery.hugo, "release")
    send_with_unknown_outcome(bakery.id, outbox)
    assert "Beslis over 3 mails" in bakery.olga.see(bakery.page)
    assert bakery.page in bakery.olga.see(f"{bakery.base}/questions")


def test_a_notice_whose_last_events_never_came_is_settled(
    reader: Login, bakery: Controller, database: Database, outbox: Outbox
) -> None:
    a_sent_notice(bakery.id, outbox, 3)
    let_days_pass(database, bakery.id)
    assert "Beslis over 3 mails" in bakery.olga.see(f"{bakery.base}/")
    listed = f"{bakery.base}/questions"
    page = bakery.olga.see(listed)
    assert "Van 3 mensen weten we niet of de mail aankwam" in page and "3 van de 3 zonder uitkomst" in page
    assert "3 aangenomen, laatste bericht" in page and "geheim.example" not in page
    with acting_for(bakery.id):
        [(found, _)] = unconfirmed_to_decide()
    post, name = f"{listed}/notices/{found.notice_id}", f"{found.notice_id}."
    assert str(found.batches[0]) in page
    silent = bakery.olga.send(post, {f"{name}choice": "wait"}, seen=listed)
    assert silent.status_code == 422 and f'href="#f-{found.notice_id}-reason"' in silent.get_data(as_text=True)
    answers = {f"{name}choice": "count_as_not_reached", f"{name}reason": "Wij sturen een brief"}
    assert bakery.adam.send(post, answers, seen=listed).status_code == 403
    other = reader(a_member(an_organisation("Ander")))
    own = other.client.get("/").headers["Location"]
    assert other.send(f"{own}questions/notices/{found.notice_id}", answers, seen=own).status_code == 404
    page = bakery.olga.done(post, answers, seen=listed)
    assert "Uw beslissing over 3 mails is vastgelegd" in page and "Er is geen mail" in page
    notice = bakery.olga.see(f"{bakery.base}/notices/{found.notice_id}")
    assert 'data-sum="not_reached">3<' in notice and 'data-sum="unconfirmed">3</span> nooit iets gehoord' in notice
    assert "Tellen als niet bereikt: Wij sturen een brief" in notice
    assert bakery.olga.send(post, answers, seen=listed).status_code == 409


def test_a_failed_step_stands_where_somebody_looks(
    firm: OfficeWithIncident, database: Database, outbox: Outbox
) -> None:
    run = fail_for_good(database, firm.id, "escalation", "inform")
    retry = f"{firm.base}/runs/{run}/retry"
    overview, there, page = (firm.fenna.see(path) for path in (f"{firm.base}/", firm.board, firm.escalation()))
    assert "Dit lukte Meldketen niet" in overview and retry in overview
    assert "Niet gelukt bij opdrachtgevers: 2" in there and retry in there
    assert "Niet gelukt: Opdrachtgever mailen" in page and "8 keer geprobeerd" in page
    assert "Er ging iets mis dat wij niet hadden voorzien" in page
    assert "anna@klant.example" not in overview + there + firm.fenna.see(retry) and "RuntimeError" not in page
    silent = firm.fenna.send(retry, {"reason": " "})
    assert silent.status_code == 422 and 'href="#f-reason"' in silent.get_data(as_text=True)
    page = firm.fenna.done(retry, {"reason": "De printer is vervangen"})
    assert "Meldketen probeert het opnieuw" in page and "De printer is vervangen" in page
    assert firm.fenna.client.get(retry).status_code == 409
    while drain(str(firm.id)):
        pass
    assert "Niet gelukt bij opdrachtgevers: 1" in firm.fenna.see(firm.board)


def test_a_notice_that_could_not_be_sent_is_tried_again(
    bakery: Controller, database: Database, outbox: Outbox
) -> None:
    bakery.do(bakery.olga, "recipients", **READERS)
    bakery.do(bakery.olga, "text", **NOTICE_TEXT)
    bakery.do(bakery.adam, "approve", agrees="true")
    bakery.do(bakery.hugo, "release")
    run = fail_for_good(database, bakery.id, "bulk_notice", "send")
    assert "Niet gelukt: Versturen" in bakery.olga.see(bakery.page)
    retry = f"{bakery.base}/runs/{run}/retry"
    assert "Niet gelukt" not in bakery.olga.done(retry, {"reason": "Hersteld"}, seen=bakery.page)


def test_all_that_failed_alike_is_tried_again_with_one_act(
    reader: Login, firm: OfficeWithIncident, database: Database, outbox: Outbox
) -> None:
    fail_for_good(database, firm.id, "escalation", "inform")
    alike = f"{firm.base}/failed-steps/escalation/inform/unforeseen"
    overview = firm.fenna.see(f"{firm.base}/")
    assert alike in overview and "Probeer alle 2 opnieuw" in overview
    page = firm.fenna.see(alike)
    assert "2 keer niet gelukt: Opdrachtgever mailen" in page and "wij niet hadden voorzien" in page
    assert firm.fenna.send(alike, {"reason": " "}).status_code == 422
    looks = reader(a_member(firm.id, AUDITOR))
    assert looks.client.get(alike).status_code == 403 and alike not in looks.see(f"{firm.base}/")
    assert looks.send(alike, {"reason": "x"}, seen=f"{firm.base}/").status_code == 403
    page = firm.fenna.done(alike, {"reason": "De storing is voorbij"})
    assert "Meldketen probeert 2 stappen opnieuw" in page and "Dit lukte Meldketen niet" not in page
    assert "De storing is voorbij" in firm.fenna.see(firm.escalation())
    assert firm.fenna.client.get(alike).status_code == 409
    while drain(str(firm.id)):
        pass
    assert sum(len(mail.people) for mail in outbox.mails) == 2


def test_a_breach_shows_its_failed_step_and_has_it_tried_again(bakery: Controller, database: Database) -> None:
    breach = f"{bakery.base}/breaches/{bakery.breach}"

    def does(who: Reader, step: str, **form: str) -> None:
        who.done(f"{breach}/steps/{step}", form, seen=breach)

    does(bakery.olga, "assess", **typed_assessment("high"))
    does(bakery.olga, "draft", decision="notify", reason="Er is een hoog risico")
    does(bakery.adam, "approve", agrees="true")
    run = fail_for_good(database, bakery.id, "ap_notification", "tell-people")
    page = bakery.olga.see(breach)
    assert "Niet gelukt: " in page and "8 keer geprobeerd" in page and "anna@klant.example" not in page
    assert "Er ging iets mis dat wij niet hadden voorzien" in page and "RuntimeError" not in page
    assert f"/runs/{run}/retry" in page and "Probeer opnieuw" in page
    page = bakery.olga.done(f"{bakery.base}/runs/{run}/retry", {"reason": "De schijf was vol"}, seen=breach)
    assert "Meldketen probeert het opnieuw" in page and "Niet gelukt: " not in page and "De schijf was vol" in page
    rows = "select state, attempt from step where run_id = :run and name = 'tell-people' order by id"
    states = [(row["state"], row["attempt"]) for row in database.outside(rows, run=run)]
    assert states == [("failed", 8), ("ready", 0)]


def test_only_its_own_officer_tries_again(reader: Login, firm: OfficeWithIncident, database: Database) -> None:
    retry = f"{firm.base}/runs/{fail_for_good(database, firm.id, 'escalation', 'inform')}/retry"
    looks, other = reader(a_member(firm.id, AUDITOR)), reader(a_member(an_organisation("Ander")))
    looks.see(retry, 403)
    assert looks.send(retry, {"reason": "x"}, seen=firm.base + "/").status_code == 403
    other.see(retry, 404)
    other.see(f"{other.client.get('/').headers['Location']}runs/{retry.split('/')[4]}/retry", 404)


def test_a_dossier_of_another_build_is_only_looked_at(bakery: Controller, database: Database) -> None:
    before = bakery.olga.see(bakery.page)
    [version] = set(re.findall(r'name="version" value="(\d+)"', before))
    let_another_build_begin_them(database, bakery.id)
    breach = f"{bakery.base}/breaches/{bakery.breach}"
    pages = [bakery.olga.see(path) for path in (bakery.page, breach, f"{bakery.base}/", f"{bakery.base}/register")]
    assert "steps/recipients" in before and "steps/recipients" not in pages[0]
    assert all("begon in een andere versie van Meldketen" in page for page in pages[:3])
    form = READERS | {"version": version}
    refused = bakery.olga.send(f"{bakery.page}/steps/recipients", form, seen=bakery.page)
    assert refused.status_code == 409 and "Dit kan hier nu niet" in refused.get_data(as_text=True)

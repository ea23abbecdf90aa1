"""The page of processors: in the menu with what waits, and a request that says what the answer rests on."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

import pytest
from flask import Flask

from tenants.agreements.consents import ACCEPTED, ENDED, REFUSED, processors, processors_in_full
from tenants.agreements.own_standing import own_standing
from tenants.history.entries import Actor
from tenants.identity.users import AUDITOR
from tenants.isolation import acting_for, database_now
from tenants.register.escalations import board
from tests.conftest import Database
from tests.factories import a_member, an_incident
from tests.pages.conftest import Reader
from tests.pages.worlds import HERS, OTHERS, AskedAboutIncident
from tests.service.caller import caller_for
from workflows.escalation.escalation import make_aware
from workflows.escalation.incident import ClientHit
from workflows.trust.consenting import confirm_receipt

Login = Callable[[Actor], Reader]


@pytest.fixture
def asked(app: Flask, database: Database) -> AskedAboutIncident:
    return AskedAboutIncident(database)


def test_a_request_shows_what_the_answer_rests_on(asked: AskedAboutIncident, reader: Login) -> None:
    page = reader(asked.by).see(f"{asked.base}/processors")
    for words in (
        "68750110", "Geverifieerd op", "Toegelaten als kantoor door de beheerder van Meldketen", "K0001",
        "Bakkerij volgens De Linde", "Loonadministratie, alleen verwerken (verwerker)",
        "Controle van de jaarrekening (zelf verantwoordelijk)", "binnen 24 uur", *HERS.values(),
        f"Nummer bij het kantoor: {asked.incident.reference}", "Ontdekt op", "Als u accepteert", "Als u weigert",
    ):  # fmt: skip
        assert words in page, words
    assert "Als u beëindigt" not in page and "Als u beëindigt" in _accepted(asked, reader)


def _accepted(asked: AskedAboutIncident, reader: Login) -> str:
    asked.answers(ACCEPTED)
    return reader(asked.by).see(f"{asked.base}/processors")


def test_a_message_waits_with_the_clock_that_runs_for_it(asked: AskedAboutIncident, reader: Login) -> None:
    assert "data-until" not in reader(asked.by).see(f"{asked.base}/processors")
    with acting_for(asked.office.id):
        make_aware({board(asked.incident.id, 1)[0].id: (database_now() - timedelta(minutes=2), "phone")})
    page = reader(asked.by).see(f"{asked.base}/processors")
    assert "data-until" in page and "De Linde" in page


def test_an_unverified_office_is_shown_as_unverified(
    asked: AskedAboutIncident, reader: Login, database: Database
) -> None:
    database.outside("update organisation set verified_at = null, verified_how = null where id = :o", o=asked.office.id)
    page = reader(asked.by).see(f"{asked.base}/processors")
    assert "Niet geverifieerd. Bel het kantoor op een nummer dat u zelf al had" in page


def test_nothing_is_shown_but_what_the_office_states_about_the_one_who_is_asked(
    asked: AskedAboutIncident, reader: Login, app: Flask, database: Database
) -> None:
    other = AskedAboutIncident(database)
    page = reader(asked.by).see(f"{asked.base}/processors")
    assert OTHERS["name"] not in page and "K0002" not in page and other.number not in page
    with acting_for(asked.id):
        [processor] = processors_in_full()
        assert processor.request and [a.client_number for a in processor.request.agreements] == ["K0001"]
    with acting_for(asked.office.id):
        assert processors_in_full() == []
    database.outside("update organisation set verified_at = null, verified_how = null where id = :o", o=asked.id)
    with acting_for(asked.id):
        assert processors_in_full() == [] and own_standing().requests_waiting == 0


def test_what_is_answered_shows_a_request_only_while_it_can_be_accepted(asked: AskedAboutIncident) -> None:
    def shows() -> bool:
        with acting_for(asked.id):
            return processors_in_full()[0].request is not None

    asked.answers(REFUSED)
    assert shows()
    asked.answers(ACCEPTED)
    assert not shows()
    asked.answers(ENDED)
    assert shows()


def test_the_api_shows_the_same(asked: AskedAboutIncident, app: Flask) -> None:
    assert asked.by.id
    [item] = caller_for(app, asked.by.id).get("processors").json["items"]
    assert item["request"]["kvk_number"] == "68750110" and item["request"]["verified_at"]
    [agreement] = item["request"]["agreements"]
    assert agreement["contacts"] == [HERS] and agreement["hours_to_notify"] == 24
    assert (agreement["in_force_from"], agreement["in_force_to"]) == ("2020-01-01", None)
    assert item["messages"][0]["reference"] == asked.incident.reference


def test_the_menu_leads_there_and_counts_what_waits(asked: AskedAboutIncident, reader: Login) -> None:
    entry, waits = f'href="{asked.base}/processors"', "(1<span"
    for there in (reader(asked.by), reader(a_member(asked.id, AUDITOR))):
        for path in ("/", "/register", "/notices", "/people", "/processors"):
            menu = there.see(asked.base + path).partition("</nav>")[0]
            assert entry in menu and waits in menu and "verzoek of bericht wacht op u" in menu, path
    assert f'{entry} aria-current="page"' in reader(asked.by).see(f"{asked.base}/processors")
    asked.answers(REFUSED)
    assert waits in reader(asked.by).see(f"{asked.base}/").partition("</nav>")[0], "its message is unread"
    with acting_for(asked.id):
        [processor] = processors()
        confirm_receipt(asked.office.id, UUID(processor.messages[0]["breach_id"]), asked.by)
    menu = reader(asked.by).see(f"{asked.base}/").partition("</nav>")[0]
    assert entry in menu and waits not in menu


@pytest.mark.parametrize("answered", [ACCEPTED, REFUSED])
def test_who_must_prove_first_comes_back_to_what_they_chose(
    asked: AskedAboutIncident, reader: Login, database: Database, answered: str
) -> None:
    [row] = database.outside("select id from organisation where id = :o", o=asked.office.id)
    where = f"{asked.base}/processors/{row['id']}"
    by = reader(asked.by)
    by.see(f"{where}?answer={answered}")
    database.outside("update login_session set proof_at = now() - interval '6 minutes'")
    way = quote(f"{where}?answer={answered}", safe="/")
    assert f'href="/proof?next={way}"' in by.see(f"{where}?answer={answered}")
    late = by.send(where, {"answer": answered}, seen=f"{asked.base}/processors").get_data(as_text=True)
    assert f'href="/proof?next={way}"' in late, "also after posting"


@pytest.mark.parametrize("answered", [REFUSED, ENDED])
def test_an_unread_message_of_who_was_refused_or_ended_is_on_the_overview(
    asked: AskedAboutIncident, reader: Login, answered: str
) -> None:
    if answered == ENDED:
        asked.answers(ACCEPTED)
    asked.answers(answered)
    by = reader(asked.by)
    if answered == ENDED:
        assert "schrijft u over een datalek" not in by.see(f"{asked.base}/")
        an_incident(asked.office, [ClientHit(1, "K0001", 5, 5)])
    page = by.see(f"{asked.base}/")
    assert "schrijft u over een datalek" in page and f"/processors#processor-{asked.office.id}" in page


def _stated(asked: AskedAboutIncident) -> None:
    with acting_for(asked.office.id):
        make_aware({board(asked.incident.id, 1)[0].id: (database_now() - timedelta(hours=2), "phone")})


def test_the_term_of_a_message_runs_on_after_a_refusal_and_stays_on_the_overview(
    asked: AskedAboutIncident, reader: Login, database: Database
) -> None:
    _stated(asked)
    by, where = reader(asked.by), f"{asked.base}/processors/{asked.office.id}"
    runs = "melden aan de AP kan tot"
    assert runs in by.see(f"{asked.base}/") and "69 u 59" in by.see(f"{asked.base}/"), "also before it is answered"
    warned = by.see(f"{where}?answer=refused")
    assert asked.incident.title in warned and "Weigeren stopt die termijn niet" in warned
    assert "stopt die termijn niet" not in by.see(f"{where}?answer=accepted")
    with acting_for(asked.id):
        [processor] = processors()
        confirm_receipt(asked.office.id, UUID(processor.messages[0]["breach_id"]), asked.by)
    asked.answers(REFUSED)
    page = by.see(f"{asked.base}/")
    assert runs in page and "69 u 59" in page and asked.incident.title in page, "it was read, and its term runs"
    database.outside("update breach set stated_aware_at = now() - interval '80 hours' where incident_id = :i",
                     i=asked.incident.id)  # fmt: skip
    assert runs not in by.see(f"{asked.base}/"), "no term is left"


def test_a_message_without_a_term_is_named_before_it_is_refused(asked: AskedAboutIncident, reader: Login) -> None:
    warned = reader(asked.by).see(f"{asked.base}/processors/{asked.office.id}?answer=refused")
    assert asked.incident.title in warned and "uw plicht om te melden niet weg" in warned


def test_who_accepts_comes_to_what_was_written(asked: AskedAboutIncident, reader: Login) -> None:
    by, where = reader(asked.by), f"{asked.base}/processors/{asked.office.id}"
    listed = by.see(f"{asked.base}/processors")
    assert "komt dit bericht met zijn termijn" in listed and "deze berichten" not in listed
    answer = by.send(where, {"answer": ACCEPTED}, seen=f"{where}?answer=accepted")
    register = f"{asked.base}/register"
    assert answer.headers["Location"] == register and asked.incident.title in by.see(register)


def test_a_processor_without_messages_shows_none_and_an_ended_one_can_be_refused(
    asked: AskedAboutIncident, reader: Login
) -> None:
    asked.answers(ACCEPTED)
    asked.answers(ENDED)
    page = reader(asked.by).see(f"{asked.base}/processors")
    assert "deze berichten" not in page and "dit bericht" not in page
    assert "Ook weigeren" in page and "geen mail meer" in page and ">Weigeren" not in page

"""The office's pages: the incident form, the board, the call list, clients and people."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from tenants.agreements.processing_agreements import register_clients
from tenants.database import db
from tenants.history.entries import Actor
from tenants.identity.users import OWNER
from tenants.isolation import acting_for
from tenants.register.escalations import board
from tests.conftest import Database
from tests.factories import Office, a_client, a_member, an_incident, an_office, an_organisation
from tests.pages.conftest import Reader, slug_of
from tests.pages.forms import an_incident_form, local, recorded, shown, visible
from workflows.escalation.board_states import STATES
from workflows.escalation.escalation import inform, make_aware

Login = Callable[[Actor], Reader]


def test_an_incident_by_rows_shows_its_board(reader: Login, office: Office, path: Callable[..., str]) -> None:
    rows = {"clients.0.client_number": "K0001", "clients.0.people": "12", "clients.2.client_number": "K0002"}
    page = recorded(reader(office.officer), path("/incidents/new"), an_incident_form(**rows))
    assert "2 opdrachtgevers krijgen bericht" in page and "Laptop gestolen" in page
    assert page.count('<th scope="row">') == 2
    said = "Samen 12 betrokkenen, zover bekend. Bij 1 opdrachtgever is het aantal nog niet bekend."
    words = visible(page)
    assert f"Aantal mensen {said}" in words and words.count(said) == 2, "beside the sums, and among the facts"


def test_without_any_number_of_people_the_board_says_no_sum(
    reader: Login, office: Office, path: Callable[..., str]
) -> None:
    form = an_incident_form(**{"clients.0.client_number": "K0001"})
    page = recorded(reader(office.officer), path("/incidents/new"), form)
    words = visible(page)
    assert "Samen 0" not in words and words.count("Bij 1 opdrachtgever is het aantal nog niet bekend.") == 2


def test_a_client_that_is_not_ours_is_named_at_its_row(reader: Login, office: Office, path: Callable[..., str]) -> None:
    rows = {"clients.0.client_number": "K0001", "clients.1.client_number": "X9"}
    answer = reader(office.officer).send(path("/incidents/new"), an_incident_form(**rows))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "regel 2" in page and "X9" in page


def test_a_client_that_is_not_ours_is_named_beside_other_faults(
    reader: Login, office: Office, path: Callable[..., str]
) -> None:
    clients = {"clients.0.client_number": "K0001", "clients.1.client_number": "X9"}
    for name, wrong in (("contact_email", "fenna@"), ("title", "")):
        answer = reader(office.officer).send(path("/incidents/new"), an_incident_form(**clients, **{name: wrong}))
        said = answer.text[answer.text.index('role="alert"') :]
        assert answer.status_code == 422 and "X9" in said[: said.index("</ul>")] and f'href="#f-{name}"' in said


def test_an_hour_that_was_twice_is_asked(reader: Login, office: Office, path: Callable[..., str]) -> None:
    twice = {"found_at": "2026-10-25T02:30", "became_aware_at": "2026-10-25T12:00", "clients.0.client_number": "K0001"}
    page = reader(office.officer).send(path("/incidents/new"), an_incident_form(**twice)).get_data(as_text=True)
    assert 'name="found_at_fold" value="1"' in page and 'name="became_aware_at_fold"' not in page
    # The day is in the past of whoever runs this: more than a month ago is asked too.
    form = an_incident_form(**twice, found_at_fold="1", moments_confirmed="true")
    accepted = recorded(reader(office.officer), path("/incidents/new"), form)
    assert re.search(r"ontdekt zo 25 okt(<span class=\"year\">)? 2026(</span>)? 02:30", accepted)


def test_a_moment_of_long_ago_is_asked_with_a_tick_and_nothing_typed_is_lost(
    reader: Login, office: Office, path: Callable[..., str]
) -> None:
    long_ago = an_incident_form(found_at=local(900), became_aware_at=local(899), **{"clients.0.client_number": "K0001"})
    there = reader(office.officer)
    page = there.send(path("/incidents/new"), long_ago).get_data(as_text=True)
    assert 'name="moments_confirmed" value="true"' in page and "meer dan 31 dagen geleden" in page
    assert shown(long_ago["found_at"]) in page and 'value="Laptop gestolen"' in page and 'value="K0001"' in page
    assert "moments_confirmed" not in there.see(path("/incidents/new"))
    impossible = long_ago | {"became_aware_at": local(901), "moments_confirmed": "true"}
    page = there.send(path("/incidents/new"), impossible).get_data(as_text=True)
    assert "U wist ervan op" in page and 'name="moments_confirmed" value="true" checked' in page
    assert "Laptop gestolen" in recorded(there, path("/incidents/new"), long_ago | {"moments_confirmed": "true"})


@pytest.mark.parametrize("moment", ["2026-03-29T02:30", "2999-01-01T10:00", "gisteren"])
def test_a_moment_that_cannot_be_is_refused(
    reader: Login, office: Office, path: Callable[..., str], moment: str
) -> None:
    form = an_incident_form(found_at=moment, **{"clients.0.client_number": "K0001"})
    page = reader(office.officer).send(path("/incidents/new"), form).get_data(as_text=True)
    assert 'href="#f-found_at"' in page


def test_who_must_be_called_because_no_mail_arrived_is_said_to_be_that(
    reader: Login, office: Office, path: Callable[..., str], database: Database
) -> None:
    incident = an_incident(office)
    with acting_for(office.id):
        [escalation, *_] = board(incident.id, 1)
        list(inform([escalation]))
        about = escalation.id
    there, at = reader(office.officer), path(f"/incidents/{incident.id}/escalations/{about}")
    assert "(mail is nog niet verstuurd)" in there.see(at) and "kwam niet aan" not in there.see(at)
    database.outside("update recipient set state = 'bounced' where about_id = :id", id=about)
    page = there.see(at)
    assert "(mail kwam niet aan)" in page and "Geen van de mails kwam aan. Daarom moet u bellen." in page
    assert "(gemaild)" not in page
    board_page = there.see(path(f"/incidents/{incident.id}"))
    assert 'data-sum="bounced">1<' in board_page and 'data-sum="under_way">0<' in board_page


def test_the_sums_of_a_board_add_up(reader: Login, office: Office, path: Callable[..., str]) -> None:
    incident = an_incident(office, hours_ago=23)
    with acting_for(office.id):
        first = board(incident.id, 1)[0]
        make_aware({first.id: (datetime.now(UTC) - timedelta(hours=1), "phone")})
    there = reader(office.officer)
    answer = json.loads(there.see(path(f"/incidents/{incident.id}/board.json")))
    sums = answer["sums"]
    terms = ("late", "soon", "waiting", "informed", "acknowledged", "decided")
    assert sum(sums[state] for state in STATES) == sum(sums[term] for term in terms) == sums["total"] == 4
    page = there.see(path(f"/incidents/{incident.id}"))
    assert 'data-sum="informed_in_time">1<' in page and "van 4" in page and page.count(" title=\"Client") == 4
    assert "Alleen geïnformeerd:" in there.see(path(f"/incidents/{incident.id}?state=informed"))


def test_a_board_says_how_many_of_its_controllers_must_be_called(
    reader: Login, office: Office, path: Callable[..., str]
) -> None:
    incident = an_incident(office, hours_ago=2)
    with acting_for(office.id):
        board(incident.id, 1)[0].call_needed_at = datetime.now(UTC)
        db.session.flush()
    page = reader(office.officer).see(path(f"/incidents/{incident.id}"))
    line = page[page.index('id="to-call"') : page.index('id="decided-alone"')]
    assert "Waarvan te bellen:" in line and 'data-sum="call">1<' in line
    assert path(f"/incidents/{incident.id}/calls") in line


def test_a_client_number_is_found_whatever_its_capitals(reader: Login, path: Callable[..., str]) -> None:
    house = an_office(0)
    with acting_for(house.id):
        register_clients([a_client(n, client_number=typed) for n, typed in enumerate(("Kn-12", "Zz-1", "zZ-1"), 1)])
    there, form = reader(house.officer), path("/incidents/new", house.id)
    assert "Laptop gestolen" in recorded(there, form, an_incident_form(**{"clients.0.client_number": "kN-12"}))
    recorded(there, form, an_incident_form(**{"clients.0.client_number": "zZ-1"}))
    refused = there.send(form, an_incident_form(**{"clients.0.client_number": "ZZ-1"}))
    page = re.sub("[\u2066-\u2069]", "", unescape(refused.get_data(as_text=True)))
    assert refused.status_code == 422 and "precies zoals het er staat: Zz-1, zZ-1" in page
    twice = {"clients.0.client_number": "kn-12", "clients.1.client_number": "Kn-12"}
    page = there.send(form, an_incident_form(**twice)).get_data(as_text=True)
    assert "staat er al, op rij" in page


def test_a_call_is_recorded_once(reader: Login, office: Office, path: Callable[..., str], database: Database) -> None:
    incident = an_incident(office, hours_ago=2)
    with acting_for(office.id):
        escalation = board(incident.id, 1)[0]
        escalation.call_needed_at = datetime.now(UTC)
        db.session.flush()
    there, calls = reader(office.officer), path(f"/incidents/{incident.id}/calls")
    assert escalation.controller_name in there.see(calls) and "Bel 1 opdrachtgever" in there.see(path())
    called = path(f"/incidents/{incident.id}/escalations/{escalation.id}")
    begun = there.see(called)
    assert 'name="called_at.day" value=""' in begun and 'name="called_at.time" value=""' in begun
    assert " checked" not in begun, "nothing is chosen"
    spoken = {"outcome": "spoken", "called_at": local(1), "note": "Belt terug"}
    refused = there.send(called, spoken | {"called_at": local(50), "contact_name": "Bo"})
    assert refused.status_code == 422 and 'href="#f-called_at"' in refused.text and "Belt terug" in refused.text
    future = there.send(called, spoken | {"called_at": local(-1), "contact_name": "Bo"})
    assert future.status_code == 422 and 'href="#f-called_at"' in future.text
    nobody = there.send(called, spoken | {"contact_name": "", "other_name": " "}).text
    assert '<a href="#f-contact_name">' in nobody and "Met wie was het?" in nobody and shown(local(1)) in nobody
    missed = there.done(called, {"outcome": "nobody", "called_at": local(1.1)})
    assert "Geen gehoor" in missed and "nog niet geïnformeerd" not in missed
    assert "Geen gehoor" in there.see(calls) and escalation.controller_name in there.see(calls)
    page = there.done(called, spoken | {"other_name": "Kees van de balie"})
    assert "is geïnformeerd. De termijn van 72 uur loopt" in page and "Kees van de balie" in page
    assert "3 opdrachtgevers zijn nog niet bereikt" in there.see(calls)
    later = there.done(called, {"outcome": "spoken", "called_at": local(0), "contact_name": "", "other_name": "Bo"})
    assert "Dat moment blijft staan" in later and later.count("Iemand gesproken") > 2


def test_another_office_sees_no_board(reader: Login, office: Office) -> None:
    incident, other = an_incident(office), an_office(1)
    reader(other.officer).see(f"/o/{slug_of(other.id)}/incidents/{incident.id}", 404)
    reader(other.officer).see(f"/o/{slug_of(other.id)}/incidents/{incident.id}/board.json", 404)


def test_long_lists_page_by_key(reader: Login, app: object) -> None:
    large = an_office(60)
    incident = an_incident(large)
    there, base = reader(large.officer), f"/o/{slug_of(large.id)}"
    first = there.see(f"{base}/incidents/{incident.id}")
    following = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert first.count('scope="row"') == 50 and there.see(following).count('scope="row"') == 10
    assert 'rel="next"' in there.see(f"{base}/agreements")
    assert there.see(f"{base}/agreements?after=kapot").count('scope="row"') == 50


def test_lists_that_are_empty_say_what_to_do(reader: Login) -> None:
    empty = an_organisation("Nieuw")
    there, base = reader(a_member(empty)), f"/o/{slug_of(empty)}"
    for page, words in {
        "/": "Er wacht niets op u", "/incidents": "Nog geen incidenten", "/register": "Uw register is leeg",
        "/notices": "Nog geen mededelingen", "/agreements": "Nog geen opdrachtgevers",
        "/people": "een besluit heeft drie mensen nodig", "/deputies": "Niemand vervangt iemand",
        "/broken-glass": "Niets na te kijken",
    }.items():  # fmt: skip
        assert words in there.see(base + page)


def test_a_colleague_is_invited_once_the_address_is_right(
    reader: Login, office: Office, path: Callable[..., str]
) -> None:
    there = reader(a_member(office.id, OWNER))
    refused = there.send(path("/people"), {"email": "geen adres", "role": "approver"})
    assert refused.status_code == 422 and 'href="#f-email"' in refused.get_data(as_text=True)
    page = there.done(path("/people"), {"email": "joris@delinde.nl", "role": "approver"})
    assert "onderweg naar joris@delinde.nl" in page

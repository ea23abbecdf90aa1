"""The check page of an incident: what it shows, that it sends nothing, and that what is sent is what was checked."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask

from tenants.agreements.processing_agreements import register_clients
from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tenants.register.escalations import board
from tenants.register.incidents import newest_incidents
from tests.conftest import Database
from tests.counting import statements_of, values_of
from tests.factories import Office, a_client, a_member, an_incident, an_office
from tests.pages.conftest import Reader, slug_of
from tests.pages.forms import Fields, an_incident_form, csrf, local, send_fields, shown
from workflows.escalation.escalation import inform

Login = Callable[[Actor], Reader]
ROWS = {
    "clients.0.client_number": "K0001", "clients.0.people": "3", "clients.1.client_number": "K0002",
    "clients.1.people": "900", "clients.2.client_number": "P1", "clients.3.client_number": "T1",
}  # fmt: skip
LISTED = re.compile(r'<span class="muted figure">(K\d{4})</span>')


@pytest.fixture
def house() -> Office:
    """Two clients as usual, one with a telephone alone, and one with tighter hours."""
    office = an_office(2)
    phone = a_client(8, client_number="P1", name="Alleen Telefoon", contacts=[{"name": "Ans", "phone": "0612345678"}])
    with acting_for(office.id):
        register_clients([phone, a_client(9, client_number="T1", name="Krap", hours_to_notify=4)])
    return office


def form_of(office: Office) -> str:
    return f"/o/{slug_of(office.id)}/incidents/new"


def incidents_of(office: Office) -> int:
    with acting_for(office.id):
        return len(newest_incidents(9))


def test_the_check_says_who_under_which_hours_and_how_they_read_it(reader: Login, house: Office) -> None:
    page = reader(house.officer).send(form_of(house), an_incident_form(**ROWS)).text
    words = unescape(re.sub(r"<[^>]+>|[\u2066-\u2069]", "", page))
    assert "4 opdrachtgevers krijgen bericht" in words and "Samen 903 betrokkenen" in words
    assert "Van 2 opdrachtgevers is het aantal nog niet bekend" in words
    assert words.index("Binnen 4 uur") < words.index("Binnen 24 uur")
    assert "Alleen Telefoon" in words and "Deze opdrachtgever krijgt geen mail" in words
    assert words.count("Beste ") == 2 and "raakt Krap" in words and "Aantal mensen: 900" in words
    assert "/receipt/-" in words and incidents_of(house) == 0


def test_the_check_lists_everybody_and_says_whose_mail_came_back_before(
    reader: Login, house: Office, database: Database
) -> None:
    before = an_incident(house)
    with acting_for(house.id):
        [told] = board(before.id, 1)
        list(inform([told]))
    database.outside("update recipient set state = 'bounced' where about_id = :e", e=told.id)
    page = reader(house.officer).send(form_of(house), an_incident_form(**ROWS)).text
    words = unescape(re.sub(r"<[^>]+>|[\u2066-\u2069]", "", page))
    assert "Alleen Telefoon P1: Ans, geen e-mailadres, 0612345678" in words and "Bekijk de hele lijst" in words
    assert page.count("De vorige mail naar dit adres kwam niet aan") == 1
    assert "Bij 1 opdrachtgever kwam de vorige mail niet aan" in words


def test_the_check_lists_a_hundred_at_once_and_takes_as_many_statements_for_more(reader: Login, app: Flask) -> None:
    house = an_office(130)
    there, to = reader(house.officer), form_of(house)
    seen: dict[int, list[str]] = {}
    for clients in (12, 130):
        rows = {f"clients.{n - 1}.client_number": f"K{n:04d}" for n in range(1, clients + 1)}
        there.send(to, an_incident_form(**rows))
        with statements_of(app) as sent:
            page = there.send(to, an_incident_form(**rows)).text
        seen[clients] = sent
    assert len(seen[12]) == len(seen[130])
    assert page.count("client.example, 010 12345</li>") == 100 and "Nummer 1 tot en met 100, van 130" in unescape(page)
    with values_of(app, "insert into incident_client") as kept:
        later = send_fields(there, to, Fields(page).forms[to], **{"from": "100"}).text
    assert later.count("client.example, 010 12345</li>") == 30 and '<ol class="small" start="101">' in later
    assert "130 opdrachtgevers krijgen bericht" in unescape(later)
    assert [len(values["agreements"]) for values in kept] == [30]
    first = send_fields(there, to, Fields(later).forms[to], **{"from": "0"}).text
    assert LISTED.findall(first) == LISTED.findall(page), "the same clients in the same order"
    assert set(LISTED.findall(first)).isdisjoint(LISTED.findall(later)) and incidents_of(house) == 0
    forged = [(name, value[:-1] if name == "listed" else value) for name, value in Fields(later).forms[to]]
    for whole in (send_fields(there, to, forged, **{"from": "100"}), send_fields(there, to, forged, whole="1")):
        assert whole.status_code == 200 and 'id="to-whom">' in whole.text and 'name="listed"' in whole.text
    assert send_fields(there, to, Fields(later).forms[to], send="1").status_code == 303


def test_a_form_of_many_rows_is_read(reader: Login, house: Office) -> None:
    rows = {f"clients.{n}.{column}": "" for n in range(400) for column in ("client_number", "people", "informed_at")}
    there = reader(house.officer)
    filled = an_incident_form(**rows | {"clients.399.client_number": "de laatste", "csrf_token": csrf(there)})
    answer = there.client.post(form_of(house), data=filled, content_type="multipart/form-data")
    assert answer.status_code == 422 and "de laatste" in answer.text, "its last row is read"


def test_all_that_were_found_are_picked_by_one_tick_and_each_says_why_it_was_found(
    reader: Login, house: Office
) -> None:
    with acting_for(house.id):
        register_clients([a_client(7, client_number="H1", name="Hosting", services={"hosting": "processor"}),
                          a_client(6, client_number="D1", name="Kievitsbrug", contacts=[
                              {"name": "Jan Dam", "email": "jan@x.example", "phone": "06 1234 5678"}])])  # fmt: skip
    there, to = reader(house.officer), form_of(house)
    page = there.send(to, an_incident_form(look="1")).text
    assert "6 opdrachtgevers gevonden" in page and "1 daarvan neemt deze diensten niet af" in page
    assert "Alle 5 die u kunt kiezen" in page and 'id="found" tabindex="-1" data-focus' in page
    taken = there.send(to, an_incident_form(**{"clients.0.client_number": "T1"}, all="6=", take="1")).text
    assert taken.count('name="clients.5.client_number"') == 0 and 'value="K0002"' in taken and 'value="H1"' in taken
    rows = re.findall(r'name="clients\.\d\.client_number" type="text" value="(\w+)"', taken)
    assert rows[0] == "T1" and sorted(rows) == ["D1", "K0001", "K0002", "P1", "T1"]
    assert re.search(r'name="clients\.1\.people"[^>]* data-focus', taken)
    assert "gevonden op contact: Jan Dam" in there.send(to, {"search": "dam", "look": "1"}).text
    assert "gevonden op contact: 06 1234 5678" in there.send(to, {"search": "0612345678", "look": "1"}).text
    assert "gevonden op klantnummer" in there.send(to, {"search": "d1", "look": "1"}).text
    assert "U had niets nieuws aangevinkt" in there.send(to, {"take": "1"}).text


def test_none_is_picked_by_one_tick_when_others_match_than_were_counted(reader: Login) -> None:
    house = an_office(2)
    there, to = reader(house.officer), form_of(house)
    ticked = re.search(r'name="all" value="([^"]*)"', there.see(to))
    assert ticked and ticked[1] == "2="
    for colleague, least in ((range(3, 4), 3), (range(4, 106), 105)):
        with acting_for(house.id):
            register_clients([a_client(n, name=f"Naam {n:03}") for n in colleague])
        answer = there.send(to, an_incident_form(**{"clients.0.client_number": "T1"}, all=ticked[1], take="1"))
        assert answer.status_code == 422 and "meer of minder opdrachtgevers" in answer.text, least
        assert 'value="T1"' in answer.text
        assert not re.search(r'name="clients\.1\.client_number"[^>]* value="K', answer.text)
    for forged in ("=", "100=", "105=", "x"):
        answer = there.send(to, an_incident_form(all=forged, take="1"))
        assert answer.status_code == 422 and 'href="#f-search"' in answer.text, forged


def test_the_list_to_pick_from_says_who_does_not_take_the_service(reader: Login, house: Office) -> None:
    there, to = reader(house.officer), form_of(house)
    page = there.send(to, an_incident_form(services="hosting") | {"look": "1"}).text
    assert 'value="K0001" disabled' in page and "neemt deze dienst niet af" in page
    page = there.send(to, an_incident_form() | {"pick": ["T1"], "take": "1"}).text
    assert '<span class="small">Krap</span>' in page and "neemt deze dienst niet af" not in page


def test_a_form_that_is_sent_twice_is_recorded_once(reader: Login, house: Office) -> None:
    there, to = reader(house.officer), form_of(house)
    fields = Fields(there.send(to, an_incident_form(**ROWS)).text).forms[to]
    first, second = (send_fields(there, to, fields, send="1") for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"] and incidents_of(house) == 1
    assert "al verstuurd" in there.see(second.headers["Location"])


def test_what_changed_since_the_check_is_shown_again_and_nothing_is_sent(
    reader: Login, house: Office, database: Database
) -> None:
    there, to = reader(house.officer), form_of(house)
    fields = Fields(there.send(to, an_incident_form(**ROWS)).text).forms[to]
    database.outside(
        "update processing_agreement set hours_to_notify = 2 where processor_id = :office and client_number = 'K0001'",
        office=house.id,
    )
    again = send_fields(there, to, fields, send="1")
    assert again.status_code == 422 and "Sinds uw controle is er iets veranderd" in again.text
    assert "Binnen 2 uur" in again.text and incidents_of(house) == 0
    assert send_fields(there, to, Fields(again.text).forms[to], send="1").status_code == 303


@pytest.mark.parametrize(("changed", "status"), [("title", 422), ("clients.1.people", 422), ("checked", 200)])
def test_what_is_sent_is_what_was_checked(reader: Login, house: Office, changed: str, status: int) -> None:
    there, to = reader(house.officer), form_of(house)
    fields = Fields(there.send(to, an_incident_form(**ROWS)).text).forms[to]
    falsified = [(name, "7" if name == changed else value) for name, value in fields]
    answer = send_fields(there, to, falsified, send="1")
    assert answer.status_code == status and 'name="checked"' in answer.text and incidents_of(house) == 0


def test_going_back_keeps_everything_typed(reader: Login, house: Office) -> None:
    there, to = reader(house.officer), form_of(house)
    typed = an_incident_form(**ROWS, description="Een.\r\nTwee <b>", happened_from=local(9))
    page = send_fields(there, to, Fields(there.send(to, typed).text).forms[to], back="1").text
    assert "Een.\r\nTwee &lt;b&gt;" in page and shown(typed["happened_from"]) in page
    assert 'name="facts.data" value="bsn" checked' in page and 'value="900"' in page and 'value="T1"' in page


def test_clients_are_found_and_picked_and_what_was_typed_stays(reader: Login, house: Office) -> None:
    there, to = reader(house.officer), form_of(house)
    assert 'name="pick" value="K0001"' in there.see(to)
    typed = an_incident_form(**{"clients.0.client_number": "K0002", "clients.0.people": "5"})
    found = there.send(to, typed | {"search": "krap", "look": "1"}).text
    assert 'name="pick" value="T1"' in found and 'name="pick" value="K0001"' not in found
    assert 'value="Laptop gestolen"' in found and 'value="K0002"' in found and "fault" not in found
    taken = there.send(to, typed | {"pick": ["T1", "K0002"], "take": "1"}).text
    assert 'name="clients.1.client_number" type="text" value="T1"' in taken and taken.count('value="K0002"') == 2
    assert "2 opdrachtgevers krijgen bericht" in there.send(to, typed | {"pick": ["T1"]}).text
    assert "Geen opdrachtgever gevonden" in there.send(to, typed | {"search": "xyz", "look": "1"}).text
    assert 'href="#f-search"' in there.send(to, typed | {"search": "a b c d e f", "look": "1"}).text


def test_a_long_list_is_picked_from_in_parts(reader: Login) -> None:
    house = an_office(0)
    with acting_for(house.id):
        register_clients([a_client(n, client_number=f"N{n:03}", name=f"Naam {n:03}") for n in range(1, 26)])
    there, to = reader(house.officer), form_of(house)
    first = there.see(to)
    more = re.search(r'name="more" value="([^"]+)"', first)
    assert more and first.count('name="pick"') == 20
    second = there.send(to, {"pick": ["N003"], "more": more[1]}).text
    assert second.count('name="pick"') == 5 and 'value="N003"' in second and 'name="more"' not in second
    assert there.send(to, {"more": "none"}).status_code == 200


def test_nobody_sends_what_a_colleague_checked(reader: Login, house: Office) -> None:
    to = form_of(house)
    fields = Fields(reader(house.officer).send(to, an_incident_form(**ROWS)).text).forms[to]
    other = reader(a_member(house.id))
    own = ("csrf_token", "form_key")
    token = [field for field in Fields(other.see(to)).forms[to] if field[0] in own]
    theirs = [field for field in fields if field[0] not in own] + token
    assert 'name="checked"' in send_fields(other, to, theirs, send="1").text and incidents_of(house) == 0


def test_the_sender_does_not_choose_the_id_of_an_incident(reader: Login, house: Office) -> None:
    """The id of another subject would put the incident into the history of that one."""
    other = an_office(1)
    to, fenna, strange = form_of(house), reader(house.officer), reader(other.officer)
    forms = Fields(strange.see(form_of(other))).forms.values()
    given_elsewhere = next(dict(fields)["form_id"] for fields in forms if "form_id" in dict(fields))
    for chosen in (str(house.id), given_elsewhere):
        checked = fenna.send(to, an_incident_form(**ROWS, form_id=chosen)).text
        fields = Fields(checked).forms[to]
        assert chosen not in dict(fields).values()
        sent = send_fields(fenna, to, [(n, chosen if n == "form_id" else v) for n, v in fields], send="1")
        assert sent.status_code == 200 and incidents_of(house) == 0, "it is checked anew, with an id of ours"

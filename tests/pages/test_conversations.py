"""Two colleagues call the clients of one incident: who is calling, what was said, what is taken back, a new address."""

import json
from collections.abc import Callable
from html import unescape

import pytest

from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tenants.register.escalations import board
from tests.conftest import Database
from tests.factories import a_member, an_incident, an_office
from tests.pages.calling_desk import Desk
from tests.pages.conftest import Reader, slug_of
from tests.pages.forms import local
from workflows.escalation.calling import callers
from workflows.escalation.escalation import inform
from workflows.escalation.incident_board import call_list

Login = Callable[[Actor], Reader]


@pytest.fixture
def desk(reader: Login, database: Database) -> Desk:
    made = Desk(reader)
    database.outside("update escalation set call_needed_at = now() where id = :id", id=made.client)
    return made


def test_colleagues_see_who_is_calling_and_take_over_knowingly(desk: Desk, database: Database) -> None:
    assert "Niemand belt deze opdrachtgever nu" in desk.fenna.see(desk.at)
    before = desk.joris.client.get(desk.at).text
    assert "U belt deze opdrachtgever sinds" in desk.fenna.done(f"{desk.at}/caller", {}, seen=desk.at)
    assert "Fenna de Wit belt deze opdrachtgever sinds" in desk.joris.see(desk.at)
    assert "Fenna de Wit belt" in desk.joris.see(desk.calls)
    stale = {"seen": before.partition('name="seen" value="')[2].partition('"')[0]}
    refused = desk.joris.send(f"{desk.at}/caller", stale, seen=desk.at)
    assert refused.status_code == 422 and "Fenna de Wit nam deze opdrachtgever intussen over" in unescape(refused.text)
    assert "U belt" in desk.joris.done(f"{desk.at}/caller", {}, seen=desk.at)
    with acting_for(desk.office.id):
        assert callers(desk.incident)[desk.client].name == "Joris Mulder"
    desk.fenna.done(f"{desk.at}/caller", {"let_go": "1"}, seen=desk.at)
    assert "Joris Mulder belt" in desk.fenna.see(desk.at), "nobody ends another's call"
    assert "Niemand belt" in desk.joris.done(f"{desk.at}/caller", {"let_go": "1"}, seen=desk.at)


def test_pages_that_stay_open_are_sent_who_is_calling(desk: Desk) -> None:
    """An open page asks with the version that it has, and is sent parts only when that is not the newest."""

    def sent(page: str, version: str) -> dict[str, str]:
        return json.loads(desk.joris.see(f"{page}?version={version}")).get("fragments", {})

    def newest(page: str) -> str:
        return json.loads(desk.joris.see(page))["version"]

    of_client, of_list = f"{desk.at}/caller.json", f"{desk.calls}.json"
    before, list_before = newest(of_client), newest(of_list)
    assert f'data-version="{before}"' in desk.joris.see(desk.at)
    assert sent(of_client, before) == sent(of_list, list_before) == {}
    desk.fenna.done(f"{desk.at}/caller", {}, seen=desk.at)
    parts, listed = sent(of_client, before), sent(of_list, list_before)
    assert "Fenna de Wit belt deze opdrachtgever sinds" in parts["who"] and "neem" in parts["form"].lower()
    assert "Fenna de Wit belt" in listed[f"caller-{desk.client}"] and "Fenna de Wit belt" in listed["list"]
    assert sent(of_client, newest(of_client)) == sent(of_list, newest(of_list)) == {}
    assert "U belt" in json.loads(desk.fenna.see(of_client))["fragments"]["who"]


def test_what_a_colleague_did_meanwhile_is_said_and_nothing_typed_is_lost(desk: Desk) -> None:
    seen = desk.fenna.client.get(desk.at).text.partition('name="seen" value="')[2].partition('"')[0]
    spoken = {"outcome": "spoken", "called_at": local(1), "contact_name": desk.contacts[0]["name"], "note": "Van Fenna"}
    desk.joris.done(desk.at, {"outcome": "voicemail", "called_at": local(1), "note": "Ingesproken"})
    refused = desk.fenna.send(desk.at, spoken | {"seen": seen})
    said = unescape(refused.text)
    assert refused.status_code == 422 and "Joris Mulder legde intussen iets vast" in said
    assert 'href="#f-outcome"' in said and "Van Fenna" in said and 'value="spoken"' in said
    assert said.count(" checked") == 2 and "Ingesproken" in said
    assert "is geïnformeerd" in desk.fenna.done(desk.at, spoken)
    assert "Van Fenna" in desk.joris.see(desk.at) and "Niemand belt" in desk.joris.see(desk.at)


def test_a_call_after_the_client_was_informed_says_that_the_earlier_moment_stands(desk: Desk) -> None:
    told = {"outcome": "spoken", "called_at": local(1), "other_name": "Kees"}
    assert "De termijn van 72 uur loopt vanaf dat moment" in desk.fenna.done(desk.at, told)
    again = desk.fenna.done(desk.at, told | {"called_at": local(0), "note": "Nog eens gebeld"})
    assert "Het moment van informeren blijft" in again and "loopt vanaf dat moment" not in again


def test_a_call_is_taken_back_with_a_reason(desk: Desk) -> None:
    wrong = {"outcome": "spoken", "called_at": local(1), "other_name": "Kees"}
    page = desk.fenna.done(desk.at, wrong)
    ask = page.partition(f'href="{desk.at}/conversations/')[2].partition('"')[0]
    why = f"{desk.at}/conversations/{ask}"
    assert "Door dit gesprek geldt de opdrachtgever als geïnformeerd" in desk.joris.see(why)
    assert 'href="#f-reason"' in desk.joris.send(why, {"reason": " "}).text
    undone = desk.joris.done(why, {"reason": "Verkeerde opdrachtgever"})
    assert "Teruggenomen door Joris Mulder" in undone and "Verkeerde opdrachtgever" in undone and "Kees" in undone
    assert "teruggenomen" in desk.fenna.see(desk.calls), "the client is to be called again"
    assert desk.fenna.send(why, {"reason": "Nog eens"}).status_code == 409
    desk.fenna.see(f"{desk.at}/conversations/999999", 404)


def test_a_corrected_contact_gets_the_link_also_after_a_call(desk: Desk, database: Database) -> None:
    with acting_for(desk.office.id):
        list(inform(board(desk.incident, 1)))
    desk.fenna.done(desk.at, {"outcome": "spoken", "called_at": local(1), "contact_name": desk.contacts[0]["name"]})
    at = f"{desk.at}/contacts/1"
    unreachable = desk.fenna.send(at, {"name": "Kees", "email": "", "phone": ""})
    assert unreachable.status_code == 422
    assert 'href="#f-email"' in unreachable.text and 'value="Kees"' in unreachable.text
    page = desk.fenna.done(at, {"name": "Kees", "email": "kees@nieuw.example", "phone": ""})
    assert "Het bericht met de link is onderweg" in page and "kees@nieuw.example" in page
    links = database.outside(
        "select email, breach_id from invitation where organisation_id in "
        "(select controller_id from escalation where id = :e) order by created_at",
        e=desk.client,
    )
    assert [link["email"] for link in links] == [desk.contacts[0]["email"], "kees@nieuw.example"]
    assert len({link["breach_id"] for link in links}) == 1
    of_office = "select contacts from processing_agreement where processor_id = :o"
    [agreement] = database.outside(of_office, o=desk.office.id)
    assert [contact["name"] for contact in agreement["contacts"]] == ["Kees", desk.contacts[1]["name"]]
    [row] = database.outside("select informed_how, rung from escalation where id = :e", e=desk.client)
    assert (row["informed_how"], row["rung"]) == ("phone", 1), "the second contact is not passed over"


def test_a_contact_nobody_can_reach_is_named_also_while_the_proof_is_missing(desk: Desk, database: Database) -> None:
    at = f"{desk.at}/contacts/1"
    desk.fenna.see(at)
    database.outside("update login_session set proof_at = proof_at - interval '10 minutes'")
    page = desk.fenna.send(at, {"name": "", "email": "", "phone": ""}).text
    assert 'href="#f-email"' in page and 'href="#f-name"' in page and "Bevestigen wie ik ben" in page


def test_each_contact_has_the_outcome_of_its_own_mail(desk: Desk, database: Database) -> None:
    for _ in desk.contacts:
        with acting_for(desk.office.id):
            list(inform(board(desk.incident, 1)))
        database.outside("update recipient set state = 'bounced' where about_id = :e", e=desk.client)
    assert desk.fenna.see(desk.at).count("(mail kwam niet aan)") == len(desk.contacts) == 2
    page = desk.fenna.done(f"{desk.at}/contacts/1", {"name": "Kees", "email": "kees@nieuw.example", "phone": ""})
    assert (page.count("(mail is nog niet verstuurd)"), page.count("(mail kwam niet aan)")) == (1, 1)
    arrives = "update recipient set state = 'delivered' where about_id = :e and state = 'planned'"
    database.outside(arrives, e=desk.client)
    page = desk.fenna.see(desk.at)
    assert (page.count("(mail kwam aan)"), page.count("(mail kwam niet aan)")) == (1, 1)


def test_the_faults_of_a_call_come_together_and_lateness_is_said(desk: Desk, database: Database) -> None:
    early = desk.fenna.send(desk.at, {"outcome": "spoken", "called_at": local(24 * 60)}).text
    assert 'href="#f-called_at"' in early and 'href="#f-contact_name"' in early
    assert "moments_confirmed" not in early, "nobody confirms a call of before the office knew"
    call = {"outcome": "spoken", "called_at": local(1), "other_name": "Kees"}
    assert "op tijd geïnformeerd" in desk.fenna.done(desk.at, call)
    database.outside("update escalation set alarm_at = informed_at - interval '9 days' where id = :e", e=desk.client)
    page = desk.fenna.see(desk.at)
    assert "te laat geïnformeerd" in page and "9 dagen te laat" in page


@pytest.mark.parametrize("rung", [0, 1, 2])
def test_the_link_goes_to_the_contact_that_was_typed_however_far_the_mail_went(
    desk: Desk, database: Database, rung: int
) -> None:
    """The contacts between them are still written to in their order, and none a second time."""
    newest = """select email from invitation where organisation_id in
                (select controller_id from escalation where id = :e) order by created_at desc limit 1"""
    for place in (1, 2, 3):
        database.outside("update escalation set rung = :rung where id = :e", rung=rung, e=desk.client)
        address = f"plaats{place}@nieuw.example"
        desk.fenna.done(f"{desk.at}/contacts/{place}", {"name": "Kees", "email": address, "phone": ""})
        assert [link["email"] for link in database.outside(newest, e=desk.client)] == [address]
        [after] = database.outside("select rung from escalation where id = :e", e=desk.client)
        assert after["rung"] == (place if place == rung + 1 else rung)


def test_a_contact_is_added_and_one_in_doubt_is_settled_elsewhere(desk: Desk, database: Database) -> None:
    page = desk.fenna.done(f"{desk.at}/contacts/3", {"name": "Balie", "email": "", "phone": "0201234567"})
    assert "Zonder e-mailadres sturen wij geen link" in page and "Balie" in page
    desk.fenna.see(f"{desk.at}/contacts/5", 404)
    database.outside("update escalation set contacts = jsonb_set(contacts, '{0,led_elsewhere_at}', to_jsonb(now()))")
    doubted = {"name": "Anna", "email": "nieuw@example.nl", "phone": ""}
    assert "wacht op uw controle" in desk.fenna.send(f"{desk.at}/contacts/1", doubted).text
    there = {"name": "Bo", "email": desk.contacts[0]["email"].upper(), "phone": ""}
    assert "kwam bij iemand anders terecht" in desk.fenna.send(f"{desk.at}/contacts/2", there).text


def test_another_office_and_a_reader_change_nothing(desk: Desk, reader: Login) -> None:
    stranger = reader(an_office(1).officer)
    stranger.see(desk.at, 404)
    auditor = reader(a_member(desk.office.id, "auditor"))
    page = auditor.see(desk.at)
    assert "Gesprek vastleggen" not in page and "/contacts/1" not in page and "Ik bel deze" not in page
    assert set(json.loads(auditor.see(f"{desk.at}/caller.json"))["fragments"]) == {"who"}
    stranger.see(f"{desk.at}/caller.json", 404)
    stranger.see(f"{desk.calls}.json", 404)


def test_the_call_list_shows_the_tightest_and_counts_the_rest(reader: Login, database: Database) -> None:
    office = an_office(3)
    incident = an_incident(office, hours_ago=2).id
    database.outside("update escalation set call_needed_at = now() where incident_id = :id", id=incident)
    with acting_for(office.id):
        first = call_list(incident)
        assert [row.id for row in call_list(incident, 2)] == [row.id for row in first[:2]] and len(first) == 3
    assert "3 opdrachtgevers" in reader(office.officer).see(f"/o/{slug_of(office.id)}/incidents/{incident}/calls")

"""An office sees which contacts led to somebody else, and says on a page what is right; the API does the same."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tenants.history.entries import Actor
from tests.conftest import Database
from tests.factories import Office, an_incident, an_office
from tests.pages.conftest import Reader, slug_of
from tests.service.caller import caller_for

Login = Callable[[Actor], Reader]
MARK = """
    update {} set contacts = jsonb_set(contacts, '{{0,led_elsewhere_at}}', to_jsonb(now())) where processor_id = :o"""
PLACE = "?place=1"


@pytest.fixture
def doubtful(database: Database, app: object) -> Office:
    """The first contact of its client led to somebody else, and an incident waits for a call."""
    office = an_office(1)
    an_incident(office)
    for table in ("processing_agreement", "escalation"):
        database.outside(MARK.format(table), o=office.id)
    database.outside("update escalation set call_needed_at = now() where processor_id = :o", o=office.id)
    return office


def agreement_of(database: Database, office: Office) -> dict[str, Any]:
    [row] = database.outside("select * from processing_agreement where processor_id = :o", o=office.id)
    return dict(row)


def test_it_is_told_on_overview_board_clients_and_call_list(reader: Login, doubtful: Office, database: Database):
    officer, at = reader(doubtful.officer), f"/o/{slug_of(doubtful.id)}"
    [incident] = database.outside("select id from incident where organisation_id = :o", o=doubtful.id)
    for page in ("/", "/agreements", f"/incidents/{incident['id']}"):
        seen = officer.see(at + page)
        assert "1 contact wacht op uw controle" in seen and f'href="{at}/agreements/contacts"' in seen, page
    calls = officer.see(f"{at}/incidents/{incident['id']}/calls")
    assert "Anna: adres leidde naar iemand anders; controleer het adres en bel" in calls
    agreement = agreement_of(database, doubtful)
    listed = officer.see(f"{at}/agreements/contacts")
    assert f'href="{at}/agreements/contacts/{agreement["id"]}{PLACE}"' in listed


@pytest.mark.parametrize(("email", "said"), [(None, "bevestigd"), ("nieuw@client.example", "vervangen")])
def test_one_act_confirms_or_replaces_it(
    reader: Login, doubtful: Office, database: Database, email: str | None, said: str
):  # fmt: skip
    officer, agreement = reader(doubtful.officer), agreement_of(database, doubtful)
    page = f"/o/{slug_of(doubtful.id)}/agreements/contacts/{agreement['id']}{PLACE}"
    before = agreement["contacts"][0]
    assert before["email"] in officer.see(page)
    contact = {"name": "Anna Bakker", "email": email or before["email"], "phone": "030 12345"}
    after = officer.done(page, contact)
    assert f"Het contact is {said}." in after and "U hoeft geen contact na te kijken" in after
    kept = agreement_of(database, doubtful)["contacts"]
    assert kept[0] == {"name": "Anna Bakker", "email": contact["email"], "phone": "030 12345"}
    assert kept[1] == agreement["contacts"][1]
    assert officer.send(page, contact, seen=f"/o/{slug_of(doubtful.id)}/").status_code == 409


@pytest.mark.parametrize(("field", "typed"), [("email", "anna@"), ("name", ""), ("phone", "1" * 41), ("phone", "abc")])
def test_a_wrong_answer_is_told_and_changes_nothing(
    reader: Login, doubtful: Office, database: Database, field: str, typed: str
):  # fmt: skip
    officer, agreement = reader(doubtful.officer), agreement_of(database, doubtful)
    page = f"/o/{slug_of(doubtful.id)}/agreements/contacts/{agreement['id']}{PLACE}"
    contact = {"name": "Anna Bakker", "email": "anna@client.example", "phone": "030 12345"} | {field: typed}
    answer = officer.send(page, contact)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and all(f'value="{value}"' in text for value in contact.values() if value)
    assert agreement_of(database, doubtful)["contacts"] == agreement["contacts"]


def test_the_api_shows_the_mark_and_takes_the_answer(app: Any, doubtful: Office, database: Database):
    assert doubtful.officer.id
    caller = caller_for(app, doubtful.officer.id)
    [row] = caller.get("agreements").json["items"]
    assert row["contacts"][0]["led_elsewhere_at"] and "led_elsewhere_at" not in row["contacts"][1]
    contact = {"name": "Anna", "email": "nieuw@client.example"}
    answer = caller.post(f"agreements/{row['id']}/contacts", contact | {"place": 1})
    assert (answer.status_code, answer.json) == (200, {"outcome": "replaced"}), json.dumps(answer.json)
    assert caller.post(f"agreements/{row['id']}/contacts", contact | {"place": 1}).status_code == 409
    assert agreement_of(database, doubtful)["contacts"][0] == contact

"""A test stays a test: what an office agreed with its test client is not changed, and nobody opens its register."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from service.admission.access import COOKIE
from tenants.agreements.client_of_tests import is_test_client, make_test_client
from tenants.agreements.clients import Client, client_of
from tenants.agreements.processing_agreements import register_clients
from tenants.database import db
from tenants.errors import Invalid, NotAllowed
from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tenants.organisations.organisations import claim_acting_organisation
from tests.conftest import Database
from tests.factories import Office, a_client, a_member, an_incident, an_office, sendgrid_tells
from tests.pages.conftest import Reader, slug_of
from workflows.escalation.incident import ClientHit
from workflows.law.periods import AMSTERDAM
from workflows.mail.outbox import Outbox
from workflows.running.jobs import drain

Login = Callable[[Actor], Reader]
DOORS = {
    "change_agreement": "select change_agreement(:id, current_date + 1, null, 4, '{}')",
    "end_agreement": "select end_agreement(:id, current_date + 1)",
    "rename_client": "select rename_client(:id, 'Bakkerij Echt', 'K9')",
}
"""Each door that changes an agreement, and how it is called."""


def changes() -> dict[str, dict[str, Any]]:
    """What each route that changes a client takes, by the end of its address; from tomorrow on."""
    tomorrow = (datetime.now(UTC).astimezone(AMSTERDAM) + timedelta(days=1)).date().isoformat()
    return {
        "terms": {"in_force_from": tomorrow, "hours_to_notify": 4, "services": {"payroll_bare": "processor"}},
        "end": {"last_day": tomorrow, "reason": None},
        "contacts": {"contacts": [{"name": "Vreemde", "email": "vreemde@elders.example"}]},
        "name": {"name": "Bakkerij Echt", "client_number": "K9"},
    }


@pytest.fixture
def office(app: Flask, database: Database) -> Office:
    return an_office(1)


def the_test_client(office: Office) -> Client:
    with acting_for(office.id):
        return client_of(make_test_client("Proef", office.officer, "fenna@delinde.example").agreement_id)


def as_it_is(database: Database, office: Office) -> list[Any]:
    return database.outside("select * from processing_agreement where processor_id = :me order by id", me=office.id)


def test_each_route_that_changes_a_client_refuses_the_test_client(
    app: Flask, database: Database, reader: Login, office: Office
) -> None:  # fmt: skip
    client, there = the_test_client(office), reader(office.officer)
    before, slug = as_it_is(database, office), slug_of(office.id)
    changing = {
        rule.rule.rpartition("/")[2]: rule for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(("web.client_forms.", "clients.")) and rule.methods and rule.methods - {
            "GET", "HEAD", "OPTIONS"
        }
    }  # fmt: skip
    assert set(changing) == set(changes())
    page = there.see(f"/o/{slug}/clients/{client.current.id}")
    assert "Dit is de opdrachtgever van uw proef" in page and "Dit is een proef." in page
    for name, values in changes().items():
        at = f"/o/{slug}/clients/{client.current.id}/{name}"
        assert at not in page
        assert "van uw proef" in there.see(at, 403)
        to = f"/api/o/{slug}/agreements/{client.current.id}/{name}"
        ask = there.client.post if name in ("terms", "end") else there.client.put
        token = there.client.get_cookie(COOKIE).value  # type: ignore[union-attr]
        key = {"Authorization": f"Bearer {token}", "Idempotency-Key": name, "If-Match": f'"{client.version}"'}
        answer = ask(to, json=values, headers=key)
        assert (answer.status_code, answer.json["key"]) == (403, "client.of_tests"), answer.json
    assert as_it_is(database, office) == before


def test_no_door_that_changes_contacts_leads_a_message_of_a_test_to_a_stranger(
    app: Flask, database: Database, reader: Login, office: Office, outbox: Outbox
) -> None:  # fmt: skip
    client, there, stranger = the_test_client(office), reader(office.officer), changes()["contacts"]["contacts"][0]
    incident = an_incident(office, [ClientHit(1, client.current.client_number)])
    [message] = database.outside("select id from escalation where incident_id = :id", id=incident.id)
    slug, address = slug_of(office.id), "fenna@delinde.example"
    token = there.client.get_cookie(COOKIE).value  # type: ignore[union-attr]

    def ask(method: str, path: str, body: dict[str, Any]) -> Any:
        key = {"Authorization": f"Bearer {token}", "Idempotency-Key": path}
        return there.client.open(f"/api/o/{slug}/{path}", method=method, json=body, headers=key)

    page = f"/o/{slug}/incidents/{incident.id}/escalations/{message['id']}"
    assert "/contacts/" not in there.see(page)
    for nth in (1, 2):
        assert "van uw proef" in there.see(f"{page}/contacts/{nth}", 403)
        answer = ask("PUT", f"escalations/{message['id']}/contacts/{nth}", stranger | {"seen": 9999})
        assert (answer.status_code, answer.json["key"]) == (403, "client.of_tests"), answer.json
        assert there.send(f"{page}/contacts/{nth}", stranger | {"seen": "9999"}, seen=page).status_code == 403
    database.outside("update contact_standing set says_no_at = now() where address = :a", a=address)
    [row] = database.outside("select id from contact_standing where organisation_id = :o and address = :a",
                             o=office.id, a=address)  # fmt: skip
    answer = ask("POST", f"agreements/contacts/{row['id']}/successor", stranger)
    assert (answer.status_code, answer.json["key"]) == (403, "client.of_tests"), answer.json
    database.outside("""
        update processing_agreement set contacts = contacts || '[{"name": "Ada", "email": "ada@elders.example",
               "led_elsewhere_at": "2026-01-01T00:00Z"}]' where id = :id""", id=client.current.id)  # fmt: skip
    answer = ask("POST", f"agreements/{client.current.id}/contacts", {**stranger, "place": 2})
    assert (answer.status_code, answer.json["key"]) == (403, "client.of_tests"), answer.json
    while drain(str(office.id)):
        pass
    assert {mail.people[0].address for mail in outbox.mails if mail.purpose == "escalation"} <= {address}


def test_each_door_that_changes_an_agreement_refuses_the_test_client(database: Database, office: Office) -> None:
    changing = database.outside("select proname from pg_proc where prosrc like '%own\\_agreement(%' and prosecdef")
    assert {row["proname"] for row in changing} == set(DOORS)
    client = the_test_client(office)
    for call in DOORS.values():
        with pytest.raises(IntegrityError, match="stays as it is"), acting_for(office.id):
            db.session.execute(text(call), {"id": client.current.id})


def test_another_client_does_not_get_the_number_of_the_test_client(office: Office) -> None:
    client = the_test_client(office)
    other = a_client(2) | {"client_number": client.current.client_number}
    with pytest.raises(Invalid), acting_for(office.id):
        register_clients([other], office.officer)


def test_what_was_agreed_with_the_register_of_tests_later_is_a_test_too(
    database: Database, reader: Login, office: Office, outbox: Outbox
) -> None:  # fmt: skip
    """Offices could agree other terms with their test client until this was refused."""
    client = the_test_client(office)
    database.outside(
        """with before as (update processing_agreement set in_force_from = current_date - 9,
                            in_force_to = current_date - 3 where id = :id returning *),
                later as (insert into processing_agreement (processor_id, controller_id, client_number,
                            controller_name, hours_to_notify, contacts, in_force_from, in_force_to)
                          select processor_id, controller_id, client_number, controller_name, 4, contacts,
                                 current_date - 2, current_date from before returning *)
           insert into agreed_service (processor_id, agreement_id, controller_id, service, role)
           select l.processor_id, l.id, l.controller_id, s.service, s.role from later l, agreed_service s
            where s.agreement_id = :id""", id=client.current.id)  # fmt: skip
    other = a_member(office.id, "privacy_officer", "Bram Jansen")
    with acting_for(office.id):
        again = make_test_client("Proef", other, "bram@delinde.example")
        assert is_test_client(again.client_number)
    rows = database.outside("select * from processing_agreement where controller_id = :register",
                            register=client.current.controller_id)  # fmt: skip
    assert {row["contacts"][0]["name"] for row in rows} == {"Bram Jansen"}
    assert [row["in_force_to"] for row in rows if row["id"] == again.agreement_id] == [None]
    incident = an_incident(office, [ClientHit(1, again.client_number)])
    assert incident.is_test and incident.reference.startswith("PROEF-")
    while drain(str(office.id)):
        pass
    [mail] = outbox.mails
    assert mail.as_read_by(mail.people[0])[0].startswith("[Proef] ")
    assert mail.people[0].address == "bram@delinde.example"


def test_nobody_opens_the_register_of_a_test(
    app: Flask, database: Database, office: Office, outbox: Outbox, stranger: Reader
) -> None:  # fmt: skip
    client = the_test_client(office)
    an_incident(office, [ClientHit(1, client.current.client_number)], hours_ago=25)  # before there was a client
    while drain(str(office.id)):
        pass
    sendgrid_tells(outbox.mails)
    [mail] = outbox.mails
    found = re.search(r"/receipt/([\w-]+)", mail.as_read_by(mail.people[0])[1])
    assert found
    token = found[1]
    page = stranger.see(f"/invitation/{token}")
    assert "Een proef opent niets" in page and 'name="password"' not in page
    stranger.see(f"/receipt/{token}")
    account = {"name": "Vreemde", "password": "een lang wachtwoord"}
    answer = stranger.send(f"/invitation/{token}", account, seen=f"/receipt/{token}")
    assert answer.status_code == 403 and "Een proef opent geen register" in answer.text
    asked = app.test_client().post(f"/api/invitations/{token}", json=account)
    assert (asked.status_code, asked.json["key"]) == (403, "invitation.of_a_test")
    confirmed = stranger.done(f"/receipt/{token}", {"name": "Fenna"})
    assert "De ontvangst is bevestigd" in confirmed and "Een proef opent niets" in confirmed
    assert f"/invitation/{token}" not in confirmed
    [row] = database.outside("select * from organisation where id = :id", id=client.current.controller_id)
    assert row["claimed_at"] is None
    assert database.outside("select from membership where organisation_id = :id", id=row["id"]) == []


def test_the_doors_of_a_register_refuse_that_of_a_test(database: Database, office: Office) -> None:
    register = the_test_client(office).current.controller_id
    with pytest.raises(NotAllowed), acting_for(register):
        claim_acting_organisation()
    with pytest.raises(IntegrityError, match="not opened"), acting_for(register):
        db.session.execute(text("select claim_register()"))
    with acting_for(register):
        assert db.session.scalar(text("select answer_processor(:office, 'ended', null)"), {"office": office.id}) is None

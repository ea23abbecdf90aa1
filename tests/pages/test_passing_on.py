"""A message of one's own processor becomes an incident for one's own clients: its chain, its bounds, who sees what."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from tenants.agreements.consents import ACCEPTED
from tenants.agreements.processing_agreements import ProcessingAgreement, register_clients
from tenants.database import db
from tenants.errors import Invalid
from tenants.history.entries import Actor, of_subject
from tenants.isolation import acting_for, database_now
from tenants.register.breaches import Breach
from tenants.register.escalations import Escalation, board
from tenants.register.incidents import Incident
from tenants.register.passed_on import MOST_STEPS, Above, messages_above, passed_on_as
from tests.conftest import Database
from tests.factories import Office, a_client, a_member, an_incident, an_office
from tests.operating import admit
from tests.pages.conftest import Reader, slug_of
from tests.pages.forms import visible
from tests.service.caller import caller_for
from workflows.escalation.escalation import make_aware
from workflows.escalation.passing_on import may_be_passed_on
from workflows.trust.consenting import answer

HOURS_OF_MAKER, HOURS_OF_OFFICE = 48, 24
Login = Callable[[Actor], Reader]
AROUND = text("""
    insert into incident (organisation_id, reference, title, services, found_at, became_aware_at, description,
                          contact_name, contact_email, created_by, from_breach)
    values (:me, :reference, 't', '{payroll_bare}', now(), now(), 'd', 'n', 'e', :me, :breach)""")
"""As a program would write it that goes around the rules."""


def office_behind(maker: Office, clients: int = 1) -> Office:
    """The client of this processor, which is an office itself, with clients of its own."""
    with acting_for(maker.id):
        of_maker = select(ProcessingAgreement.controller_id).where(ProcessingAgreement.processor_id == maker.id)
        register = db.session.scalars(of_maker.limit(1)).one()
    admit(register)
    officer = a_member(register)
    with acting_for(register):
        register_clients([a_client(n, hours_to_notify=HOURS_OF_OFFICE) for n in range(1, clients + 1)])
    return Office(register, officer, clients)


def informed(maker: Office, incident: Incident, hours_ago: float = 0.5) -> UUID:
    """The breach at the first client of an incident, which the processor called so many hours ago."""
    with acting_for(maker.id):
        [escalation] = board(incident.id, 1)
        make_aware({escalation.id: (database_now() - timedelta(hours=hours_ago), "phone")})
        return escalation.breach_id


def passed_on(office: Office, breach_id: UUID, **more: Any) -> Incident:
    return an_incident(office, from_breach=breach_id, **more)


def refusal(office: Office, breach_id: UUID, **more: Any) -> list[str]:
    with pytest.raises(Invalid) as refused:
        passed_on(office, breach_id, **more)
    return [fault.key for fault in getattr(refused.value, "faults", [refused.value])]


@pytest.fixture
def maker(database: Database) -> Office:
    """The maker of a payroll program, with an office among its clients."""
    return an_office(1, hours_to_notify=HOURS_OF_MAKER)


def test_own_hours_run_from_the_own_receipt_and_both_rows_know_of_each_other(maker: Office) -> None:
    office = office_behind(maker, clients=3)
    message = informed(maker, an_incident(maker, hours_ago=30))
    with acting_for(office.id):
        received = db.session.get_one(Breach, (office.id, message)).became_aware_at
        assert received is not None and may_be_passed_on(message)
    incident = passed_on(office, message, found_at=received, became_aware_at=received)
    with acting_for(office.id):
        rows = board(incident.id, 10)
        assert len(rows) == 3 and {row.alarm_at for row in rows} == {received + timedelta(hours=HOURS_OF_OFFICE)}
        known = passed_on_as(message)
        assert known is not None and known.id == incident.id and not may_be_passed_on(message)
        [entry] = [entry for entry in of_subject(message) if entry.what == "breach.passed_on"]
        assert entry.details["incident"] == incident.reference and entry.actor_id == office.officer.id
        [first] = [entry for entry in of_subject(incident.id) if entry.what == "incident.recorded"]
        assert first.details["processor"] == "De Linde Accountants"
    assert refusal(office, message) == ["incident.passed_on_before"]


def test_the_maker_sees_the_receipts_of_its_own_clients_alone(maker: Office) -> None:
    office = office_behind(maker, clients=2)
    message = informed(maker, an_incident(maker))
    incident = passed_on(office, message)
    with acting_for(maker.id):
        seen = db.session.scalars(select(Escalation.controller_id)).all()
        assert seen == [office.id] and db.session.get(Incident, (office.id, incident.id)) is None


def test_what_was_found_oneself_and_what_is_elsewhere_is_no_message(maker: Office) -> None:
    office = office_behind(maker)
    message = informed(maker, an_incident(maker))
    incident = passed_on(office, message)
    below = informed(office, incident, 0.1)
    assert refusal(office, below) == ["incident.no_message"], "a breach in the register of a client"
    assert refusal(office, incident.id) == ["incident.no_message"]


def test_a_breach_of_an_old_register_is_no_message(maker: Office, database: Database, reader: Login) -> None:
    old = database.outside("""
        insert into breach (organisation_id, reference, title, origin, description, taken_over, taken_over_key,
                            taken_over_file, may_be_due)
        values (:o, 'OUD-1', 'Oud', 'taken_over', 'Oud', '{}', 'oud-1', gen_random_uuid(), false)
        returning id""", o=maker.id)[0]["id"]
    assert refusal(maker, old) == ["incident.no_message"]
    page = visible(reader(maker.officer).see(f"/o/{slug_of(maker.id)}/incidents/new?from_breach={old}"))
    assert "U geeft een bericht door" not in page


def test_an_office_cannot_know_after_it_was_informed(maker: Office) -> None:
    office = office_behind(maker)
    message = informed(maker, an_incident(maker, hours_ago=30), hours_ago=5)
    assert refusal(office, message) == ["incident.aware_before"]


def test_a_chain_ends(maker: Office) -> None:
    office, message, steps = maker, informed(maker, an_incident(maker)), 1
    while steps < MOST_STEPS:
        office = office_behind(office)
        with acting_for(office.id):
            assert messages_above(message) == Above(steps)
        message = informed(office, passed_on(office, message), 0.1)
        steps += 1
    last = office_behind(office)
    assert refusal(last, message) == ["incident.passed_on_too_often"]
    with acting_for(last.id):
        assert not may_be_passed_on(message)
    with pytest.raises(IntegrityError), acting_for(last.id):
        db.session.execute(AROUND, {"me": last.id, "reference": "2026-9998", "breach": message})


def test_a_message_that_comes_from_an_own_incident_is_not_passed_on(maker: Office, database: Database) -> None:
    number = "68750135"
    database.outside("update organisation set kvk_number = :n, claimed_at = now() where id = :o", n=number, o=maker.id)
    office = office_behind(maker)
    with acting_for(office.id):
        register_clients([a_client(2, kvk_number=number, name="Loonmaker")])
    back = Office(office.id, office.officer, 2)
    with acting_for(maker.id):
        answer(office.id, ACCEPTED, maker.officer)
    first = an_incident(maker)
    incident = passed_on(back, informed(maker, first))
    with acting_for(office.id):
        [to_maker] = [row for row in board(incident.id, 5) if row.controller_id == maker.id]
    with acting_for(maker.id):
        assert messages_above(to_maker.breach_id) == Above(2, first.id)
    assert refusal(maker, to_maker.breach_id) == ["incident.leads_back"]


def test_the_database_refuses_what_goes_around_the_rules(maker: Office) -> None:
    office = office_behind(maker)
    message = informed(maker, an_incident(maker))
    with pytest.raises(IntegrityError), acting_for(office.id):
        db.session.execute(AROUND, {"me": office.id, "reference": "2026-9998", "breach": office.id})
    with acting_for(office.id):
        db.session.execute(AROUND, {"me": office.id, "reference": "2026-9998", "breach": message})
    with pytest.raises(IntegrityError), acting_for(office.id):
        db.session.execute(AROUND, {"me": office.id, "reference": "2026-9999", "breach": message})


def test_the_page_of_a_message_leads_to_a_form_that_is_filled_in(maker: Office, reader: Login) -> None:
    office = office_behind(maker)
    message = informed(maker, an_incident(maker, title="Loonserver gehackt", measures="Uitgezet"))
    there, base = reader(office.officer), f"/o/{slug_of(office.id)}"
    assert "Geldt dit ook voor uw opdrachtgevers?" in visible(there.see(f"{base}/breaches/{message}"))
    page = there.see(f"{base}/incidents/new?from_breach={message}")
    assert 'value="Loonserver gehackt"' in page and "Uitgezet</textarea>" in page
    assert "U geeft een bericht door van De Linde Accountants" in visible(page)
    passed_on(office, message)
    assert "U gaf dit bericht door" in visible(there.see(f"{base}/breaches/{message}"))


def test_somebody_who_may_not_record_and_who_is_no_office_is_not_asked(maker: Office, reader: Login) -> None:
    message = informed(maker, an_incident(maker))
    with acting_for(maker.id):
        [row] = db.session.scalars(select(Escalation)).all()
    by = a_member(row.controller_id)
    page = visible(reader(by).see(f"/o/{slug_of(row.controller_id)}/breaches/{message}"))
    assert "Geldt dit ook voor uw opdrachtgevers?" not in page


def test_a_program_passes_a_message_on(maker: Office, app: Flask) -> None:
    office = office_behind(maker)
    message, there = informed(maker, an_incident(maker)), caller_for(app, office.officer.id)
    at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    body = {
        "title": "Loonserver gehackt", "description": "Uit", "services": ["payroll_bare"], "found_at": at,
        "became_aware_at": at, "contact_name": "Fenna", "contact_email": "fenna@kantoor.example",
        "clients": [{"client_number": "K0001"}], "from_breach": "geen nummer",
    }  # fmt: skip
    refused = there.post("incidents", body)
    assert [(fault["field"], fault["key"]) for fault in refused.json["errors"]] == [("from_breach", "field.invalid")]
    recorded = there.post("incidents", body | {"from_breach": str(message)})
    assert (recorded.status_code, recorded.json["from_breach"]) == (201, str(message))
    again = there.post("incidents", body | {"from_breach": str(message)})
    assert [fault["key"] for fault in again.json["errors"]] == ["incident.passed_on_before"]

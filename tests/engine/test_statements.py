"""What an office states about a controller is its statement; the controller's own word decides its clock."""


import pytest

from tenants.errors import AlreadyDone, Invalid, OutOfDate
from tenants.history.entries import Actor, of_subject
from tenants.history.witness import verify_acting_organisation
from tenants.identity.users import APPROVER, PRIVACY_OFFICER
from tenants.isolation import acting_for, database_now
from tenants.register.breaches import breach
from tenants.register.escalations import acknowledge_receipt
from tests.conftest import Database
from tests.factories import a_member, an_own_breach
from tests.worlds.informed_client import RISK, InformedClient
from workflows.engine.advance import complete
from workflows.engine.runs import run_about
from workflows.law import gdpr
from workflows.mail.outbox import Outbox
from workflows.notification.ap_notification import AP_NOTIFICATION
from workflows.notification.own_awareness import state_awareness


@pytest.fixture
def house(own_database: Database, outbox: Outbox) -> InformedClient:
    return InformedClient(own_database, outbox)


def test_the_clock_runs_on_what_the_office_stated_and_says_so(house: InformedClient):
    stated = house.called(1)
    with acting_for(house.client):
        own_breach = breach(house.escalation["breach_id"])
        assert (own_breach.stated_aware_at, own_breach.stated_aware_how) == (stated, "phone")
        assert own_breach.stated_by == "De Linde Accountants"
        assert own_breach.became_aware_at == stated and own_breach.is_aware_as_stated
    assert house.clock["state"] == "running"


def test_the_controllers_own_word_decides_its_clock_and_both_stay(house: InformedClient):
    stated = house.called(1)
    own = house.states(2)
    with acting_for(house.client):
        own_breach = breach(house.escalation["breach_id"])
        assert (own_breach.became_aware_at, own_breach.stated_aware_at, own_breach.aware_how) == (own, stated, "stated")
        assert not own_breach.is_aware_as_stated and own_breach.due_at == gdpr.authority_period(own).due_at
        entries = {entry.what: entry for entry in of_subject(own_breach.id)}
        assert entries["breach.aware"].actor_name == "De Linde Accountants"
        assert entries["breach.own_awareness"].details["reason"] == "Toen las de directie het"
        assert verify_acting_organisation().ok
    assert (house.clock["state"], house.clock["due_at"]) == ("running", gdpr.authority_period(own).due_at)


def test_who_states_first_is_not_moved_by_what_the_office_states_later(house: InformedClient):
    own = house.states(2)
    assert house.clock["state"] == "running"
    stated = house.called(1)
    with acting_for(house.client):
        own_breach = breach(house.escalation["breach_id"])
        assert (own_breach.became_aware_at, own_breach.stated_aware_at) == (own, stated)
        assert [e.what for e in of_subject(own_breach.id)][-1] == "breach.awareness_stated"
    assert house.clock["due_at"] == gdpr.authority_period(own).due_at


def test_a_moment_before_the_incident_was_found_is_asked_about(house: InformedClient):
    with pytest.raises(Invalid) as refused:
        house.states(5)
    assert (refused.value.key, refused.value.field) == ("awareness.before_found", "aware_at")
    assert set(refused.value.values) == {"earlier", "later"}
    house.states(5, before_found=True)
    with pytest.raises(Invalid):
        house.states(-1)


def test_after_the_submission_nothing_of_it_changes(house: InformedClient):
    house.called(1)
    house.database.outside("set session_replication_role = replica; update breach set submitted_at = now()")
    with pytest.raises(AlreadyDone):
        house.states(1)


def test_of_a_breach_that_it_found_itself_the_moment_is_its_own_already(house: InformedClient):
    own = an_own_breach(house.client, house.by)
    with pytest.raises(Invalid) as refused, acting_for(house.client):
        state_awareness(own, database_now(), "Zomaar", house.by)
    assert refused.value.key == "awareness.own_breach"


def test_an_office_that_is_not_accepted_any_more_starts_no_clock(house: InformedClient):
    house.database.outside("update consent set state = 'ended', ended_at = now()")
    before = house.database.outside("select * from breach")
    house.called(1)
    assert house.database.outside("select * from breach") == before and house.clock["state"] == "waiting"


def test_the_organisations_own_people_are_written_to_beside_the_contacts_of_the_office(house: InformedClient):
    house.work()
    [address] = house.database.outside("select email from app_user where id = :id", id=house.by.id)
    addresses = [p.address for mail in house.outbox.mails for p in mail.people]
    assert addresses.count(address["email"]) == 1 and any(
        email.endswith("@client.example") for email in addresses
    )
    owners = house.database.outside("select organisation_id from mail_batch where text_key = 'breach_received'")
    assert [row["organisation_id"] for row in owners] == [house.client]


def test_a_receipt_by_a_link_says_so_in_both_histories(house: InformedClient):
    with acting_for(house.client):
        acknowledge_receipt(house.escalation["breach_id"], Actor(None, "Sanne"), "fg@client.example")
    with acting_for(house.client):
        entries = [e for e in of_subject(house.escalation["breach_id"]) if e.what == "breach.receipt_confirmed"]
        assert [(e.actor_name, e.details["by_link"], e.details["link_to"]) for e in entries] == [
            ("Sanne", True, "fg@client.example")
        ]
    with acting_for(house.office.id):
        entries = [e for e in of_subject(house.escalation["id"]) if e.what == "escalation.acknowledged"]
        assert [(e.actor_name, e.details["by_link"]) for e in entries] == [("Sanne", True)]
        assert "fg@client.example" not in str([e.details for e in entries])
    [row] = house.database.outside("select acknowledged_link from escalation")
    assert row["acknowledged_link"] == "fg@client.example"


def test_after_an_approval_it_is_put_before_a_second_person_again(house: InformedClient):
    house.called(1)
    approver = a_member(house.client, APPROVER, name="Anna")
    about = house.escalation["breach_id"]
    with acting_for(house.client):
        complete(AP_NOTIFICATION, about, "assess", house.by, PRIVACY_OFFICER, RISK)
        decided = {"decision": "notify", "reason": "Risico"}
        complete(AP_NOTIFICATION, about, "draft", house.by, PRIVACY_OFFICER, decided)
        complete(AP_NOTIFICATION, about, "approve", approver, APPROVER, {"agrees": True})
    house.states(2, version=breach_version(house))
    with acting_for(house.client):
        opened = run_about(AP_NOTIFICATION.name, about).open_step()
        assert opened is not None and opened.name == "approve"
        assert breach(about).decided_at is None and house.by.id in breach(about).preparers
        entry = next(e for e in of_subject(about) if e.what == "breach.own_awareness")
        assert entry.details["to_be_approved_again"] is True
    with pytest.raises(OutOfDate):
        house.states(0.5, version=1)


def breach_version(house: InformedClient) -> int:
    with acting_for(house.client):
        return breach(house.escalation["breach_id"]).version

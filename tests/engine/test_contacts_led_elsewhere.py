"""Where mail led to a stranger: no mail goes there, and no receipt counts, until the office looked at the contact."""

from collections.abc import Iterator

import pytest

from tenants.agreements.doubted_contacts import count_doubted, doubted_contacts
from tenants.agreements.processing_agreements import register_clients
from tenants.errors import AlreadyDone, NotAllowed, NotFound
from tenants.history.entries import Actor, of_subject
from tenants.identity.invitations import new_invitation
from tenants.identity.users import OWNER
from tenants.isolation import acting_for, database_now
from tenants.register.breaches import breach
from tenants.register.escalations import LED_ELSEWHERE
from tests.conftest import Database
from tests.factories import a_client, an_incident, proven, sendgrid_tells, verified
from tests.worlds.asked_controller import NUMBER, AskedController
from tests.worlds.calls import record_call
from tests.worlds.led_elsewhere import LedElsewhere, acts_about, invitation_kept
from workflows.accounts.inviting import confirm_receipt
from workflows.escalation.board_contacts import RowContact, contacts_of
from workflows.escalation.board_list import Asked
from workflows.escalation.confirming_contacts import confirm_contact
from workflows.escalation.correcting_contacts import correct_contact
from workflows.escalation.incident_board import call_list, read_board
from workflows.mail.outbox import Outbox
from workflows.running import jobs
from workflows.trust.consenting import confirm_receipt as confirm_at_office


@pytest.fixture
def house(own_database: Database, outbox: Outbox) -> Iterator[AskedController]:
    yield AskedController(own_database, outbox)


def test_the_contact_it_came_through_waits_for_the_office_and_is_on_the_call_list(house: AskedController):
    led = LedElsewhere(house).accepted()
    with acting_for(led.office):
        [doubted] = doubted_contacts()
        assert (doubted.contact["email"], doubted.place, count_doubted()) == (led.anna, 1, 1)
        [called] = call_list(led.row()["incident_id"])
        assert [contact["email"] for contact in called.doubted] == [led.anna]
    assert "agreement.contacts_led_elsewhere" in acts_about(led.office, doubted.agreement_id)


def test_without_a_known_link_all_contacts_with_an_address_wait(house: AskedController):
    led = LedElsewhere(house)
    house.database.outside("update invitation set used_at = null")
    led.accepted()
    with acting_for(led.office):
        assert [each.contact["email"] for each in doubted_contacts()] == [led.anna, led.bo]


def test_no_mail_and_no_link_goes_there_whatever_happens_next(house: AskedController):
    led = LedElsewhere(house).accepted()
    mails = len(house.outbox.mails)
    links = house.database.outside("select 1 from invitation where email = :a", a=led.anna)
    an_incident(house.office)
    house.work()
    assert led.mailed(mails) == [led.bo]
    assert house.database.outside("select 1 from invitation where email = :a", a=led.anna) == links
    with acting_for(led.office):
        register_clients([a_client(8, kvk_number=NUMBER, contacts=[{"name": "Weer Anna", "email": led.anna.upper()}])])
    with acting_for(led.office):
        assert count_doubted() == 2, "typed again it waits again"


@pytest.mark.parametrize(("email", "outcome"), [(None, "confirmed"), ("nieuw@client.example", "replaced")])
def test_the_office_says_what_is_right_and_the_message_goes_there(
    house: AskedController, email: str | None, outcome: str
):
    led = LedElsewhere(house).accepted()
    mails = len(house.outbox.mails)
    contact = {"name": "Anna Bakker", "email": email or led.anna, "phone": "030 12345"}
    by = house.office.officer
    with acting_for(led.office):
        [doubted] = doubted_contacts()
        with pytest.raises(NotAllowed):
            confirm_contact(doubted.agreement_id, 1, contact, Actor(by.id, by.name, by.role))
        with pytest.raises(AlreadyDone):
            confirm_contact(doubted.agreement_id, 2, contact, proven(by))
        with pytest.raises(NotFound):
            confirm_contact(doubted.agreement_id, 3, contact, proven(by))
        assert confirm_contact(doubted.agreement_id, 1, contact, proven(by)) == outcome
        assert count_doubted() == 0
    while jobs.drain(str(led.office)):
        pass
    assert led.mailed(mails) == [contact["email"]]
    assert led.row()["contacts"][0] == contact and f"agreement.contact_{outcome}" in acts_about(
        led.office, doubted.agreement_id)  # fmt: skip
    assert led.clock()["became_aware_at"] is None
    sendgrid_tells(house.outbox.mails[mails:])
    house.work()
    assert (led.row()["informed_how"], led.clock()["aware_how"], led.clock()["state"]) == ("mail", "mail", "running")


def test_a_delivery_there_informs_nobody_and_stands_in_both_histories(house: AskedController):
    led = LedElsewhere(house)
    assert led.row()["informed_how"] == "mail"
    led.accepted()
    sendgrid_tells(house.outbox.mails)
    house.work()
    assert (led.row()["informed_at"], led.row()["call_needed_at"] is not None) == (None, True)
    assert led.clock() == {"state": "waiting", "became_aware_at": None, "aware_how": None, "stated_aware_how": None}
    assert "breach.delivery_led_elsewhere" in acts_about(house.id, led.breach)
    with acting_for(led.office):
        [begun] = [e for e in of_subject(led.escalation) if e.what == "escalation.begun_anew"]
        assert begun.details["informed_how"] == "mail" and begun.details["informed_at"]
        record_call(led.escalation, database_now(), "phone", house.office.officer)
    house.work()
    assert (led.clock()["state"], led.clock()["aware_how"]) == ("running", "phone")


@pytest.mark.parametrize("how", ["phone", "letter"])
def test_who_was_told_otherwise_stays_told(house: AskedController, how: str):
    led = LedElsewhere(house, informed=how).accepted()
    assert led.row()["informed_how"] == how
    assert (led.clock()["state"], led.clock()["aware_how"]) == ("running", how)


def test_its_own_receipt_before_it_accepted_runs_its_clock(house: AskedController):
    led = LedElsewhere(house)
    with acting_for(house.id):
        confirm_at_office(led.office, led.breach, house.by)
    led.accepted()
    assert (led.row()["informed_how"], led.clock()["state"]) == ("receipt", "running")
    assert led.row()["acknowledged_by"] == house.by.name


@pytest.mark.parametrize("is_proven", [False, True])
def test_a_receipt_by_link_counts_only_where_nobody_unproven_opened_another_register(
    house: AskedController, is_proven: bool
):
    led = LedElsewhere(house).accepted()
    if is_proven:
        verified(house.database.config.owner_url(), led.register)
    with acting_for(house.id):
        _, invitation = new_invitation(house.id, led.bo, OWNER, led.breach)
        moment = confirm_receipt(invitation_kept(invitation), "Bo")
    house.work()
    assert (moment is not None) == (led.row()["acknowledged_at"] is not None) == is_proven
    assert ("breach.receipt_stated" in acts_about(house.id, led.breach)) != is_proven
    assert ("escalation.receipt_stated" in acts_about(led.office, led.escalation)) != is_proven
    assert (led.clock()["state"] == "running") == is_proven
    with acting_for(house.id):
        assert (breach(led.breach).acknowledged_at is not None) == is_proven


@pytest.mark.parametrize(("here", "counts"), [
    ("insert into membership (organisation_id, user_id, role) select :me, user_id, 'owner' from membership "
     "where organisation_id = :there", True),
    ("insert into membership (organisation_id, user_id, role, counts_from) select :me, user_id, 'owner', "
     "now() + interval '1 day' from membership where organisation_id = :there", False),
    ("insert into membership (organisation_id, user_id, role) select :me, user_id, 'privacy_officer' from membership "
     "where organisation_id = :there", False),
    ("insert into membership (organisation_id, user_id, role) select :there, user_id, 'owner' from membership "
     "where organisation_id = :me", False),
    ("update membership set role = role where organisation_id in (:me, :there)", False),
    ("with lowered as (update membership set role = 'auditor' where organisation_id = :there) "
     "insert into membership (organisation_id, user_id, role) select :there, user_id, 'owner' from membership "
     "where organisation_id = :me", False),
], ids=["all owners there are owners here", "their seat waits", "no owner here", "an owner of here is one there too",
        "a stranger", "a stranger let an owner in and went down"])  # fmt: skip
def test_a_receipt_counts_beside_its_own_earlier_register(house: AskedController, here: str, counts: bool):
    led = LedElsewhere(house).accepted()
    house.database.outside("update membership set role = 'owner' where organisation_id = :me", me=house.id)
    house.database.outside(here, me=house.id, there=led.register)
    with acting_for(house.id):
        _, invitation = new_invitation(house.id, led.bo, OWNER, led.breach)
        assert (confirm_receipt(invitation_kept(invitation), "Bo") is not None) == counts
    assert (led.row()["acknowledged_at"] is not None) == counts


def test_a_receipt_by_link_counts_where_the_register_itself_was_opened_by_somebody_unproven(house: AskedController):
    led = LedElsewhere(house)
    with acting_for(led.register):
        _, invitation = new_invitation(led.register, led.bo, OWNER, led.breach)
        assert confirm_receipt(invitation_kept(invitation), "Bo") is not None
    assert led.row()["acknowledged_link"] == led.bo


def test_a_mark_is_on_no_contact_of_another_client(house: AskedController):
    other = house.an_office()
    LedElsewhere(house).accepted()
    marked = house.database.outside("select contacts from processing_agreement where processor_id = :o", o=other.id)
    assert marked and all(LED_ELSEWHERE not in contact for row in marked for contact in row["contacts"])


def test_the_board_names_who_was_informed_and_not_the_contact_whose_mail_led_elsewhere(house: AskedController):
    led = LedElsewhere(house)
    sendgrid_tells(house.outbox.mails)
    house.work()
    led.accepted()
    sent = len(house.outbox.mails)
    with acting_for(led.office):
        correct_contact(led.escalation, 2, {"name": "Bea", "email": "bea@nieuw.example"}, 1 << 40,
                        proven(house.office.officer))  # fmt: skip
        rows = read_board(led.row()["incident_id"], Asked()).rows
        assert contacts_of(rows) == {led.escalation: RowContact("Bea", None, "bea@nieuw.example", "sent")}
    house.work()
    sendgrid_tells(house.outbox.mails[sent:])
    house.work()
    with acting_for(led.office):
        rows = read_board(led.row()["incident_id"], Asked()).rows
        assert contacts_of(rows) == {led.escalation: RowContact("Bea", None, "bea@nieuw.example", "mail")}

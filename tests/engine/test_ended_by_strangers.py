"""Somebody who proved nothing opened a register by an office's link, and ends that office: nothing more goes there."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from tenants.agreements.consents import ACCEPTED, ENDED, processors
from tenants.agreements.doubted_contacts import count_doubted, doubted_contacts
from tenants.agreements.processing_agreements import register_clients
from tenants.history.entries import Actor, of_subject
from tenants.identity.users import OWNER
from tenants.isolation import acting_for
from tenants.register.breaches import breach
from tenants.register.escalations import acknowledge_receipt
from tests.conftest import Database
from tests.factories import a_client, a_member, an_incident, proven, sendgrid_tells, verified
from tests.operating import released
from tests.worlds.asked_controller import NUMBER, AskedController
from tests.worlds.led_elsewhere import NO_MOMENT, LedElsewhere, acts_about, clock, confirmed
from tests.worlds.strangers import AGREEMENTS
from workflows.escalation.incident_board import call_list
from workflows.mail.outbox import Outbox
from workflows.running import jobs
from workflows.trust.consenting import answer, confirm_receipt


@pytest.fixture
def house(own_database: Database, outbox: Outbox) -> Iterator[AskedController]:
    yield AskedController(own_database, outbox)


class Ended(LedElsewhere):
    """The stranger came by Anna's mail and ended the office."""

    def __init__(self, house: AskedController, is_proven: bool = False, later: bool = False) -> None:
        super().__init__(house)
        if later:
            an_incident(house.office, title="Nog niet bezorgd")
            while jobs.drain(str(self.office)):
                pass
        if is_proven:
            verified(house.database.config.owner_url(), self.register)
        by = proven(a_member(self.register, OWNER))
        with acting_for(self.register):
            answer(self.office, ENDED, by)
        self.mails = len(house.outbox.mails)

    def leads_to(self) -> UUID:
        [row] = self.house.database.outside(AGREEMENTS, o=self.office)
        return UUID(str(row["controller_id"]))

    def last(self) -> dict[str, Any]:
        """The office's newest escalation."""
        newest = "select * from escalation where processor_id = :o order by id desc limit 1"
        return dict(self.house.database.outside(newest, o=self.office)[0])

    def drained(self) -> None:
        while jobs.drain(str(self.office)):
            pass


def test_the_next_incident_is_not_mailed_to_the_contact_the_stranger_came_through(house: AskedController):
    ended = Ended(house)
    with acting_for(ended.office):
        [doubted] = doubted_contacts()
        assert (doubted.contact["email"], doubted.place, count_doubted()) == (ended.anna, 1, 1)
    assert "agreement.contacts_led_elsewhere" in acts_about(ended.office, doubted.agreement_id)
    links = "select 1 from invitation where email = :a"
    before = house.database.outside(links, a=ended.anna)
    incident = an_incident(house.office)
    ended.drained()
    assert ended.mailed(ended.mails) == [ended.bo] and house.database.outside(links, a=ended.anna) == before
    assert ended.last()["controller_id"] == ended.leads_to() != ended.register
    with acting_for(ended.office):
        assert to_check(incident.id) == [ended.anna]
        again = {"name": "Weer Anna", "email": ended.anna.upper()}
        register_clients([a_client(8, kvk_number=NUMBER, contacts=[again])])
        assert count_doubted() == 2, "typed again it waits again"


def to_check(incident_id: UUID) -> list[str]:
    """Whose addresses the call list of this incident names as waiting for the office's word."""
    return [contact["email"] for called in call_list(incident_id) for contact in called.doubted]


def test_where_no_link_is_known_all_contacts_wait_and_the_client_is_called(house: AskedController):
    led = LedElsewhere(house)
    house.database.outside("update invitation set used_at = null")
    by = proven(a_member(led.register, OWNER))
    with acting_for(led.register):
        answer(led.office, ENDED, by)
    mails = len(house.outbox.mails)
    incident = an_incident(house.office)
    house.work()
    assert led.mailed(mails) == []
    with acting_for(led.office):
        assert to_check(incident.id) == [led.anna, led.bo]


@pytest.mark.parametrize("email", [None, "nieuw@client.example"])
def test_whom_the_office_confirms_is_written_to_again(house: AskedController, email: str | None):
    ended = Ended(house)
    address = confirmed(house.office, email)
    ended.drained()
    assert ended.mailed(ended.mails) == [address], "of what the stranger was told"
    an_incident(house.office)
    ended.drained()
    assert ended.mailed(ended.mails) == [address] * 2
    with acting_for(ended.office):
        assert count_doubted() == 0
    assert all("led_elsewhere_at" not in contact for row in house.database.outside("select contacts from escalation")
               for contact in row["contacts"])  # fmt: skip


def test_a_verified_register_that_ends_its_office_puts_no_contact_in_doubt(house: AskedController):
    ended = Ended(house, is_proven=True)
    with acting_for(ended.office):
        assert count_doubted() == 0
    an_incident(house.office)
    ended.drained()
    assert ended.mailed(ended.mails) == [ended.anna]


def test_what_was_delivered_there_tells_nobody_and_neither_does_what_is_on_its_way(house: AskedController):
    ended = Ended(house, later=True)
    assert ended.row()["informed_at"] is None and ended.row()["controller_id"] == ended.leads_to()
    on_its_way = ended.last()
    assert on_its_way["controller_id"] == ended.leads_to() and on_its_way["call_needed_at"] is not None
    with acting_for(ended.office):
        assert to_check(on_its_way["incident_id"]) == [ended.anna]
    sendgrid_tells(house.outbox.mails)
    house.work()
    assert ended.last()["informed_at"] is ended.row()["informed_at"] is None
    mails, address = len(house.outbox.mails), confirmed(house.office)
    ended.drained()
    assert ended.mailed(mails) == [address] * 2, "of each"


def test_a_breach_still_untold_begins_anew_in_the_offices_own_register(house: AskedController):
    """The link leads there, and the clock of the client runs from the delivery."""
    ended = Ended(house, later=True)
    assert {"escalation.begun_anew"} <= set(acts_about(ended.office, ended.last()["id"]))
    assert "breach.office_left" in acts_about(ended.register, ended.last()["breach_id"])
    ended.breach, fresh = ended.last()["breach_id"], ended.leads_to()
    assert clock(ended, fresh) == NO_MOMENT
    mails, address = len(house.outbox.mails), confirmed(house.office, "nieuw@client.example")
    ended.drained()
    links = "select organisation_id from invitation where email = :a and breach_id = :b"
    assert house.database.outside(links, a=address, b=ended.breach) == [{"organisation_id": fresh}]
    sendgrid_tells(house.outbox.mails[mails:])
    ended.drained()
    assert (clock(ended, fresh)["state"], clock(ended, fresh)["aware_how"]) == ("running", "mail")
    assert clock(ended)["became_aware_at"] is None, "in the register that ended the office nothing changes"


def test_its_new_register_tells_of_each_agreement(house: AskedController):
    ended = Ended(house)
    [agreement] = house.database.outside("select id from processing_agreement where processor_id = :o", o=ended.office)
    with acting_for(ended.leads_to()):
        assert "agreement.registered" in [entry.what for entry in of_subject(agreement["id"])]


@pytest.mark.parametrize("first", [ACCEPTED, ENDED])
def test_who_accepts_the_office_gets_what_the_stranger_was_told_whichever_came_first(
    house: AskedController, first: str
):
    led = LedElsewhere(house)
    with acting_for(led.register):
        assert acknowledge_receipt(led.breach, Actor(None, "Vreemd")) is not None
    by = proven(a_member(led.register, OWNER))
    if first == ENDED:
        with acting_for(led.register):
            answer(led.office, ENDED, by)
        assert led.row()["informed_at"] is led.row()["acknowledged_at"] is None
        with acting_for(led.office):
            assert to_check(led.row()["incident_id"]) == [led.anna]
        with acting_for(house.id):
            [message] = processors()[0].messages
        assert (message["title"], message["acknowledged_at"]) == ("Back-upstation kwijt", None)
    assert house.answered(ACCEPTED) == 1
    house.work()
    row = led.row()
    assert row["controller_id"] == house.id and row["call_needed_at"] is not None
    assert row["informed_at"] is row["acknowledged_at"] is row["decision"] is None
    assert clock(led, house.id) == NO_MOMENT
    with acting_for(house.id):
        assert breach(led.breach).people_min == 5
    assert {"escalation.begun_anew"} <= set(acts_about(led.office, led.escalation))
    with acting_for(led.office):
        assert to_check(row["incident_id"]) == [led.anna]


def test_what_whoever_proved_the_number_confirmed_stays_confirmed(house: AskedController):
    led = LedElsewhere(house)
    with acting_for(house.id):
        assert confirm_receipt(led.office, led.breach, house.by) is not None
    by = proven(a_member(led.register, OWNER))
    with acting_for(led.register):
        answer(led.office, ENDED, by)
    assert led.row()["acknowledged_by"] == house.by.name and led.row()["informed_at"] is None
    with acting_for(house.id):
        [message] = processors()[0].messages
    assert message["acknowledged_at"] is not None


def test_what_was_said_by_telephone_stays_said_and_its_clock_runs_on(house: AskedController):
    led = LedElsewhere(house, informed="phone")
    before = clock(led)
    by = proven(a_member(led.register, OWNER))
    with acting_for(led.register):
        answer(led.office, ENDED, by)
    assert led.row()["informed_how"] == "phone" and clock(led, led.row()["controller_id"]) == before
    assert house.answered(ACCEPTED) == 1
    assert clock(led, house.id) == before


def test_a_verified_register_that_ends_its_office_keeps_what_it_received(house: AskedController):
    ended = Ended(house, is_proven=True)
    assert (ended.row()["controller_id"], ended.row()["informed_how"]) == (ended.register, "mail")
    assert clock(ended)["state"] == "running"


def test_what_a_register_kept_whose_proof_was_wrong_comes_where_the_office_is_accepted(house: AskedController):
    """It ended its office, which another accepted since; then the operator closes it: as the office's next message."""
    ended = Ended(house, is_proven=True)
    assert house.answered(ACCEPTED) == 0
    released(ended.register)
    house.work()
    row = ended.row()
    assert row["controller_id"] == house.id and row["call_needed_at"] is not None
    assert row["informed_at"] is row["acknowledged_at"] is None and clock(ended, house.id) == NO_MOMENT
    with acting_for(house.id):
        assert breach(ended.breach).people_min == 5
        assert [(each.state, each.messages) for each in processors()] == [(ACCEPTED, [])]
    unopened = "select 1 from organisation where made_by = :o and claimed_at is null and joined_into is null"
    assert house.database.outside(unopened, o=ended.office) == []
    mails = "select 1 from mail_batch where organisation_id = :o and text_key = 'breach_received'"
    assert len(house.database.outside(mails, o=house.id)) == 1

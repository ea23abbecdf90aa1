"""Somebody who proved nothing opened a register by an office's link, and ends that office: nothing more goes there."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from tenants.agreements.consents import ENDED
from tenants.agreements.doubted_contacts import count_doubted, doubted_contacts
from tenants.agreements.processing_agreements import register_clients
from tenants.history.entries import of_subject
from tenants.identity.users import OWNER
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.engine.test_claimed_by_strangers import AGREEMENTS
from tests.engine.test_consent import NUMBER, House
from tests.engine.test_contacts_led_elsewhere import Led, told
from tests.engine.test_released_deliveries import NO_MOMENT, clock, confirmed
from tests.factories import a_client, a_member, an_incident, proven, sendgrid_tells, verified
from workflows.escalation.board import call_list
from workflows.mail.outbox import Outbox
from workflows.running import jobs
from workflows.trust.consenting import answer


@pytest.fixture
def house(own_database: Database, outbox: Outbox) -> Iterator[House]:
    yield House(own_database, outbox)


class Ended(Led):
    """The stranger came by Anna's mail and ended the office."""

    def __init__(self, house: House, is_proven: bool = False, later: bool = False) -> None:
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


def test_of_the_next_incident_nothing_goes_to_whom_the_stranger_came_through(house: House):
    ended = Ended(house)
    with acting_for(ended.office):
        [doubted] = doubted_contacts()
        assert (doubted.contact["email"], doubted.place, count_doubted()) == (ended.anna, 1, 1)
    assert "agreement.contacts_led_elsewhere" in told(ended.office, doubted.agreement_id)
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


def test_where_no_link_is_known_all_contacts_wait_and_the_client_is_called(house: House):
    led = Led(house)
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
def test_whom_the_office_confirms_is_written_to_again(house: House, email: str | None):
    ended = Ended(house)
    address = confirmed(house.office, email)
    ended.drained()
    assert ended.mailed(ended.mails) == [], "whoever was told before is not written to again"
    an_incident(house.office)
    ended.drained()
    assert ended.mailed(ended.mails) == [address]
    with acting_for(ended.office):
        assert count_doubted() == 0
    assert all("led_elsewhere_at" not in contact for row in house.database.outside("select contacts from escalation")
               for contact in row["contacts"])  # fmt: skip


def test_a_verified_register_that_ends_its_office_puts_no_contact_in_doubt(house: House):
    ended = Ended(house, is_proven=True)
    with acting_for(ended.office):
        assert count_doubted() == 0
    an_incident(house.office)
    ended.drained()
    assert ended.mailed(ended.mails) == [ended.anna]


def test_what_was_told_there_stays_and_a_delivery_on_its_way_tells_nobody(house: House):
    ended = Ended(house, later=True)
    assert ended.row()["informed_how"] == "mail" and clock(ended)["state"] == "running"
    assert ended.row()["controller_id"] == ended.register
    on_its_way = ended.last()
    assert on_its_way["controller_id"] == ended.leads_to() and on_its_way["call_needed_at"] is not None
    with acting_for(ended.office):
        assert to_check(on_its_way["incident_id"]) == [ended.anna]
    sendgrid_tells(house.outbox.mails)
    house.work()
    assert ended.last()["informed_at"] is None and ended.row()["informed_how"] == "mail"
    mails, address = len(house.outbox.mails), confirmed(house.office)
    ended.drained()
    assert ended.mailed(mails) == [address], "of the one that was not told there yet"


def test_what_nobody_was_told_of_begins_anew_in_the_offices_own_register(house: House):
    """The link leads there, and the clock of the client runs from the delivery."""
    ended = Ended(house, later=True)
    assert {"escalation.begun_anew"} <= set(told(ended.office, ended.last()["id"]))
    assert "breach.office_left" in told(ended.register, ended.last()["breach_id"])
    ended.breach, fresh = ended.last()["breach_id"], ended.leads_to()
    assert clock(ended, fresh) == NO_MOMENT
    mails, address = len(house.outbox.mails), confirmed(house.office, "nieuw@client.example")
    ended.drained()
    links = "select organisation_id, breach_id from invitation where email = :a"
    assert [dict(row) for row in house.database.outside(links, a=address)] == [
        {"organisation_id": fresh, "breach_id": ended.breach}]
    sendgrid_tells(house.outbox.mails[mails:])
    ended.drained()
    assert (clock(ended, fresh)["state"], clock(ended, fresh)["aware_how"]) == ("running", "mail")
    assert clock(ended)["became_aware_at"] is None, "in the register that ended the office nothing changes"


def test_its_new_register_tells_of_each_agreement(house: House):
    ended = Ended(house)
    [agreement] = house.database.outside("select id from processing_agreement where processor_id = :o", o=ended.office)
    with acting_for(ended.leads_to()):
        assert "agreement.registered" in [entry.what for entry in of_subject(agreement["id"])]

"""After `release-claim` a delivery to the contacts that a stranger came through counts no more; the next one does."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from tenants.agreements.consents import ENDED
from tenants.agreements.doubted_contacts import count_doubted, doubted_contacts
from tenants.history.entries import of_subject
from tenants.identity.invitations import new_invitation
from tenants.identity.users import OWNER
from tenants.isolation import acting_for, database_now
from tenants.register.breaches import breach
from tests.conftest import Database
from tests.factories import a_member, an_incident, proven, sendgrid_tells, verified
from tests.operating import released
from tests.operator_commands import operate
from tests.worlds.asked_controller import AskedController
from tests.worlds.calls import record_call
from tests.worlds.led_elsewhere import (
    CLOCK,
    NO_MOMENT,
    LedElsewhere,
    acts_about,
    clock,
    confirmed,
    invitation_kept,
    of_another_office,
)
from tests.worlds.strangers import AGREEMENTS, work
from workflows.accounts.inviting import confirm_receipt
from workflows.escalation.incident_board import call_list
from workflows.mail.outbox import Outbox
from workflows.running import jobs
from workflows.trust.consenting import answer


@pytest.fixture
def house(own_database: Database, outbox: Outbox) -> Iterator[AskedController]:
    yield AskedController(own_database, outbox)


def goes_on(led: LedElsewhere, mails: int) -> None:
    """The office's worker does what is ready, what it mailed since is delivered, and that is heard."""
    for _ in range(2):
        for organisation in (led.office, led.register):
            while jobs.drain(str(organisation)):
                pass
        sendgrid_tells(led.house.outbox.mails[mails:])
    work(led.house, led.register)


def test_the_contact_it_came_through_waits_and_its_delivery_falls_away(house: AskedController):
    led = LedElsewhere(house)
    assert led.row()["informed_how"] == "mail" and clock(led)["state"] == "running"
    released(led.register)
    work(house, led.register)
    assert (led.row()["informed_at"], led.row()["informed_how"]) == (None, None) and clock(led) == NO_MOMENT
    with acting_for(led.office):
        [doubted] = doubted_contacts()
        assert (doubted.contact["email"], doubted.place, count_doubted()) == (led.anna, 1, 1)
        [called] = call_list(led.row()["incident_id"])
        assert [contact["email"] for contact in called.doubted] == [led.anna]
        [entry] = [e for e in of_subject(led.escalation) if e.what == "escalation.released"]
        assert entry.details["informed_how"] == "mail" and entry.details["informed_at"]
    assert "agreement.contacts_led_elsewhere" in acts_about(led.office, doubted.agreement_id)
    assert {"breach.delivery_led_elsewhere", "breach.released"} <= set(acts_about(led.register, led.breach))
    sendgrid_tells(house.outbox.mails)
    work(house, led.register)
    assert led.row()["informed_at"] is None and clock(led) == NO_MOMENT, "told once more, it is the same delivery"


def test_by_the_operators_command_where_no_link_is_known_all_contacts_wait(house: AskedController):
    led = LedElsewhere(house)
    house.database.outside("update invitation set used_at = null")
    [row] = house.database.outside("select slug from organisation where id = :o", o=led.register)
    done = operate(house.database, "office", "release-claim", row["slug"], "--note", "De link kwam bij een ander")
    assert done.returncode == 0 and row["slug"] in done.stdout, done.stderr
    with acting_for(led.office):
        assert [each.contact["email"] for each in doubted_contacts()] == [led.anna, led.bo]
    assert clock(led) == NO_MOMENT


@pytest.mark.parametrize("email", [None, "nieuw@client.example"])
def test_what_the_office_confirms_is_mailed_at_once_and_its_delivery_begins_the_clock(
    house: AskedController, email: str | None
):
    led = LedElsewhere(house)
    released(led.register)
    work(house, led.register)
    mails = len(house.outbox.mails)
    address = confirmed(house.office, email)
    work(house, led.register)
    assert led.mailed(mails) == [address] and clock(led) == NO_MOMENT
    goes_on(led, mails)
    assert (led.row()["informed_how"], clock(led)["aware_how"], clock(led)["state"]) == ("mail", "mail", "running")
    with acting_for(led.register):
        _, invitation = new_invitation(led.register, address, OWNER, led.breach)
        assert confirm_receipt(invitation_kept(invitation), "Anna") is not None
    goes_on(led, mails)
    states = house.database.outside("select state from run where organisation_id = :o and subject_id = :e",
                                    o=led.office, e=led.escalation)  # fmt: skip
    assert states == [{"state": "done"}]


@pytest.mark.parametrize("how", ["phone", "letter"])
def test_a_call_or_letter_afterwards_begins_the_clock(house: AskedController, how: str):
    led = LedElsewhere(house)
    released(led.register)
    work(house, led.register)
    with acting_for(led.office):
        record_call(led.escalation, database_now(), how, house.office.officer)
    work(house, led.register)
    assert (clock(led)["aware_how"], clock(led)["state"]) == (how, "running")
    assert led.row()["informed_how"] == how


@pytest.mark.parametrize("how", ["phone", "letter"])
@pytest.mark.parametrize("offices", [1, 2])
def test_who_was_told_otherwise_stays_told(house: AskedController, how: str, offices: int):
    led = LedElsewhere(house, informed=how)
    before = clock(led)
    if offices == 2:
        of_another_office(led)
    released(led.register)
    [row] = house.database.outside("select controller_id from escalation where id = :e", e=led.escalation)
    work(house, row["controller_id"])
    assert (row["controller_id"] == led.register) == (offices == 1)
    assert led.row()["informed_how"] == how and clock(led, row["controller_id"]) == before
    with acting_for(led.office):
        assert call_list(led.row()["incident_id"]) == [] and count_doubted() == 1


def test_of_several_offices_each_begins_anew_and_goes_on_by_mail(house: AskedController):
    led = LedElsewhere(house)
    other = of_another_office(led)
    released(led.register)
    for office in (house.office, other):
        [row] = house.database.outside("select * from escalation where processor_id = :o", o=office.id)
        its_own: UUID = row["controller_id"]
        [waits] = house.database.outside(CLOCK, o=its_own, b=row["breach_id"])
        assert dict(waits) == NO_MOMENT and row["informed_at"] is None and its_own != led.register
        assert "breach.delivery_led_elsewhere" in acts_about(its_own, row["breach_id"])
        mails = len(house.outbox.mails)
        address = confirmed(office)
        for _ in range(2):
            for organisation in (office.id, its_own):
                while jobs.drain(str(organisation)):
                    pass
            sendgrid_tells(house.outbox.mails[mails:])
        sent_to = [person.address for mail in house.outbox.mails[mails:] for person in mail.people]
        contacts = {each["email"] for each in row["contacts"]}
        assert [to for to in sent_to if to in contacts] == [address]
        while jobs.drain(str(office.id)):
            pass
        with acting_for(its_own):
            assert (breach(row["breach_id"]).aware_how, breach(row["breach_id"]).stated_aware_how) == ("mail", "mail")
            _, invitation = new_invitation(its_own, address, OWNER, row["breach_id"])
            assert confirm_receipt(invitation_kept(invitation), "Anna") is not None, "nobody is in the closed one"


@pytest.mark.parametrize("offices", [1, 2])
def test_what_was_mailed_after_the_stranger_ended_the_office_went_there_too(house: AskedController, offices: int):
    led = LedElsewhere(house)
    if offices == 2:
        of_another_office(led)
    else:
        verified(house.database.config.owner_url(), led.register)
    by = proven(a_member(led.register, OWNER))
    with acting_for(led.register):
        answer(house.office.id, ENDED, by)
    later = an_incident(house.office)
    house.work()
    [row] = house.database.outside("select * from escalation where incident_id = :i", i=later.id)
    assert row["controller_id"] != led.register and row["informed_how"] == "mail"
    released(led.register)
    [leads] = house.database.outside(AGREEMENTS, o=house.office.id)
    for sent in house.database.outside("select * from escalation where processor_id = :o", o=house.office.id):
        assert (sent["controller_id"], sent["informed_at"]) == (leads["controller_id"], None)
        [waits] = house.database.outside(CLOCK, o=leads["controller_id"], b=sent["breach_id"])
        assert dict(waits) == NO_MOMENT
    with acting_for(led.office):
        assert [each.contact["email"] for each in doubted_contacts()] == [led.anna]

"""Mail of a client's own register that returns marks the contact at the offices that share it, and at no other."""

from typing import Any
from uuid import UUID

import pytest

from tenants.agreements.processing_agreements import register_clients
from tenants.identity.users import OWNER
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import Office, a_client, a_member, an_incident, an_office, sendgrid_tells
from tests.worlds.asked_controller import NUMBER, AskedController
from workflows.mail.batches import Addressee, plan
from workflows.mail.outbox import Outbox
from workflows.running import jobs

ANNA = {"name": "Anna", "email": "Anna@client.example"}


def work(*organisations: UUID) -> None:
    for organisation in organisations:
        while jobs.drain(str(organisation)):
            pass


def standing(database: Database, office: UUID) -> Any:
    rows = database.outside("select address, bounces from contact_standing where organisation_id = :o", o=office)
    return {row["address"]: row["bounces"] for row in rows}


def told(database: Database, office: UUID) -> int:
    query = "select from history where organisation_id = :o and what = 'contact.bounced'"
    return len(database.outside(query, o=office))


def test_a_reminder_of_a_register_that_nobody_opened_marks_the_contact(own_database: Database, outbox: Outbox) -> None:
    office = an_office(1, contacts=[ANNA])
    an_incident(office)
    work(office.id)
    sendgrid_tells(outbox.mails)
    work(office.id)
    [client] = own_database.outside("select controller_id as id from escalation")
    own_database.outside("update clock set next_at = now() where organisation_id = :o", o=client["id"])
    jobs.sweep(8)
    work(client["id"])
    reminders = [mail for mail in outbox.mails if mail.purpose == "reminder"]
    assert [person.address for mail in reminders for person in mail.people] == [ANNA["email"]]
    assert standing(own_database, office.id) == {"anna@client.example": False}
    later(own_database)
    sendgrid_tells(reminders, "bounce")
    assert standing(own_database, office.id) == {"anna@client.example": True}
    assert told(own_database, office.id) == 1 and told(own_database, client["id"]) == 0


def later(database: Database) -> None:
    """What mail did before was an hour earlier: SendGrid tells moments in whole seconds."""
    database.outside("update contact_standing set reached_at = reached_at - interval '1 hour', "
                     "bounced_at = bounced_at - interval '1 hour'")


def mail_to_anna(house: AskedController) -> Any:
    """The house's own register mails its owner, who has the contact's address."""
    owner = a_member(house.id, OWNER, "Anna")
    before = len(house.outbox.mails)
    with acting_for(house.id):
        to = Addressee("Anna", ANNA["email"].upper(), {"link": "https://x.example/"})
        plan("security", "security", {"what": "x"}, [(owner.id or house.id, to)])
    work(house.id)
    return house.outbox.mails[before:]


def an_office_of(house: AskedController, *contacts: dict[str, str]) -> Office:
    office = an_office(0)
    with acting_for(office.id):
        register_clients([a_client(1, kvk_number=NUMBER, contacts=list(contacts))])
    return office


@pytest.mark.parametrize(("state", "is_marked"), [("accepted", True), ("refused", False), (None, False)])
def test_a_register_in_use_shares_it_with_the_offices_that_it_accepts(
    own_database: Database, outbox: Outbox, state: str | None, is_marked: bool
) -> None:
    house = AskedController(own_database, outbox)
    both = [an_office_of(house, ANNA), an_office_of(house, ANNA)]
    other, elsewhere = an_office_of(house, {"name": "Bo", "email": "bo@client.example"}), an_office(1, contacts=[ANNA])
    for office in (*both, other):
        if state:
            house.answered(state, office=office.id)
    mails = mail_to_anna(house)
    sendgrid_tells(mails, "bounce")
    for office in both:
        assert standing(own_database, office.id)["anna@client.example"] is is_marked
        assert told(own_database, office.id) == int(is_marked)
    assert not any(standing(own_database, other.id).values())
    assert standing(own_database, elsewhere.id) == {"anna@client.example": False}, "another client has it there"
    later(own_database)
    sendgrid_tells(mails)
    assert not any(standing(own_database, both[0].id).values()), "one that arrives takes the mark away"

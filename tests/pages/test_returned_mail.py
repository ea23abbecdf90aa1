"""The office says that an address to which mail returned is right after all, and its lists of contacts have pages."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from tenants.agreements.contact_states import contact_counts
from tenants.agreements.processing_agreements import register_clients
from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import Office, a_client, an_office, sendgrid_tells
from tests.pages.conftest import Reader, slug_of
from tests.service.caller import caller_for, refused
from tests.service.doors_of_contacts import IN_DOUBT, House
from workflows.escalation.asking_contacts import ask_contacts
from workflows.mail.limits import DROPPED
from workflows.mail.outbox import Outbox
from workflows.running import jobs

Login = Callable[[Actor], Reader]
BEA = {"name": "Bea", "email": "bea@boekhouder.example"}
BOUNCED = """
    update contact_standing set bounced_at = '2026-03-03 10:00+01', bounce_reason = '552 mailbox full',
           asked_at = now() - interval '3 weeks', next_at = now() + interval '1 week' where organisation_id = :o
    returning id"""


def returned(database: Database, office: Office) -> UUID:
    return UUID(str(database.outside(BOUNCED, o=office.id)[0]["id"]))


def marks(database: Database, office: Office) -> list[bool]:
    rows = database.outside("select bounces from contact_standing where organisation_id = :o", o=office.id)
    return [row["bounces"] for row in rows]


def entries(database: Database, office: Office) -> list[Any]:
    rows = database.outside("select details, actor_id from history where organisation_id = :o and what = "
                            "'contact.address_right' order by seq", o=office.id)  # fmt: skip
    return [(row["details"], row["actor_id"]) for row in rows]


def test_the_button_takes_the_mark_away_and_the_contact_is_asked_anew(
    database: Database, reader: Login, outbox: Outbox
) -> None:
    office = an_office(2, contacts=[BEA])
    contact, at = returned(database, office), f"/o/{slug_of(office.id)}"
    officer = reader(office.officer)
    assert "Bij één adres kwam mail terug." in officer.see(f"{at}/")
    page = officer.see(f"{at}/agreements/contacts")
    assert "552 mailbox full" in page and "Dit adres klopt toch" in page and page.count("/clients/") == 2
    done = officer.done(f"{at}/agreements/contacts/address-right/{contact}", {}, seen=f"{at}/agreements/contacts")
    assert "telt weer mee" in done and 'id="bounced"' not in done
    with acting_for(office.id):
        assert contact_counts().without == 0
    assert entries(database, office) == [
        ({"client_number": number, "contact": 1}, office.officer.id) for number in ("K0001", "K0002")
    ]
    assert ask_contacts(office.id, 9) == 0, "it was asked in the same act"
    jobs.drain(str(office.id))
    [mail] = [mail for mail in outbox.mails if mail.purpose == "contact_check"]
    assert mail.people[0].address == BEA["email"]
    assert "Twee weken geleden" not in mail.as_read_by(mail.people[0])[1], "it is asked as for the first time"
    sendgrid_tells([mail], "bounce")
    [row] = database.outside("select bounces, works from contact_standing where organisation_id = :o", o=office.id)
    assert row == {"bounces": True, "works": False}, "when that mail returns too, the mark is back"


def test_a_seat_that_does_not_count_yet_takes_no_mark_away(app: Flask, database: Database) -> None:
    office = an_office(1, contacts=[BEA])
    contact = returned(database, office)
    database.outside("update membership set counts_from = now() + interval '1 day' where user_id = :who",
                     who=office.officer.id)  # fmt: skip
    assert office.officer.id
    answer = caller_for(app, office.officer.id).post(f"agreements/contacts/{contact}/address-right", {})
    assert answer.status_code == 403 and entries(database, office) == []


def test_the_api_takes_the_mark_away_once(app: Flask, database: Database) -> None:
    office = an_office(1, contacts=[BEA])
    assert office.officer.id
    contact, there = returned(database, office), caller_for(app, office.officer.id)
    answer = there.post(f"agreements/contacts/{contact}/address-right", {})
    assert (answer.status_code, answer.json) == (200, {"address": BEA["email"]})
    [row] = there.get("agreements").json["items"]
    assert row["contacts_standing"][0]["state"] == "asked"
    again = there.post(f"agreements/contacts/{contact}/address-right", {})
    refused(again, 409, "contact.not_bounced")
    assert len(entries(database, office)) == 1


def test_the_mark_stays_where_no_mail_may_go_there_today(app: Flask, database: Database, reader: Login) -> None:
    office, most = an_office(1, contacts=[BEA]), DROPPED["contact_check"].to_address
    assert office.officer.id
    contact, there = returned(database, office), caller_for(app, office.officer.id)
    database.outside("delete from mail_to_address")
    for _ in range(most):
        assert there.post(f"agreements/contacts/{contact}/address-right", {}).status_code == 200
        returned(database, office)
    refused(there.post(f"agreements/contacts/{contact}/address-right", {}), 422, "contact.tested_today")
    at = f"/o/{slug_of(office.id)}/agreements/contacts"
    answer = reader(office.officer).send(f"{at}/address-right/{contact}", {}, seen=at)
    assert answer.status_code == 422 and "Kies morgen weer" in unescape(answer.text)
    assert len(entries(database, office)) == most and marks(database, office) == [True]


@pytest.mark.parametrize("change", [
    "update processing_agreement set in_force_to = current_date - 1 where processor_id = :o",
    IN_DOUBT,
])  # fmt: skip
def test_the_mark_stays_where_nobody_can_be_asked(app: Flask, database: Database, change: str) -> None:
    office = an_office(1, contacts=[BEA])
    assert office.officer.id
    contact = returned(database, office)
    database.outside(change, o=office.id)
    answer = caller_for(app, office.officer.id).post(f"agreements/contacts/{contact}/address-right", {})
    refused(answer, 422, "contact.not_testable")
    assert entries(database, office) == [] and marks(database, office) == [True]


def test_a_program_takes_no_mark_away(app: Flask, database: Database) -> None:
    house = House(app, database)
    contact = returned(database, house.office)
    refused(house.program().post(f"agreements/contacts/{contact}/address-right", {}), 403, "contact.right_not_by_token")
    assert entries(database, house.office) == [] and marks(database, house.office) == [True]


@pytest.mark.parametrize("change", [
    "update contact_standing set reached_at = now() where organisation_id = :o",
    "update contact_standing set says_no_at = now() where organisation_id = :o",
])  # fmt: skip
def test_an_address_that_works_or_whose_holder_said_no_is_not_there(
    app: Flask, database: Database, change: str
) -> None:
    office, other = an_office(1, contacts=[BEA]), an_office(1, contacts=[BEA])
    assert office.officer.id
    contact, theirs, there = returned(database, office), returned(database, other), caller_for(app, office.officer.id)
    database.outside(change, o=office.id)
    for which, status in ((contact, 409), (theirs, 404), (uuid4(), 404)):
        assert there.post(f"agreements/contacts/{which}/address-right", {}).status_code == status
    assert entries(database, office) == entries(database, other) == []


@pytest.mark.parametrize(("moment", "name"), [("says_no_at", "said_no"), ("bounced_at", "bounced")])
def test_each_list_has_all_its_contacts_on_its_pages(
    database: Database, reader: Login, moment: str, name: str
) -> None:
    office, many = an_office(0), 120
    with acting_for(office.id):
        register_clients([
            a_client(n, contacts=[{"name": f"A{n}", "email": f"a{n}@x.example"}]) for n in range(many)
        ])  # fmt: skip
    database.outside(f"""
        update contact_standing set {moment} = now() - interval '1 minute' * substring(address from '[0-9]+')::int
         where organisation_id = :o""", o=office.id)  # fmt: skip
    officer, at, seen = reader(office.officer), f"/o/{slug_of(office.id)}/agreements/contacts", list[str]()
    for page in range(3):
        html = officer.see(at)
        seen += re.findall(r"(a\d+)@x\.example<br>", html)
        following = re.search(rf'href="([^"]*of={name}[^"]*)"', html)
        assert bool(following) == (page < 2)
        at = following[1].replace("&amp;", "&") if following else at
    assert seen == [f"a{n}" for n in range(many)], "the newest first, each once"

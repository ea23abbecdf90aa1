"""Somebody said that they are the contact no more, and another person reads the mail at the same address."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask

from tenants.history.entries import Actor
from tests.conftest import Database
from tests.pages.conftest import Reader, slug_of
from tests.service.doors_of_contacts import BEA, DOORS, House
from workflows.escalation.asking_contacts import ask_contacts
from workflows.mail.outbox import Outbox
from workflows.running import jobs

Login = Callable[[Actor], Reader]
CEES = {"name": "Cees", "email": BEA["email"], "phone": ""}
STANDING = """
    select id, says_no_at is null as is_open, successor, token_hash is null as has_no_link, next_at <= now() as is_due
      from contact_standing where organisation_id = :o"""
SAYS_WHO = """
    update contact_standing set says_no_at = now(), token_hash = decode(md5(id::text), 'hex'), next_at = null,
           token_expires_at = now() + interval '1 day', successor = '{"name": "Cees", "email": "bea@bakker.example"}'
     where organisation_id = :o"""
NO_MORE = "select what from history where organisation_id = :o and what = 'contact.other_person'"
LEFT_AND_BACK = ("update contact_standing set says_no_at = now() - interval '1 day' where organisation_id = :o",
                 "update processing_agreement set contacts = '[]' where processor_id = :o",
                 "update processing_agreement set contacts = '[{\"name\": \"Bea\", \"email\": \"bea@bakker.example\"}]'"
                 " where processor_id = :o")  # fmt: skip


def standing(house: House) -> dict[str, Any]:
    return dict(house.rows(STANDING)[0])


@pytest.mark.parametrize("view", DOORS)
def test_by_each_door_another_person_comes_to_the_address_and_is_asked(
    app: Flask, database: Database, view: str
) -> None:
    house = House(app, database, view)
    house.rows(SAYS_WHO)
    answer = house.ask(house.officer(), CEES)
    assert answer.status_code == (303 if house.method == "page" else 201 if house.kind == "clients" else 200)
    assert house.addresses()[0] == BEA["email"]
    row = standing(house)
    assert row["is_open"] and row["successor"] is None and row["has_no_link"] and row["is_due"]
    assert house.rows(NO_MORE)
    outbox = Outbox()
    jobs.use_mail_sender(outbox)
    ask_contacts(house.office.id, 9)
    while jobs.drain(str(house.office.id)):
        pass
    [mail] = [mail for mail in outbox.mails if mail.purpose == "contact_check"]
    assert mail.people[0].name == "Cees"
    assert not [mail for mail in outbox.mails if "andere adressen" in mail.as_read_by(mail.people[0])[0]]


@pytest.mark.parametrize("view", DOORS)
def test_by_no_door_the_person_who_said_no_is_asked_again(app: Flask, database: Database, view: str) -> None:
    house = House(app, database, view)
    house.rows(SAYS_WHO)
    house.ask(house.officer(), BEA | {"phone": "0201234567"})
    row = standing(house)
    assert not row["is_open"] and not row["has_no_link"] and house.rows(NO_MORE) == []


def test_the_form_has_the_named_successor_and_takes_the_address(app: Flask, database: Database, reader: Login) -> None:
    house = House(app, database)
    house.rows(SAYS_WHO)
    officer, at = reader(house.office.officer), f"/o/{slug_of(house.office.id)}/agreements/contacts"
    form = f"{at}/said-no/{house.ids['standing']}"
    assert 'value="bea@bakker.example"' in officer.see(form) and 'value="Cees"' in officer.see(form)
    refused = officer.send(form, BEA)
    assert refused.status_code == 422 and "Het adres mag hetzelfde blijven" in unescape(refused.text)
    officer.done(form, CEES)
    page = officer.see(f"/o/{slug_of(house.office.id)}/clients/{house.ids['agreement']}")
    assert "Cees" in page and "niet meer te zijn" not in page and "iemand anders op dit adres" in page


def test_an_address_that_came_back_after_the_no_is_no_dead_end(app: Flask, database: Database) -> None:
    house = House(app, database)
    for statement in LEFT_AND_BACK:
        house.rows(statement)
    assert not standing(house)["is_open"]
    body = {"name": "Bea", "email": BEA["email"]}
    answer = house.officer().post(f"agreements/contacts/{house.ids['standing']}/successor", body)
    assert answer.status_code == 200 and standing(house)["is_open"]

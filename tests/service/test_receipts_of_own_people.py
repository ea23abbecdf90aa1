"""Where a verified organisation has people of its own, they confirm receipt: a mailed link stands for none of them."""

from uuid import UUID

import pytest
from flask import Flask

from tenants.database import db
from tenants.invitations import new_invitation
from tenants.isolation import acting_for, database_now
from tenants.organisations import claim_acting_organisation
from tenants.users import OWNER
from tests.conftest import Database
from tests.factories import a_member, an_incident, an_office
from tests.pages.conftest import Reader
from tests.service.caller import Caller, caller_for, refused

KNOW = "update organisation set verified_at = now(), verified_how = 'letter' where id = :o"
FORGET = "update organisation set verified_at = null, verified_how = null where id = :o"
RECEIPT = "select acknowledged_at, acknowledged_by, acknowledged_link from escalation where processor_id = :o"
TEXT = "Weg na verhuizing"


class House:
    """An office told its verified client, by a link to somebody who has no seat there; Anna has one."""

    def __init__(self, app: Flask, database: Database, used: bool) -> None:
        self.app, self.database, self.office = app, database, an_office(1)
        an_incident(self.office)
        query = "select controller_id, breach_id from escalation where processor_id = :o"
        [row] = database.outside(query, o=self.office.id)
        self.client: UUID = row["controller_id"]
        self.breach: UUID = row["breach_id"]
        anna = a_member(self.client, OWNER, "Anna")
        assert anna.id
        self.token, link = new_invitation(self.client, "mal@client.example", OWNER, self.breach)
        with acting_for(self.client):
            assert claim_acting_organisation()
            link.used_at = database_now() if used else None
            db.session.add(link)
        database.outside(KNOW, o=self.client)
        self.anna: Caller = caller_for(app, anna.id)

    def receipt(self) -> tuple[object, ...]:
        """As it stands at the office."""
        [row] = self.database.outside(RECEIPT, o=self.office.id)
        return tuple(row.values())


@pytest.fixture(params=[True, False])
def house(app: Flask, database: Database, request: pytest.FixtureRequest) -> House:
    return House(app, database, request.param)


def test_the_holder_of_a_link_confirms_nothing_and_reads_nothing(house: House) -> None:
    anybody = house.app.test_client()
    refused(anybody.post(f"/api/receipts/{house.token}", json={"name": "Sanne"}), 403, "receipt.by_own_people")
    assert anybody.get(f"/api/invitations/{house.token}").json["breach"] is None
    page = Reader(anybody).see(f"/receipt/{house.token}")
    assert TEXT not in page and 'name="name"' not in page and "Inloggen" in page
    assert "geef het bericht nu door" in page.lower()
    assert house.receipt() == (None, None, None)


def test_a_form_that_was_open_before_says_who_confirms(house: House) -> None:
    reader = Reader(house.app.test_client())
    house.database.outside(FORGET, o=house.client)
    here = f"/receipt/{house.token}"
    assert TEXT in reader.see(here)
    house.database.outside(KNOW, o=house.client)
    answer = reader.send(here, {"name": "Sanne"}, "/login")
    assert answer.status_code == 403 and "bevestigen de ontvangst zelf" in answer.get_data(as_text=True)
    assert house.receipt() == (None, None, None)


def test_its_own_people_confirm(house: House) -> None:
    answer = house.anna.post(f"breaches/{house.breach}/receipt")
    assert answer.status_code == 200, answer.text
    at, by, link = house.receipt()
    assert at is not None and (by, link) == ("Anna", None)

"""A test that an office sends itself: the way is the real one, everything says that it is a test, nothing counts it."""

import re

import pytest
from flask import Flask

from tenants.agreements.client_of_tests import was_test_received
from tenants.database import db
from tenants.identity.users import OWNER, User
from tenants.isolation import acting_for, acting_for_nobody
from tests.conftest import Database
from tests.factories import Office, a_member, an_office
from tests.pages.conftest import Reader, slug_of
from tests.pages.escalation_tests import Login, begin, checked, sent, work_on
from workflows.decisions.going_on import chains
from workflows.mail.outbox import Outbox


def test_a_test_goes_the_real_way_and_says_everywhere_what_it_is(
    app: Flask, database: Database, outbox: Outbox, reader: Login, stranger: Reader
) -> None:  # fmt: skip
    office = an_office(2)
    there = reader(office.officer)
    form = begin(there, office)
    check = sent(there, form)
    assert "Dit is een proef." in check and "[Proef]" in check
    work_on(office, outbox)
    [mail] = outbox.mails
    subject, words, _ = mail.as_read_by(mail.people[0])
    assert subject.startswith("[Proef] ") and words.startswith("Dit is een proef:")
    with acting_for_nobody():
        assert mail.people[0].address == db.session.get_one(User, office.officer.id).email
    [incident] = database.outside("select * from incident where is_test and organisation_id = :me", me=office.id)
    [breach] = database.outside("select * from breach where incident_id = :incident", incident=incident["id"])
    assert incident["reference"].startswith("PROEF-") and breach["reference"].startswith("PROEF-")
    at = f"/o/{slug_of(office.id)}"
    for path in (f"{at}/incidents/{incident['id']}", f"{at}/incidents/{incident['id']}/calls"):
        assert "Dit is een proef." in there.see(path)
    assert "(Proef)" in there.see(f"{at}/incidents")
    receipt = re.search(r"/receipt/[\w-]+", words)
    assert receipt and "Dit is een proef." in stranger.see(receipt[0])
    with acting_for(office.id):
        assert chains().incidents == 0 and not was_test_received()
    owner = reader(a_member(office.id, OWNER, "Olga"))
    assert "Stuur uzelf een proef" in owner.see(f"{at}/") and f'action="{at}/test"' in owner.see(f"{at}/")
    stranger.send(receipt[0], {"name": "Fenna"})
    with acting_for(office.id):
        assert was_test_received()
    assert f'action="{at}/test"' not in owner.see(f"{at}/")


def test_the_test_client_is_hit_alone_and_counts_nowhere(
    app: Flask, database: Database, reader: Login, office_of_one: Office
) -> None:  # fmt: skip
    there, office = reader(office_of_one.officer), office_of_one
    database.outside("update admission set most_clients = 1 where organisation_id = :me", me=office.id)
    form = begin(there, office)
    mixed = checked(there, form, **{"clients.1.client_number": "K0001"})
    assert mixed.status_code == 422 and "is van uw proef" in mixed.text
    [row] = database.outside("select clients from offices_decided() where slug = :slug", slug=slug_of(office.id))
    assert row["clients"] == 1
    assert database.outside("select from organisation where is_test and kvk_number is not null") == []


def test_the_button_again_makes_no_second_client_and_writes_to_who_pressed_it(
    app: Flask, database: Database, reader: Login, office_of_one: Office
) -> None:  # fmt: skip
    office = office_of_one
    first = begin(reader(office.officer), office)
    assert begin(reader(office.officer), office) == first
    other = a_member(office.id, "privacy_officer", "Bram Jansen")
    assert begin(reader(other), office) == first
    [agreement] = database.outside(
        "select * from processing_agreement where client_number = 'PROEF' and processor_id = :me", me=office.id
    )
    assert [contact["name"] for contact in agreement["contacts"]] == ["Bram Jansen"]
    whats = database.outside("select what from history where subject_id = :id and organisation_id = :me order by seq",
                             id=agreement["id"], me=office.id)  # fmt: skip
    assert [row["what"] for row in whats] == ["agreement.registered", "agreement.contacts_changed"]


@pytest.fixture
def office_of_one(app: Flask, database: Database) -> Office:
    return an_office(1)

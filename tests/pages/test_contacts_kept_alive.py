"""The office sees which contacts fail, did not answer or said no, and puts another in their place in one act."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from tenants.agreements.client_filters import Filters
from tenants.agreements.client_list import agreements
from tenants.agreements.contact_states import contact_counts
from tenants.agreements.processing_agreements import register_clients
from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.counting import statements_of
from tests.factories import Office, a_client, an_incident, an_office
from tests.pages.conftest import Reader, slug_of
from tests.service.caller import caller_for
from workflows.mail.limits import REFUSED
from workflows.mail.outbox import Outbox
from workflows.running import jobs

Login = Callable[[Actor], Reader]
BEA = {"name": "Bea", "email": "bea@boekhouder.example"}
BO = {"name": "Bo Bakker", "email": "bo@boekhouder.example"}
SET = "update contact_standing set {} where organisation_id = :o"
BOUNCED = "bounced_at = '2026-03-03 10:00+01', bounce_reason = '550 unknown'"
SAID_NO = (
    """says_no_at = '2026-03-04 10:00+01', successor = '{"name": "Bo Bakker", "email": "bo@boekhouder.example"}'"""
)
BACK = """
    update processing_agreement set contacts = '[{"name": "Bea", "email": "bea@boekhouder.example"}]'
     where processor_id = :o"""
NOT_ANSWERED = "asked_at = now() - interval '5 weeks'"


def an_office_with(clients: int = 2, **more: Any) -> Office:
    return an_office(clients, contacts=[BEA], **more)


def put(database: Database, office: Office, what: str) -> UUID:
    database.outside(SET.format(what), o=office.id)
    [row] = database.outside("select id from contact_standing where organisation_id = :o", o=office.id)
    return UUID(str(row["id"]))


def words(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>|[\u2066-\u2069]", " ", page)))


def counts(office: Office) -> tuple[int, int, int]:
    with acting_for(office.id):
        there = contact_counts()
    return there.without, there.unconfirmed, there.said_no


@pytest.mark.parametrize(("what", "expected", "kinds"), [
    (BOUNCED, "mail kwam terug op 3 maart 2026", (2, 0, 0)),
    (SAID_NO, "liet op 4 maart 2026 weten het niet meer te zijn", (2, 0, 1)),
    (NOT_ANSWERED, "niet bevestigd; gevraagd op", (0, 2, 0)),
    ("asked_at = now() - interval '1 week'", "gevraagd op", (0, 0, 0)),
    ("confirmed_at = '2026-03-05 10:00+01'", "bevestigd op 5 maart 2026", (0, 0, 0)),
    ("since = now()", "nog niet bevestigd", (0, 0, 0)),
])  # fmt: skip
def test_each_state_has_its_words_and_is_counted_on_the_overview(
    app: Flask, database: Database, reader: Login, what: str, expected: str, kinds: tuple[int, int, int]
):
    office = an_office_with()
    put(database, office, what)
    officer, at = reader(office.officer), f"/o/{slug_of(office.id)}"
    listed = officer.see(f"{at}/agreements")
    assert words(listed).count(expected) == 2
    assert counts(office) == kinds
    overview = officer.see(f"{at}/")
    assert ("2 opdrachtgevers hebben geen contact dat werkt." in overview) == bool(kinds[0])
    assert ("2 opdrachtgevers hebben een contact dat niet antwoordt" in overview) == bool(kinds[1])
    assert ("1 contact laat weten het niet meer te zijn." in overview) == bool(kinds[2])
    for lacking, count in (("none", kinds[0]), ("unconfirmed", kinds[1])):
        assert (f'href="{at}/agreements?contact={lacking}"' in overview) == bool(count)
        with acting_for(office.id):
            assert len(agreements(9, chosen=Filters(contact=lacking))) == count


def test_one_is_counted_in_the_singular_in_both_languages(app: Flask, database: Database, reader: Login):
    office = an_office_with(1)
    put(database, office, BOUNCED)
    officer, at = reader(office.officer), f"/o/{slug_of(office.id)}/"
    assert "1 opdrachtgever heeft geen contact dat werkt." in officer.see(at)
    officer.client.get("/language/en")
    assert "1 client has no contact that works." in officer.see(at)


def test_only_agreements_in_force_are_counted_and_a_telephone_is_enough(app: Flask, database: Database):
    over = an_office_with(1, in_force_to="2021-01-01")
    called = an_office(1, contacts=[BEA | {"phone": "010 1234567"}])
    for office in (over, called):
        put(database, office, BOUNCED)
        assert counts(office) == (0, 0, 0)


def test_an_empty_filter_says_so_and_leads_back(app: Flask, database: Database, reader: Login):
    office = an_office_with(1)
    page = reader(office.officer).see(f"/o/{slug_of(office.id)}/agreements?contact=none")
    assert "Geen opdrachtgever voldoet aan wat u koos" in page and "Geen contact dat werkt" in page


def test_the_overviews_counts_are_one_statement_however_many_clients(own_database: Database):
    office = an_office(0)
    with acting_for(office.id):
        register_clients([a_client(n, contacts=[{"name": "A", "email": f"a{n}@x.example"}]) for n in range(10_000)])
    own_database.outside("update contact_standing set bounced_at = now()")
    with acting_for(office.id), statements_of() as seen:
        assert contact_counts().without == 10_000
    assert len(seen) == 1


def contacts_of(database: Database, office: Office) -> list[Any]:
    rows = database.outside("select contacts from processing_agreement where processor_id = :o", o=office.id)
    return [row["contacts"] for row in rows]


def test_one_act_puts_whom_they_named_in_their_place_everywhere(app: Flask, database: Database, reader: Login):
    office, outbox = an_office_with(), Outbox()
    jobs.use_mail_sender(outbox)
    an_incident(office)
    jobs.drain(str(office.id))
    contact = put(database, office, SAID_NO)
    officer, at = reader(office.officer), f"/o/{slug_of(office.id)}/agreements/contacts"
    page = f"{at}/said-no/{contact}"
    listed = words(officer.see(at))
    assert "Client 1 , Client 2" in listed and "Volgens dit contact is het nu: Bo Bakker, bo@boekhouder" in listed
    assert 'value="bo@boekhouder.example"' in officer.see(page)
    assert contacts_of(database, office) == [[BEA], [BEA]], "a statement changes nothing by itself"
    done = officer.done(page, BO)
    assert "vervangen bij 2 opdrachtgevers" in words(done)
    assert contacts_of(database, office) == [[BO], [BO]]
    standing = "select address, works from contact_standing where organisation_id = :o and left_at is null"
    rows = database.outside(standing, o=office.id)
    assert rows == [{"address": BO["email"], "works": True}]
    for owner in (":o", "select controller_id from processing_agreement where processor_id = :o"):
        told = f"select from history where organisation_id in ({owner}) and what = 'agreement.contact_replaced'"
        assert len(database.outside(told, o=office.id)) == 2
    jobs.drain(str(office.id))
    assert [p.address for mail in outbox.mails[-2:] for p in mail.people] == [BO["email"]] * 2
    assert officer.send(page, BO, seen=f"/o/{slug_of(office.id)}/").status_code == 404


@pytest.mark.parametrize(("typed", "said"), [
    (BO | {"email": "bo@"}, "e-mailadres"), (BO | {"name": ""}, "Vul"),
    ({"name": "Bo"}, "Vul een e-mailadres of een telefoonnummer in"),
])  # fmt: skip
def test_a_wrong_contact_is_refused_at_its_field(
    app: Flask, database: Database, reader: Login, typed: dict[str, str], said: str
):
    office = an_office_with(1)
    contact = put(database, office, SAID_NO)
    page = f"/o/{slug_of(office.id)}/agreements/contacts/said-no/{contact}"
    answer = reader(office.officer).send(page, typed)
    assert answer.status_code == 422 and said in words(answer.text)
    assert contacts_of(database, office) == [[BEA]]


def test_without_a_fresh_second_factor_nothing_is_put_in_its_place(app: Flask, database: Database, reader: Login):
    office = an_office_with(1)
    contact = put(database, office, SAID_NO)
    officer = reader(office.officer)
    older = "update login_session set proof_at = now() - interval '6 minutes' where user_id = :u"
    database.outside(older, u=office.officer.id)
    page = f"/o/{slug_of(office.id)}/agreements/contacts/said-no/{contact}"
    assert officer.send(page, BO).status_code == 403
    assert contacts_of(database, office) == [[BEA]]


def test_more_than_a_days_changes_to_one_address_are_refused(app: Flask, database: Database, reader: Login):
    office = an_office_with(1)
    officer, at = reader(office.officer), f"/o/{slug_of(office.id)}/agreements/contacts/said-no"
    for turn in range(REFUSED["contact"].to_address + 1):
        contact = put(database, office, SAID_NO)
        assert officer.send(f"{at}/{contact}", BO | {"name": f"Bo {turn}"}).status_code == (303 if turn < 10 else 422)
        database.outside(BACK, o=office.id)


def test_another_offices_contact_and_one_that_did_not_say_no_are_not_there(
    app: Flask, database: Database, reader: Login
):
    office, other = an_office_with(1), an_office_with(1)
    theirs, mine = put(database, other, SAID_NO), put(database, office, NOT_ANSWERED)
    officer, at = reader(office.officer), f"/o/{slug_of(office.id)}"
    for contact, status in ((theirs, 404), (uuid4(), 404), (mine, 409)):
        page = f"{at}/agreements/contacts/said-no/{contact}"
        assert officer.client.get(page).status_code == status
        assert officer.send(page, BO, seen=f"{at}/").status_code == status
    assert contacts_of(database, other) == [[BEA]]


def test_the_api_shows_the_state_filters_on_it_and_takes_the_act(app: Flask, database: Database):
    office = an_office_with(1)
    assert office.officer.id
    contact, caller = put(database, office, SAID_NO), caller_for(app, office.officer.id)
    at = f"/api/o/{slug_of(office.id)}/agreements"
    [row] = caller.get(f"{at}?contact=none").json["items"]
    [state] = row["contacts_standing"]
    assert (state["state"], state["id"], state["successor"]) == ("said_no", str(contact), BO)
    assert caller.get(f"{at}?contact=unconfirmed").json["items"] == []
    answer = caller.post(f"{at}/contacts/{contact}/successor", BO)
    assert (answer.status_code, answer.json) == (200, {"clients": 1})
    assert caller.get(f"{at}?contact=none").json["items"] == []
    assert contacts_of(database, office) == [[BO]]

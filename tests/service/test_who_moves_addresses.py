"""Every route that can take an address to which incidents are mailed away, or put another one in its place.

They are read from the code: what each route calls, down to the statements that write contacts. Each is tried with a
token that has all scopes, with a session whose second factor is older than five minutes, and with a fresh one.
"""

import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from tenants.identity.users import OWNER
from tests.conftest import Database
from tests.factories import a_client, a_member, an_office
from tests.service.called_from_routes import ROOT, code
from tests.service.caller import caller_for, keys, refused
from tests.service.doors_of_contacts import BEA, BY_API, DOORS, THIEF, House
from workflows.mail.limits import REFUSED
from workflows.mail.outbox import Outbox
from workflows.running import jobs

WRITES = re.compile(
    r"update (?:processing_agreement|escalation|\{table\}) (?:n )?set contacts =|from register_clients\("
)
WRITTEN = re.compile(r"(?:update|insert into) (?:processing_agreement|escalation)\b[^;]*?\bcontacts\b")
IN_DATABASE = {
    "change_agreement": "those of the agreement before",
    "keep_doubt": "a mark that mail led elsewhere, and no address",
    "lead_with_doubt": "a mark that mail led elsewhere, and no address",
    "make_test_client": "the address of who asks for a test",
    "open_breaches": "those of the agreements that an incident hits",
    "register_clients": "those that somebody types: tried here",
    "take_back_clients": "none: the agreements go with them",
}
"""The functions of the database that write contacts, and which."""
BY_TELEPHONE = """
    update processing_agreement set contacts = '[{"name": "Bea", "phone": "0201234567"}]' where processor_id = :o"""
TEXTS = ("mailt u niet meer over datalekken van", "bij een datalek gaat de mail naar andere adressen")
OF_FILES = ("service.api.files take_file", "service.web.files take_rows")
"""A file of clients may have another number with the KvK number of a client; both take it by one function."""
FOLLOWS = {"in_force_from": "2026-02-01", "in_force_to": None}
OF_WHOLE_LISTS = ("service.api.clients set_client_contacts", "service.api.agreements register_agreements")


def test_these_are_the_routes_that_change_contacts() -> None:
    assert code().routes_to(WRITES) == {*DOORS, *OF_FILES}


@pytest.mark.parametrize("written", [
    "from workflows.agreements.contacts import set_contacts\ndef view(): set_contacts()",
    "from workflows.agreements.contacts import set_contacts as put\ndef view(): return [put]",
    "from workflows.agreements import contacts\ndef view(): contacts.set_contacts()",
    "from workflows.agreements import contacts as those\ndef view(): those.set_contacts()",
    "import workflows.agreements.contacts\ndef view(): workflows.agreements.contacts.set_contacts()",
    "import workflows.agreements.contacts as those\ndef view(): those.set_contacts()",
])  # fmt: skip
def test_a_route_is_found_however_it_names_what_it_calls(written: str) -> None:
    other = code().copy()
    other.read("service.web.elsewhere", written)
    reached = other.reached_from(("service.web.elsewhere", "view"))
    assert ("workflows.agreements.contacts", "set_contacts") in reached
    assert code().reached_from(("workflows.agreements.contacts", "set_contacts")) <= reached


def test_these_are_the_functions_of_the_database_that_write_contacts() -> None:
    functions = (ROOT / "migrations" / "schema" / "functions").glob("*.sql")
    texts = {file.stem: re.sub("--.*", "", file.read_text("utf-8")) for file in functions}
    assert {name for name, text in texts.items() if WRITTEN.search(text)} == set(IN_DATABASE)


@pytest.mark.parametrize("view", DOORS)
def test_with_a_fresh_factor_it_is_done(app: Flask, database: Database, view: str) -> None:
    house = House(app, database, view)
    answer = house.ask(house.officer())
    expected = 303 if house.method == "page" else 201 if house.kind == "clients" else 200
    assert answer.status_code == expected, answer.text
    assert house.addresses()[0] == THIEF["email"]


@pytest.mark.parametrize("view", BY_API)
def test_a_token_with_all_scopes_moves_no_address(app: Flask, database: Database, view: str) -> None:
    house = House(app, database, view)
    key = "contact.not_by_token" if view in OF_WHOLE_LISTS else "step.prove_again"
    refused(house.ask(house.program()), 403, key)
    assert house.addresses() == [BEA["email"]]


@pytest.mark.parametrize("view", DOORS)
def test_a_session_whose_factor_is_old_moves_no_address(app: Flask, database: Database, view: str) -> None:
    house = House(app, database, view)
    answer = house.ask(house.officer(is_stale=True))
    assert answer.status_code == 403 and house.addresses() == [BEA["email"]]
    if view in BY_API:
        refused(answer, 403, "step.prove_again")
    else:
        assert f'value="{THIEF["email"]}"' in answer.text and 'href="/proof?next=' in answer.text
        assert "Bevestig eerst wie u bent" in answer.text


@pytest.mark.parametrize(("who", "status"), [("fresh", 200), ("stale", 403), ("program", 403)])
def test_a_file_with_the_number_of_another_client_is_such_a_door(
    app: Flask, database: Database, who: str, status: int
) -> None:
    house = House(app, database)
    caller = house.program() if who == "program" else house.officer(is_stale=who == "stale")
    lines = f"klantnummer;naam;kvk;e-mail;contact\nK0099;{house.client['name']};{house.client['kvk_number']};"
    content = f"{lines}{THIEF['email']};Dief\n".encode()
    sent = caller.call("POST", "files", data={"purpose": "clients", "file": (BytesIO(content), "x.csv")})
    columns = [{"place": c["place"], "field": c["field"]} for c in sent.json["columns"] if c["field"]]
    path = f"files/{sent.json['id']}"
    assert caller.put(f"{path}/mapping", {"columns": columns}).json["fits"] == 1
    for_all = {"services": {"payroll_bare": "processor"}, "in_force_from": "2026-02-01", "confirmed_doubles": True}
    answer = caller.post(f"{path}/taking", {"take": "all", "answers": for_all})
    assert answer.status_code == status, answer.text
    assert house.addresses()[0] == (THIEF["email"] if status == 200 else BEA["email"])


@pytest.mark.parametrize("view", DOORS)
def test_the_owners_hear_of_it_and_so_does_who_had_an_address_that_works(
    app: Flask, database: Database, view: str
) -> None:
    house = House(app, database, view)
    owner = a_member(house.office.id, OWNER, "Linde")
    house.ask(house.officer())
    [row] = database.outside("select email from app_user where id = :u", u=owner.id)
    heard = {
        reader: said for subject, reader, said in jobs_mail(house) if any(words in subject for words in TEXTS)
    }  # fmt: skip
    assert "Client 1 (K0001)" in heard[row["email"]] and "Dit deed: Fenna de Wit" in heard[row["email"]]
    works = not house.is_in_doubt and "{standing}" not in house.path
    assert set(heard) == ({row["email"], BEA["email"]} if works else {row["email"]})


@pytest.mark.parametrize("view", BY_API)
def test_nobody_without_proof_gives_a_client_its_first_address(app: Flask, database: Database, view: str) -> None:
    """That address gets the link to a register that somebody may have been told of by telephone."""
    house = House(app, database, view)
    if not house.is_in_doubt and "{standing}" not in house.path:
        house.rows(BY_TELEPHONE)
    for caller in (house.program(), house.officer(is_stale=True)):
        assert house.ask(caller).status_code == 403
    assert THIEF["email"] not in house.addresses()


@pytest.mark.parametrize("is_token", [True, False])
def test_without_a_fresh_factor_a_contact_is_added_behind_the_others_alone(
    app: Flask, database: Database, is_token: bool
) -> None:
    house = House(app, database)
    caller = house.program() if is_token else house.officer(is_stale=True)

    def put(*contacts: dict[str, str]) -> Any:
        rows = [{name: value for name, value in contact.items() if value} for contact in contacts]
        seen = {"If-Match": f'"{house.version()}"'}
        return caller.put(f"agreements/{house.ids['agreement']}/contacts", {"contacts": rows}, headers=seen)

    renamed = BEA | {"name": "Bea Bakker", "phone": "0201234567"}
    if is_token:
        refused(put(renamed, THIEF), 403, "contact.not_by_token")
    known = BEA if is_token else renamed
    assert put(known, THIEF).status_code == 200
    for contacts in ((THIEF, known), (known,), ({"name": "Bea", "phone": "0201234567"}, THIEF)):
        refused(put(*contacts), 403, "contact.not_by_token" if is_token else "step.prove_again")
    assert house.addresses() == [BEA["email"], THIEF["email"]] and jobs_mail(house) == []


def test_a_program_registers_the_next_agreement_with_the_same_contacts(app: Flask, database: Database) -> None:
    house = House(app, database, "service.api.agreements register_agreements")
    program = house.program()
    answer = program.post("agreements", house.body(BEA))
    assert answer.status_code == 201, answer.text
    other = house.body() | {"confirmed_doubles": True}
    other["clients"][0] |= {"client_number": "K0002", "name": "Anders"}
    refused(program.post("agreements", other), 403, "contact.not_by_token")
    assert set(house.addresses()) == {BEA["email"]}


def test_more_than_a_day_allows_are_refused_and_nothing_is_changed(app: Flask, database: Database) -> None:
    most = REFUSED["contact"].to_address
    house = House(app, database, "service.api.agreements register_agreements")
    officer, body = house.officer(), house.body()
    clients = [a_client(n, contacts=[BEA], in_force_to="2026-01-31") for n in range(2, most + 3)]
    listed = [{name: client[name] for name in client if name != "slug"} for client in clients]
    assert officer.post("agreements", body | {"clients": listed}).status_code == 201
    moved = [client | FOLLOWS | {"contacts": body["clients"][0]["contacts"]} for client in listed]
    answer = officer.post("agreements", body | {"clients": moved})
    assert keys(answer) == [(f"clients.{most}.contacts", "contact.addresses_too_often")]
    assert THIEF["email"] not in house.addresses() and jobs_mail(house) == []


def jobs_mail(house: House) -> list[tuple[str, str, str]]:
    """What is mailed now: text, reader, and what is said."""
    outbox = Outbox()
    jobs.use_mail_sender(outbox)
    while jobs.drain(str(house.office.id)):
        pass
    return [
        (letter[0], person.address, letter[1])
        for mail in outbox.mails for person in mail.people for letter in [mail.as_read_by(person)]
    ]  # fmt: skip


def test_a_list_of_forty_mails_each_address_once_and_the_owners_once(app: Flask, database: Database) -> None:
    house = House(app, database, "service.api.agreements register_agreements")
    owner, officer, body = a_member(house.office.id, OWNER, "Linde"), house.officer(), house.body()
    clients = [
        a_client(n, contacts=[BEA, {"name": "Cor", "email": f"cor{n}@x.example"}], in_force_to="2026-01-31")
        for n in range(2, 42)
    ]  # fmt: skip
    listed = [{name: client[name] for name in client if name != "slug"} for client in clients]
    assert officer.post("agreements", body | {"clients": listed}).status_code == 201
    failing = "update contact_standing set bounced_at = now() where address = 'cor2@x.example' and organisation_id = :o"
    house.rows(failing)
    moved = [
        client | FOLLOWS | {"contacts": [{"name": "Nel", "email": f"nel{nth}@y.example"}]}
        for nth, client in enumerate(listed)
    ]  # fmt: skip
    assert officer.post("agreements", body | {"clients": moved}).status_code == 201
    mails = jobs_mail(house)
    [owners] = database.outside("select email from app_user where id = :u", u=owner.id)
    expected = [BEA["email"], *(f"cor{n}@x.example" for n in range(3, 42)), owners["email"]]
    assert sorted(reader for _, reader, _ in mails) == sorted(expected)
    to = {reader: said for _, reader, said in mails}
    assert "Fenna de Wit van De Linde Accountants heeft dit mailadres weggehaald" in to["cor3@x.example"]
    assert "Client 3" in to["cor3@x.example"] and "en nog 39 opdrachtgevers" in to[BEA["email"]]
    assert "Client 2 (K0002)" in to[owners["email"]] and "en nog 20 opdrachtgevers" in to[owners["email"]]
    assert "Dit deed: Fenna de Wit" in to[owners["email"]]


def test_changes_one_by_one_are_gathered_for_the_owners(app: Flask, database: Database) -> None:
    """The first is mailed at once; those of the next hour come in one mail."""
    office = an_office(3, contacts=[BEA])
    a_member(office.id, OWNER, "Linde")
    assert office.officer.id
    officer = caller_for(app, office.officer.id)
    for row in sorted(officer.get("agreements").json["items"], key=lambda row: row["client_number"]):
        path = f"agreements/{row['id']}"
        seen = {"If-Match": officer.get(path).headers["ETag"]}
        body = {"contacts": [THIEF | {"email": f"{row['client_number']}@evil.example"}]}
        assert officer.put(f"{path}/contacts", body, headers=seen).status_code == 200
    mails = database.outside("""
        select b.state, b.not_before > now() + interval '50 minutes' as is_later, common
          from mail_batch b where b.organisation_id = :o and b.text_key = 'contacts_changed' order by b.id""",
                             o=office.id)  # fmt: skip
    assert [(row["state"], row["is_later"]) for row in mails] == [
        ("planned", False), ("rejected", True), ("planned", True)]  # fmt: skip
    assert [len(row["common"]["agreements"].split()) for row in mails] == [1, 1, 2]
    gone = "select count(*) as n from mail_batch where organisation_id = :o and text_key = 'contact_gone'"
    assert database.outside(gone, o=office.id)[0]["n"] == 1, "once a day to one address"

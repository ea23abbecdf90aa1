"""The contact in a row of a board, its print and its file: who was reached, else was mailed, else is to be called."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from tenants.agreements.processing_agreements import register_clients
from tenants.history.entries import Actor
from tenants.isolation import acting_for, database_now
from tenants.keys.renewing import destroy_key
from tenants.register.escalations import Escalation, board, need_a_call
from tenants.register.incidents import Incident
from tests.conftest import Database
from tests.factories import Office, a_client, an_incident, an_office, proven
from tests.pages.conftest import Reader, slug_of
from workflows.escalation.board_contacts import RowContact, contacts_of
from workflows.escalation.board_list import Asked
from workflows.escalation.conversations import Conversation, conversations, record_conversation, take_back
from workflows.escalation.correcting_contacts import correct_contact
from workflows.escalation.escalation import inform, make_aware
from workflows.escalation.incident_board import read_board
from workflows.mail.evidence import newest_outcomes
from workflows.mail.outbox import Outbox
from workflows.mail.set_aside import set_aside
from workflows.running.jobs import drain

Login = Callable[[Actor], Reader]
ANNA, KEES = {"name": "Anna", "email": "anna@client.example"}, {"name": "Kees", "phone": "010 12345"}


def shown(base: str, there: Reader, client: str) -> tuple[str, ...]:
    """A client's row on the board, on its print and in its file."""
    pages = [there.see(base).split("<tr"), there.see(f"{base}/print").split("<tr")]
    file = there.client.get(f"{base}/board.csv").data.decode("utf-8-sig").splitlines()
    of = [next(row for row in rows if '<th scope="row">' in row and client in row) for rows in pages]
    return *of, next(line for line in file if client in line)


def one_client_written_to() -> tuple[Office, Incident, Escalation]:
    """An office whose one client has Anna as its contact; its message is written down and waits to be sent."""
    office = an_office(0)
    with acting_for(office.id):
        register_clients([a_client(1, name="Klant 1", contacts=[ANNA])])
    incident = an_incident(Office(office.id, office.officer, 1))
    with acting_for(office.id):
        [client] = board(incident.id, 1)
        list(inform([client]))
    return office, incident, client


def test_a_row_names_who_was_reached_else_who_was_written_to_and_how_that_ended(
    reader: Login, database: Database
) -> None:
    office = an_office(0)
    two = [{"name": "Ans", "email": "ans@client.example", "phone": "010"}, {"name": "Bo", "email": "bo@client.example"}]
    with acting_for(office.id):
        register_clients([a_client(n, name=f"Klant {n}", contacts=two) for n in range(1, 5)])
    incident = an_incident(Office(office.id, office.officer, 4))
    with acting_for(office.id):
        by_mail, by_phone, waits, failed = sorted(board(incident.id, 9), key=lambda e: e.controller_name)
        list(inform([by_mail, by_phone, waits, failed]))
    database.outside("update recipient set state = 'bounced' where about_id = :e", e=failed.id)
    database.outside("update recipient set state = 'delivered' where about_id = :e", e=by_mail.id)
    with acting_for(office.id):
        make_aware({by_mail.id: (datetime.now(UTC), "mail")})
        spoken = Conversation("spoken", datetime.now(UTC), "Cor van de receptie")
        record_conversation(by_phone.id, spoken, office.officer)
    # The machine wrote to the second contact before the first one's mail turned out to have arrived.
    database.outside("update escalation set rung = 2 where id = :e", e=by_mail.id)
    there, base = reader(office.officer), f"/o/{slug_of(office.id)}/incidents/{incident.id}"
    shown = {"Klant 1": ("Ans", "bereikt per e-mail"), "Klant 2": ("Cor van de receptie", "gesproken aan de telefoon"),
             "Klant 3": ("Ans", "gemaild, nog niet bereikt"), "Klant 4": ("Ans", "mail kwam niet aan")}  # fmt: skip
    file = there.client.get(f"{base}/board.csv").data.decode("utf-8-sig").splitlines()
    for page in (there.see(base), there.see(f"{base}/print")):
        rows = [row for row in page.split("<tr") if '<th scope="row">' in row]
        for client, words in shown.items():
            [row] = [row for row in rows if client in row]
            [line] = [line for line in file if client in line]
            assert all(word in row and word in line for word in words), (client, row, line)
            assert "bo@client.example" not in row and "bo@client.example" not in line
    with acting_for(office.id):
        newest = conversations([by_phone.id])[by_phone.id][0].seq
        rows_now = "".join(re.findall(r'data-was="(\w+)"', there.see(base)))
        take_back(by_phone.id, newest, "verkeerd genoteerd, dit was een ander", office.officer)
    live = json.loads(there.see(f"{base}/board.json?rows={rows_now}"))
    [changed] = [row for row in live["rows"] if row not in rows_now]
    assert "Klant 2" in changed and "gemaild, nog niet bereikt" in changed and "Cor" not in changed


def test_a_contact_with_a_telephone_only_in_place_of_one_whose_mail_came_back_shows_the_number(
    reader: Login, database: Database
) -> None:
    office, incident, client = one_client_written_to()
    database.outside("update recipient set state = 'bounced' where about_id = :e", e=client.id)
    with acting_for(office.id):
        correct_contact(client.id, 1, KEES, 1 << 40, proven(office.officer))
    there, base = reader(office.officer), f"/o/{slug_of(office.id)}/incidents/{incident.id}"
    for row in shown(base, there, "Klant 1"):
        assert "Kees" in row and "010 12345" in row and "mail kwam niet aan, adres niet bekend" in row


def test_a_row_says_that_no_contact_of_its_client_works_until_somebody_informed_it(
    reader: Login, database: Database
) -> None:
    office, incident, client = one_client_written_to()
    base, there = f"/o/{slug_of(office.id)}/incidents/{incident.id}", reader(office.officer)
    said = "Geen contact dat werkt"
    assert said not in there.see(base)
    with acting_for(office.id):
        before = read_board(incident.id, Asked(most=9)).rows[0].shown
    database.outside("update contact_standing set bounced_at = now() where organisation_id = :o", o=office.id)
    assert there.see(base).count(said) == 1
    with acting_for(office.id):
        assert read_board(incident.id, Asked(most=9)).rows[0].shown != before, "an open board asks for the row again"
        make_aware({client.id: (datetime.now(UTC), "phone")})
    assert said not in there.see(base)


def test_mail_that_was_never_sent_did_not_come_back(database: Database) -> None:
    office, incident, client = one_client_written_to()
    [mail] = database.outside("select id from recipient where about_id = :e", e=client.id)
    with acting_for(office.id):
        correct_contact(client.id, 1, KEES, 1 << 40, proven(office.officer))
        assert set_aside([(mail["id"], client.id, ANNA["email"])]) == {mail["id"]}
        need_a_call([client.id])
        [row] = read_board(incident.id, Asked()).rows
        assert (row.state, row.mails) == ("phone_only", ())
        assert contacts_of([row]) == {client.id: RowContact("Kees", "010 12345")}
        assert newest_outcomes("escalation", [client.id]) == {}


def test_mail_before_the_one_that_was_never_sent_still_counts(database: Database) -> None:
    office, incident, client = one_client_written_to()
    database.outside("update recipient set state = 'bounced' where about_id = :e", e=client.id)
    with acting_for(office.id):
        list(inform([client]))
    database.outside("""
        insert into recipient (organisation_id, id, batch_id, purpose, about_id, address_hash, sealed, state, reason)
        select organisation_id, uuidv7(), batch_id, purpose, about_id, address_hash, sealed, 'dropped',
               'the office replaced this address' from recipient where about_id = :e""", e=client.id)  # fmt: skip
    with acting_for(office.id):
        [row] = read_board(incident.id, Asked()).rows
        assert row.state == "bounced" and [mail.partition(":")[2] for mail in row.mails] == ["bounced"]
        assert list(newest_outcomes("escalation", [client.id]).values()) == ["failed"]


def test_who_was_told_before_the_incident_was_recorded_can_still_be_called(reader: Login) -> None:
    office = an_office(1)
    with acting_for(office.id):
        now = database_now()
    incident = an_incident(office, [replace(hit, informed_at=now, informed_how="phone") for hit in office.hits])
    with acting_for(office.id):
        [client] = board(incident.id, 1)
    there, base = reader(office.officer), f"/o/{slug_of(office.id)}/incidents/{incident.id}"
    for row in shown(base, there, client.controller_name):
        assert "gesproken aan de telefoon, met wie is niet bekend" in row
        assert client.contacts[0]["name"] in row and client.contacts[0]["phone"] in row


def test_after_the_key_is_destroyed_a_board_shows_all_but_which_address_was_mailed(
    reader: Login, outbox: Outbox
) -> None:
    office = an_office(1)
    incident = an_incident(office)
    while drain(str(office.id)):
        pass
    with acting_for(office.id):
        [client] = board(incident.id, 1)
        destroy_key(proven(office.officer))
    there, base = reader(office.officer), f"/o/{slug_of(office.id)}/incidents/{incident.id}"
    live = json.loads(there.see(f"{base}/board.json"))["rows"]
    for row in (*shown(base, there, client.controller_name), *live):
        assert client.contacts[0]["name"] in row and "gemaild, adres niet bekend, nog niet bereikt" in row

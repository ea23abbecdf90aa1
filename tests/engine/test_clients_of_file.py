"""Clients come from a file, are known again, and are taken back until something rests on one of them."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from service.schemas.clients_from_file import CheckedClients, ForAll, check_clients
from service.web.entry_details import entry_sentences
from tenants.agreements.changed_agreements import Terms
from tenants.agreements.client_list import agreements
from tenants.agreements.clients import client_of
from tenants.agreements.processing_agreements import agreements_by_client_number, register_clients
from tenants.database import db
from tenants.errors import AlreadyDone, ManyInvalid, NotAllowed
from tenants.history.entries import of_subject
from tenants.history.witness import verify_acting_organisation
from tenants.isolation import acting_for
from tenants.organisations.admission import SUSPENDED
from tests.conftest import Database
from tests.factories import Office, a_client, an_incident, an_office, an_organisation
from tests.operating import admit
from workflows.agreements.changing import change_terms
from workflows.agreements.clients_of_file import held_back, take, take_back
from workflows.agreements.ending import end_agreement
from workflows.escalation.incident import ClientHit

SERVICES = {"payroll_bare": "processor"}
ALL = ForAll(SERVICES, date(2020, 1, 1), "Administratie")
AGREED = "Loonadministratie, alleen verwerken (verwerker)"
HASH = "ab" * 32
HEADINGS = {"name": "Naam", "hours_to_notify": "Uren", "contact_email": "Mail", "client_number": "Nr"}
BAKER, DENTIST = "Bakkerij Jansen", "Tandarts Wit"
IN_USE = "update organisation set claimed_at = now() where kvk_number = :kvk"
ASKED = "update contact_standing set asked_at = now() where organisation_id = :office and address = 'info@wit.example'"
KVK = {"B1": "81000001", "T1": "81000002"}


def rows(*changed: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    """A file of two clients, the second without a name for its contact; with changes, of the clients that they are for.
    """
    nothing = {"in_force_from": None, "hours_to_notify": 24}
    bea = {"name": "Bea", "email": "Bea@Jansen.example", "phone": "010 123 45 67"}
    plain = [
        {"name": BAKER, "client_number": "B1", "kvk_number": KVK["B1"], "contacts": [bea]},
        {"name": DENTIST, "client_number": "T1", "kvk_number": KVK["T1"], "contacts": [{"email": "info@wit.example"}]},
    ]  # fmt: skip
    return [(nth, nothing | row | other) for nth, (row, other) in enumerate(zip(plain, changed, strict=False), 2)]


def checked(office: Office, *changed: dict[str, Any]) -> CheckedClients:
    with acting_for(office.id):
        return check_clients(rows(*changed or ({}, {})), ALL, HEADINGS)


def taken(office: Office, file: UUID, *changed: dict[str, Any], is_confirmed: bool = False) -> int:
    """The new clients of the file."""
    with acting_for(office.id):
        clients = check_clients(rows(*changed or ({}, {})), ALL, HEADINGS).clients
        return take(clients, file, HASH, is_confirmed, office.officer)


def undone(office: Office, file: UUID) -> int:
    with acting_for(office.id):
        return take_back(file, HASH, office.officer)


def listed(office: Office, search: str = "") -> set[str]:
    """The numbers in the office's list of clients."""
    with acting_for(office.id):
        return {row["client_number"] for row in agreements(50, None, search)}


def entries(organisation: UUID, subject: UUID) -> list[str]:
    with acting_for(organisation):
        return [entry.what for entry in of_subject(subject)]


@pytest.fixture
def office(database: Database) -> Office:
    """It has one client, K0001."""
    return an_office(1)


@pytest.fixture
def file(office: Office) -> UUID:
    """Its two clients are taken."""
    made = uuid4()
    assert taken(office, made) == 2
    return made


def test_a_file_is_taken_and_known_again(app: Flask, office: Office, file: UUID) -> None:
    assert listed(office) == {"K0001", "B1", "T1"} and listed(office, "tandarts") == {"T1"}
    with acting_for(office.id):
        [entry] = [entry for entry in of_subject(office.id) if entry.what == "clients.taken_from_file"]
        assert entry.details == {"file": str(file), "sha256": HASH, "count": 2}
        [term] = agreements_by_client_number(["T1"])["T1"]
        assert client_of(term.id).current.contacts == [{"name": "Administratie", "email": "info@wit.example"}]
    with app.test_request_context(headers={"Cookie": "language=nl"}):
        assert entry_sentences(entry) == [f"2 opdrachtgevers. Vingerafdruk van het bestand (SHA-256): {HASH}"]
    assert entries(office.id, term.id) == ["agreement.registered"]
    again = checked(office)
    assert (again.new, again.known_again, again.faults, again.doubles) == ([], [2, 3], [], [])
    assert taken(office, uuid4()) == 0
    assert listed(office) == {"K0001", "B1", "T1"}


def test_what_a_file_says_otherwise_of_a_client_is_told_and_changes_nothing(office: Office, file: UUID) -> None:
    less = {"hours_to_notify": None, "kvk_number": None}
    says_less = checked(office, less, {"contacts": [], "name": DENTIST.upper()})
    assert (says_less.known_again, says_less.faults) == ([2, 3], [])
    somebody = [{"email": "ander@jansen.example"}]
    other = checked(office, {"hours_to_notify": 48, "contacts": somebody}, {"in_force_from": "2024-01-01"})
    assert other.new == [] and other.known_again == []
    assert [(fault.row, fault.column, fault.key, fault.value, fault.proposal) for fault in other.faults] == [
        (2, "Uren", "file.listed_otherwise", "48", "24"),
        (2, "Mail", "file.listed_otherwise", "ander@jansen.example", ""),
        (3, "", "file.listed_otherwise", "2024-01-01", "2020-01-01"),
    ]  # fmt: skip
    with acting_for(office.id):
        [term] = agreements_by_client_number(["B1"])["B1"]
        end_agreement(term.id, date(2024, 12, 31), None, client_of(term.id).version, office.officer)
    [fault] = checked(office).faults
    assert (fault.row, fault.key, fault.values["day"]) == (2, "file.listed_ended", date(2024, 12, 31))


def test_what_registering_would_refuse_is_known_before(office: Office, file: UUID, database: Database) -> None:
    [known] = database.outside("select controller_name as name, kvk_number_stated as kvk from processing_agreement "
                               "where processor_id = :o and client_number = 'K0001'", o=office.id)  # fmt: skip
    twice = [{"name": "Bea", "email": "bea@x.example"}, {"name": "Bee", "email": "BEA@x.example"}]
    changed = ({"client_number": "N1", "kvk_number": known["kvk"]}, {"client_number": "N2", "contacts": twice})
    with acting_for(office.id):
        found = check_clients(rows(*changed), ALL, HEADINGS)
        assert {(fault.row, fault.key) for fault in found.faults} == {(3, "contact.doubled")}
        assert {(fault.row, fault.key) for fault in found.doubles} == {
            (2, "client.likely_double_kvk_number"), (2, "client.likely_double_name"),
            (3, "client.likely_double_kvk_number"),
        }  # fmt: skip
        with pytest.raises(ManyInvalid) as refused:
            take(found.clients, uuid4(), HASH, False, office.officer)
        told = {fault.key for fault in (*found.faults, *found.doubles)}
        assert {fault.key for fault in refused.value.faults} == told
    admit(office.id, most_clients=3)
    assert {fault.key for fault in checked(office, changed[0]).faults} == {"office.too_many_clients"}
    assert listed(office) == {"K0001", "B1", "T1"}


def test_taken_back_nothing_is_left_but_what_history_says(
    app: Flask, office: Office, file: UUID, database: Database
) -> None:  # fmt: skip
    places = database.outside("select id, controller_id, client_number from processing_agreement where file_id = :f "
                              "order by client_number", f=file)  # fmt: skip
    with acting_for(office.id):
        register_clients([a_client(5, contacts=[{"name": "Wit", "email": "info@wit.example"}])])
    assert undone(office, file) == 2
    assert listed(office) == {"K0001", "K0005"} and listed(office, "tandarts") == set()
    left = database.outside("select address from contact_standing where organisation_id = :o", o=office.id)
    addresses = {row["address"] for row in left}
    assert "bea@jansen.example" not in addresses and "info@wit.example" in addresses
    for place in places:
        assert entries(office.id, place["id"]) == ["agreement.registered", "agreement.taken_back"]
        assert entries(place["controller_id"], place["id"]) == ["agreement.registered", "agreement.taken_back"]
        with acting_for(place["controller_id"]):
            verify_acting_organisation()
    with acting_for(office.id):
        last = of_subject(office.id)[-1]
    assert (last.what, last.details) == ("clients.taken_back", {"file": str(file), "sha256": HASH, "count": 2})
    with app.test_request_context(headers={"Cookie": "language=nl"}):
        assert entry_sentences(last) == ["2 opdrachtgevers", f"Vingerafdruk van het bestand (SHA-256): {HASH}"]
    with pytest.raises(AlreadyDone):
        undone(office, file)
    assert taken(office, uuid4(), {"name": "Bakkerij Janssen"}, is_confirmed=True) == 1
    led = """select o.id, o.name from processing_agreement a join organisation o on o.id = a.controller_id
              where client_number = 'B1' and processor_id = :o"""
    [again] = database.outside(led, o=office.id)
    assert again["name"] == "Bakkerij Janssen" and again["id"] not in {place["controller_id"] for place in places}


def with_an_incident(office: Office, database: Database) -> None:
    an_incident(office, [ClientHit(1, "T1", 5, 5)])


def with_other_hours(office: Office, database: Database) -> None:
    with acting_for(office.id):
        client = client_of(agreements_by_client_number(["T1"])["T1"][0].id)
        terms = Terms(in_force_from=date(2020, 1, 1), in_force_to=None, hours_to_notify=4, services=SERVICES)
        change_terms(client.current.id, terms, client.version, office.officer)


def with_a_later_agreement(office: Office, database: Database) -> None:
    with acting_for(office.id):
        register_clients([a_client(9, kvk_number=KVK["T1"])])


def with_a_contact_that_was_asked(office: Office, database: Database) -> None:
    database.outside(ASKED, office=office.id)


def with_a_register_in_use(office: Office, database: Database) -> None:
    database.outside(IN_USE, kvk=KVK["T1"])


@pytest.mark.parametrize(("begins", "why"), [
    (with_an_incident, "incident"), (with_other_hours, "changed"), (with_a_later_agreement, "later"),
    (with_a_contact_that_was_asked, "mailed"), (with_a_register_in_use, "opened"),
])  # fmt: skip
def test_a_file_stays_where_something_rests_on_one_of_its_clients(
    begins: Callable[[Office, Database], None], why: str, office: Office, file: UUID, database: Database
) -> None:
    begins(office, database)
    before = listed(office)
    with acting_for(office.id):
        told = [(fault.key, fault.values["client_number"]) for fault in held_back(file)]
        assert told == [(f"clients.held_back_{why}", "T1")]
    with pytest.raises(ManyInvalid) as refused:
        undone(office, file)
    assert [fault.key for fault in refused.value.faults] == [f"clients.held_back_{why}"]
    assert listed(office) == before >= {"B1", "T1"}
    with acting_for(office.id):
        assert db.session.execute(text("select take_back_clients(:f)"), {"f": file}).all() == []


def test_who_has_a_number_holds_nothing_back(office: Office, database: Database) -> None:
    """A verified organisation with that number is asked; whether there is one, the office does not learn."""
    verified = an_organisation("Echt Jansen")
    database.outside("update organisation set kvk_number = :kvk, claimed_at = now() where id = :o", kvk=KVK["B1"],
                     o=verified)  # fmt: skip
    file = uuid4()
    taken(office, file)
    asked = "select count(*) as n from run where organisation_id = :o and workflow = 'asked'"
    assert database.outside(asked, o=verified) == [{"n": 1}]
    assert undone(office, file) == 2
    with acting_for(verified):
        assert db.session.execute(text("select * from asked_of_me(array(select subject_id from run))")).all() == []


def test_another_office_has_no_part_in_it(office: Office, file: UUID) -> None:
    other = an_office(1)
    assert checked(other).known_again == []
    with acting_for(other.id):
        assert held_back(file) == []
    with pytest.raises(AlreadyDone):
        undone(other, file)
    assert listed(office) == {"K0001", "B1", "T1"}
    admit(office.id, SUSPENDED)
    with pytest.raises(NotAllowed):
        undone(office, file)


def test_the_services_of_a_row_go_before_those_of_all(office: Office, file: UUID) -> None:
    bookkeeping = {"services": {"bookkeeping": None, "payroll_bare": None}}
    same = checked(office, {"services": {"payroll_bare": None}}, {"services": SERVICES})
    assert (same.known_again, same.differ, same.faults) == ([2, 3], [], [])
    other = checked(office, bookkeeping, {"services": {"payroll_bare": "controller"}})
    assert (other.known_again, other.differ) == ([], [2, 3])
    assert [(fault.row, fault.key, fault.value, fault.proposal) for fault in other.faults] == [
        (2, "file.listed_otherwise", "Boekhouding, Loonadministratie, alleen verwerken", AGREED),
        (3, "file.listed_otherwise", "Loonadministratie, alleen verwerken (zelf verantwoordelijk)", AGREED),
    ]  # fmt: skip
    new = {"client_number": "N1", "name": "Nieuw", "kvk_number": "81000009"}
    [fault] = checked(office, new | bookkeeping).faults
    assert (fault.key, fault.proposal) == ("file.service_without_role", f"Boekhouding (verwerker), {AGREED}")
    [client] = checked(office, new | {"services": {"hosting": "controller", "payroll_bare": None}}).clients
    assert client["services"] == {"hosting": "controller", "payroll_bare": "processor"}

"""A version before allowed one client number at two clients: the office sees whom an incident does not reach."""

from collections.abc import Callable

from tenants.agreements.client_numbers import clients_not_reached
from tenants.agreements.processing_agreements import register_clients
from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import Office, a_client, an_office
from tests.pages.conftest import Reader, slug_of

Login = Callable[[Actor], Reader]


def shared(database: Database) -> tuple[Office, list[str]]:
    """Two clients with one number, as the version before allowed: the second agreement began later."""
    office = an_office(clients=2)
    rows = database.outside("""
        update processing_agreement set client_number = 'K0001', in_force_from = date '2020-01-01'
               + (case client_number when 'K0002' then 100 else 0 end)
         where processor_id = :o returning controller_name, in_force_from""", o=office.id)  # fmt: skip
    return office, [row["controller_name"] for row in sorted(rows, key=lambda row: row["in_force_from"])]


def test_the_office_is_told_whom_an_incident_does_not_reach(reader: Login, database: Database) -> None:
    office, (first, second) = shared(database)
    with acting_for(office.id):
        assert [(client.name, client.reached) for client in clients_not_reached()] == [(first, second)]
    page = reader(office.officer).see(f"/o/{slug_of(office.id)}/")
    assert "Een incident bereikt niet al uw opdrachtgevers" in page and first in page and second in page


def test_it_ends_when_the_client_has_a_number_of_its_own(database: Database) -> None:
    office, (first, _) = shared(database)
    [row] = database.outside("""
        select o.kvk_number, o.name from processing_agreement a join organisation o on o.id = a.controller_id
         where a.processor_id = :o and a.controller_name = :n""", o=office.id, n=first)  # fmt: skip
    client = a_client(9, kvk_number=row["kvk_number"], client_number="K0009") | {"name": first}
    with acting_for(office.id):
        register_clients([client])
        assert clients_not_reached() == []
    [kept] = database.outside("select count(*) as n from processing_agreement where processor_id = :o", o=office.id)
    assert kept["n"] == 3, "nothing was taken away"


def test_a_number_that_one_client_has_is_not_reported(database: Database) -> None:
    office = an_office(clients=3)
    with acting_for(office.id):
        assert clients_not_reached() == []
    database.outside("""update processing_agreement set client_number = 'K0001', in_force_from = '2019-01-01',
        in_force_to = '2019-12-31' where processor_id = :o and client_number = 'K0002'""", o=office.id)
    with acting_for(office.id):
        assert clients_not_reached() == [], "an agreement that ended is nobody to reach"

"""Bench of an office's list of clients, 10,000 of them: each order at its beginning and far on, searches and filters.

The goal is processor time of the app and the database together, in milliseconds; the figure is that of the slowest
page. Names are of a trade and a name out of 3,000; one client in twenty has no contact.
"""

from uuid import UUID

from sqlalchemy import create_engine

from service.schemas.paging import token_after
from tenants.agreements.processing_agreements import register_clients
from tenants.isolation import acting_for
from tests.factories import FRIDAY_EVENING, a_client, an_incident, an_office
from tests.operating import OPERATORS
from tests.trials.bench.asked_pages import AskedPages
from tests.trials.bench.bench_env import BenchEnv, Place
from tests.trials.bench.statistics import Figure

NAME, LOT = "bench_clients", 1000
ORDERS = ("name", "number", "newest", "attention")
TRADES, FIRST = ("Bakkerij", "Garage", "Tandarts", "Café"), ("Jans", "Pieter", "Visser", "Mulder", "Smit", "Zee")
SYLLABLES = "aeiouklmnr"
NARROWED = {
    "a name": "search=visser", "a name of few": "search=bakkerij+zeeaa", "a contact": "search=anna77@client.example",
    "a number": "search=K0077", "a telephone": "search=010+12345", "no hit": "search=zwembad",
    "in force": "state=in_force", "without a contact": "contact=none", "a service": "service=payroll_bare",
    "accepted": "accepted=true", "without hours": "hours=false",
}  # fmt: skip
FAR_ON = "select id from processing_agreement where processor_id = %s order by {} offset %s limit 1"
BY = {"name": "folded_name, id", "number": "folded_number, id", "newest": "id desc", "attention": "folded_name, id"}


def measure(bench_env: BenchEnv) -> list[Figure]:
    """Measure the slowest page of a sorted list, and of a narrowed one."""
    with bench_env.database(NAME) as place:
        OPERATORS[NAME] = create_engine(place.config.owner_url())
        clients = bench_env.size(10_000, 500)
        office = _fill(place, clients)
        pages, of = AskedPages(bench_env, place, office), f"{clients:,} clients"
        ordered = {f"by {order}": f"agreements?sort={order}" for order in ORDERS} | {
            f"by {order}, far on": f"agreements?sort={order}&after={_far_on(place, office, order, clients)}"
            for order in ORDERS
        }  # fmt: skip
        narrowed = {name: f"agreements?{query}" for name, query in NARROWED.items()}
        return [pages.slowest("clients", of, ordered), pages.slowest("clients, narrowed", of, narrowed)]


def _fill(place: Place, clients: int) -> UUID:
    office = an_office(1)
    for first in range(2, clients + 1, LOT):
        lot = [a_client(n, name=_name(n), **({} if n % 20 else {"contacts": []}))
               for n in range(first, min(first + LOT, clients + 1))]  # fmt: skip
        with acting_for(office.id):
            register_clients(lot)
    an_incident(office, office.hits[:1])
    place.settle()
    return office.id


def _name(number: int) -> str:
    ending = "".join(SYLLABLES[int(digit)] for digit in str(number % 500))
    return f"{TRADES[number % len(TRADES)]} {FIRST[number // 4 % len(FIRST)]}{ending}"


def _far_on(place: Place, office: UUID, order: str, clients: int) -> str:
    """Return the token of the page that comes after nine tenths of the list."""
    return token_after(FRIDAY_EVENING, place.one(FAR_ON.format(BY[order]), office, clients * 9 // 10))

"""What the routes of owners change: each table is kept from a seat that waits by the database, or stands here with why.

The walk is that of test_every_act_remembers; the refusals are tried in tests/tenants/test_waiting_seats.py.
"""

import json
from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from service.embedded.servers import Embedded
from tenants.identity.totp import enrol_totp, has_totp
from tenants.identity.users import OWNER
from tenants.isolation import acting_for_nobody
from tests.conftest import Database
from tests.service.remembering import EXEMPT, ON_TABLE, begin_watch
from tests.service.walk import InProcess, Walk
from tests.tenants.tables import ALL, PASSING, REFUSED_TO_WAITING_SEATS
from tests.trials.attack.requests import Request
from tests.trials.attack.routes import routes_of
from tests.trials.attack.seeding import OFFICE, fill, note_ids
from tests.trials.attack.visitors import Gate
from workflows.roles import NEEDS_FRESH_PROOF

ROUNDS = 3
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
EXCEPTIONS = {
    "the history and its proofs, mail about an act, counters and kept answers": tuple(
        name for some in EXEMPT.values() for name in some),
    "the history itself, and what waits to be chained": ("history", *PASSING),
    "glass that is broken has a trigger of its own, seat_counts_for_glass": ("broken_glass",),
    "what others are told of an act, and how often an address was mailed": ("news", "mail_to_address"),
}  # fmt: skip
"""Tables that need not be kept from a seat that waits, by why."""
REACHED = {
    "membership", "invitation", "deputy", "api_token", "identity_provider", "factor_request", "factor_agreement",
}  # fmt: skip
"""What the walk changes at least."""


@pytest.fixture(scope="module")
def walk(servers: Embedded, database: Database, app: Flask) -> Iterator[Walk]:
    url = servers.postgres.url(str(database.superuser.url.database))
    with psycopg.connect(url, autocommit=True) as outside:
        firms, canaries = fill(20261127, database.config)
        note_ids(outside, firms, canaries)
        begin_watch(database)
        watched = {row["name"] for row in database.outside(
            "select tgrelid::regclass::text as name from pg_trigger where tgname = 'watch'")}  # fmt: skip
        with database.superuser.begin() as connection:
            for table in set(ALL) - watched - set(PASSING):
                connection.execute(text(ON_TABLE.format(table, "'of_nobody'")))
        client, gate = InProcess(app), Gate(app, outside)
        spec = json.loads(client.send(Request("GET", "/api/openapi.json")).content)
        yield Walk(database, client, gate, routes_of(app, spec), firms)


def test_every_table_that_a_door_of_owners_changes_is_kept_from_a_seat_that_waits(walk: Walk) -> None:
    firm = walk.firms[OFFICE]
    owner = next(visitor for visitor in walk.gate.of(firm) if visitor.name.startswith(OWNER))
    owner.take_form(walk.client)
    walk.learn(owner)
    routes = [route for route in walk.routes if route.does in NEEDS_FRESH_PROOF and route.method != "GET"]
    assert {route.does for route in routes} == NEEDS_FRESH_PROOF - {"see_to_keys"}, "no route changes keys"
    for _ in range(ROUNDS):
        walk.chance.shuffle(routes)
        for route in routes:
            have_factors(walk)
            walk.go(owner, route)
    changed = set().union(*walk.changing.values())
    allowed = {*REFUSED_TO_WAITING_SEATS, *(name for some in EXCEPTIONS.values() for name in some)}
    assert {route: tables - allowed for route, tables in walk.changing.items() if tables - allowed} == {}
    assert changed >= REACHED, "the walk got as far as these"


def have_factors(walk: Walk) -> None:
    """Each colleague has an app, so that an owner may ask that it is taken away, and asks anew each time."""
    walk.database.outside("truncate factor_request cascade")
    with acting_for_nobody():
        for firm in walk.firms.values():
            for person in firm.people.values():
                if person.id and not has_totp(person.id):
                    enrol_totp(person.id, SECRET)

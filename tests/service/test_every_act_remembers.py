"""Everybody goes through every route that changes something: whoever's rows change has an entry of it in their history.

In the same transaction, for each party of a row: a trigger that the app does not know notes what is changed.
"""

import json
from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from service.embedded.servers import Embedded
from tenants.database import db
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import an_incident, an_organisation
from tests.service.remembering import begin_act, begin_watch, forgotten, touched
from tests.service.walk import SEED, InProcess, Walk
from tests.trials.attack.requests import Request
from tests.trials.attack.routes import routes_of
from tests.trials.attack.seeding import fill, note_ids
from tests.trials.attack.visitors import Gate
from tests.worlds.asked_controller import AskedController
from workflows.mail.outbox import Outbox

WHO = ("owner", "privacy_officer", "approver", "handler")
CHANGED = {
    "agreed_service", "api_token", "breach", "broken_glass", "deputy", "escalation", "history", "incident",
    "incident_client", "invitation", "membership", "notice", "organisation", "processing_agreement",
    "identity_provider",
}  # fmt: skip
"""Which tables the walk changes at least; a test of its own answers a processor (`consent`)."""


@pytest.fixture(scope="module")
def walk(servers: Embedded, database: Database, app: Flask) -> Iterator[Walk]:
    url = servers.postgres.url(str(database.superuser.url.database))
    with psycopg.connect(url, autocommit=True) as outside:
        firms, canaries = fill(SEED, database.config)
        note_ids(outside, firms, canaries)
        begin_watch(database)
        client, gate = InProcess(app), Gate(app, outside)
        spec = json.loads(client.send(Request("GET", "/api/openapi.json")).content)
        yield Walk(database, client, gate, routes_of(app, spec), firms)


def test_whoevers_rows_change_has_an_entry(walk: Walk) -> None:
    people = [person for firm in walk.firms.values() for person in walk.gate.of(firm) if person.name.split()[0] in WHO]
    for person in people:
        person.take_form(walk.client)
        if person.name.split()[0] in WHO[:2]:
            walk.learn(person)
    routes = [route for route in walk.routes if route.method != "GET"]
    walk.chance.shuffle(routes)
    # An incident comes first: another act may end the agreement that it rests on.
    routes.sort(key=lambda route: not route.rule.endswith("/incidents"))
    for route in routes:
        for person in people:
            walk.go(person, route)
    assert walk.found == {}
    assert set().union(*walk.changing.values()) >= CHANGED, "the walk got as far as these"


@pytest.mark.parametrize("answers", [("accepted", "ended"), ("refused",)])
def test_both_registers_remember_what_a_controller_answers(
    own_database: Database, outbox: Outbox, answers: tuple[str, ...]
) -> None:
    """The office's breach waits in a register of its own, and comes along when it is accepted."""
    house = AskedController(own_database, outbox)
    an_incident(house.office)
    house.work()
    begin_watch(own_database)
    for answer in answers:
        begin_act(own_database)
        house.answered(answer)
        assert touched(own_database) >= {"consent", "history"} and forgotten(own_database) == []


def test_the_watch_finds_who_leaves_no_entry(own_database: Database) -> None:
    organisation = an_organisation()
    begin_watch(own_database)
    with acting_for(organisation):
        db.session.execute(text("update organisation set fg_name = 'Anders' where id = :o"), {"o": organisation})
    assert forgotten(own_database) == ["organisation"]

"""An office with clients on a real database, and callers of the API: one in each role that the tests need."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from service.oidc.installation import NAME, asking
from service.oidc.remembered import Remembered
from tenants.identity.users import APPROVER, AUDITOR, HANDLER, OWNER
from tenants.isolation import acting_for_nobody, database_now
from tests import factories
from tests.conftest import Database
from tests.counting import statements_of
from tests.factories import Office
from tests.oidc.house import OrganisationWithProvider, a_house
from tests.oidc.provider import ProviderServer
from tests.service.caller import Caller, caller_for
from tests.service.two_places import Two, works_at_two
from tests.walls import watched


@pytest.fixture(scope="module", autouse=True)
def walls() -> Iterator[None]:
    """Nowhere in these tests does a statement go over the walls."""
    with watched() as caught:
        yield
    assert caught == []


@pytest.fixture(scope="module")
def office(app: Flask) -> Office:
    """An office with three clients."""
    return factories.an_office(clients=3)


@pytest.fixture(scope="module")
def officer(app: Flask, office: Office) -> Caller:
    """The office's privacy officer."""
    assert office.officer.id
    return caller_for(app, office.officer.id)


@pytest.fixture(scope="module")
def approver(app: Flask, office: Office) -> Caller:
    """The second pair of eyes at the office."""
    return caller_for(app, _id(factories.a_member(office.id, APPROVER, "Bram Jansen")))


@pytest.fixture(scope="module")
def handler(app: Flask, office: Office) -> Caller:
    """The third person of a decision, who sends."""
    return caller_for(app, _id(factories.a_member(office.id, HANDLER, "Joris Mulder")))


@pytest.fixture(scope="module")
def owner(app: Flask, office: Office) -> Caller:
    """Who sees to people at the office."""
    return caller_for(app, _id(factories.a_member(office.id, OWNER, "Linde")))


@pytest.fixture(scope="module")
def reader(app: Flask, office: Office) -> Caller:
    """Somebody at the office who may only read."""
    return caller_for(app, _id(factories.a_member(office.id, AUDITOR, "Riet")))


@pytest.fixture(scope="module")
def stranger(app: Flask) -> Caller:
    """The owner of another organisation."""
    return caller_for(app, _id(factories.a_member(factories.an_organisation("Elders"), OWNER, "Vreemd")))


@pytest.fixture
def moment() -> Callable[[float], str]:
    """So many hours before the database's now, as a client writes it."""

    def before(hours: float) -> str:
        with acting_for_nobody():
            return (database_now() - timedelta(hours=hours)).isoformat()

    return before


@pytest.fixture
def incident(moment: Callable[[float], str]) -> dict[str, Any]:
    """An incident that hits client K0001, as a client of the API sends it."""
    return {
        "title": "Back-upstation kwijt", "services": ["payroll_bare"], "found_at": moment(2),
        "became_aware_at": moment(1), "description": "Weg na de verhuizing", "contact_name": "Fenna de Wit",
        "contact_email": "fenna@example.nl", "facts": {"nature": ["confidentiality"], "data": ["name", "bsn"]},
        "clients": [{"client_number": "K0001", "people": 5}],
    }  # fmt: skip


@pytest.fixture
def own_breach(office: Office) -> UUID:
    """A breach in the office's own register, an hour old."""
    return factories.an_own_breach(office.id, office.officer)


@pytest.fixture
def statements(app: Flask, database: Database) -> Callable[[Callable[[], Any]], int]:
    """How many statements a call needs."""
    def count(call: Callable[[], Any]) -> int:
        with statements_of(app) as seen:
            call()
        return len(seen)

    return count


@pytest.fixture(scope="module")
def server() -> Iterator[ProviderServer]:
    """An identity provider, for the tests of one module."""
    started = ProviderServer()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def used_house(app: Flask, server: ProviderServer) -> OrganisationWithProvider:
    """An organisation that lets its people in through the provider."""
    return a_house(app, server.tenant("one"))


@pytest.fixture
def house(app: Flask, used_house: OrganisationWithProvider) -> Iterator[OrganisationWithProvider]:
    """The same; whatever a test has the provider lie about, the next one begins with an honest one."""
    app.extensions[NAME] = replace(asking(app), remembered=Remembered())
    yield used_house
    used_house.provider.lies.clear()


def _id(actor: Any) -> UUID:
    known: UUID = actor.id
    return known


@pytest.fixture
def two(app: Flask) -> Two:
    """Somebody with a seat at two organisations."""
    return works_at_two(app)


@pytest.fixture
def notice(officer: Caller, own_breach: UUID) -> str:
    """The id of a notice whose list is blank."""
    begun: str = officer.post(f"breaches/{own_breach}/notice").json["id"]
    return begun

"""An office sees of each client whether it is proven whose register it is, and whether it confirmed; nothing else."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from flask import Flask

from tenants.agreements.consents import ACCEPTED, ENDED, REFUSED
from tenants.agreements.processing_agreements import register_clients
from tenants.isolation import acting_for, acting_for_nobody
from tenants.organisations.organisations import found_organisation
from tests.conftest import Database
from tests.factories import a_client, a_member, an_incident, an_office, verified
from tests.service.caller import Caller, caller_for
from workflows.escalation.incident import ClientHit
from workflows.trust.consenting import answer

NOT_YET = {"controller_verified": False, "controller_confirmed": False}
BOTH = {"controller_verified": True, "controller_confirmed": True}
_number = count(68_750_110)


class OfficeAndVerifiedClient:
    """An office with two clients that an incident hit, and the verified organisation that the second one is."""

    def __init__(self, app: Flask, database: Database) -> None:
        number = str(next(_number))
        self.office = an_office(clients=1)
        with acting_for(self.office.id):
            register_clients([a_client(2, kvk_number=number)])
        with acting_for_nobody():
            self.controller = found_organisation(f"bakkerij-{number}", "Bakkerij", number)
        verified(database.config.owner_url(), self.controller)
        self.by = a_member(self.controller)
        self.incident = an_incident(self.office, [*self.office.hits, ClientHit(2, "K0002", 5, 5)])
        assert self.office.officer.id
        self.officer: Caller = caller_for(app, self.office.officer.id)

    def answers(self, *answers: str) -> None:
        for answered in answers:
            with acting_for(self.controller):
                answer(self.office.id, answered, self.by)

    def seen(self) -> list[dict[str, Any]]:
        """How the office sees the second client: in its list, on the board, and at the escalation itself."""
        agreements = self.officer.get("agreements").json["items"]
        rows = self.officer.get(f"incidents/{self.incident.id}/escalations").json["items"]
        [second] = [row for row in rows if row["controller_name"] == "Client 2"]
        whole = self.officer.get(f"escalations/{second['id']}").json
        return [{name: row[name] for name in NOT_YET} for row in (agreements[1], second, whole)]


@pytest.fixture
def chain(app: Flask, database: Database) -> OfficeAndVerifiedClient:
    return OfficeAndVerifiedClient(app, database)


def test_a_client_that_accepted_is_confirmed_wherever_the_office_sees_it(chain: OfficeAndVerifiedClient):
    assert chain.seen() == [NOT_YET] * 3
    chain.answers(ACCEPTED)
    assert chain.seen() == [BOTH] * 3
    first = chain.officer.get("agreements").json["items"][0]
    assert first["client_number"] == "K0001" and first.items() >= NOT_YET.items()


def test_a_refusal_reads_as_not_confirmed_yet_and_changes_nothing_that_the_office_sees(chain: OfficeAndVerifiedClient):
    paths = ("agreements", f"incidents/{chain.incident.id}/escalations")
    before = [chain.officer.get(path).json for path in paths]
    chain.answers(REFUSED)
    assert [chain.officer.get(path).json for path in paths] == before and chain.seen() == [NOT_YET] * 3


def test_what_was_accepted_and_ended_is_not_confirmed_any_more(chain: OfficeAndVerifiedClient):
    chain.answers(ACCEPTED, ENDED)
    assert chain.seen() == [NOT_YET] * 3


def test_another_office_with_the_same_client_sees_only_what_it_was_answered_itself(
    chain: OfficeAndVerifiedClient, app: Flask, database: Database
):
    other = OfficeAndVerifiedClient(app, database)
    chain.answers(ACCEPTED)
    assert other.seen() == [NOT_YET] * 3


def test_every_page_of_the_list_costs_the_same(
    chain: OfficeAndVerifiedClient, statements: Callable[[Callable[[], Any]], int]
):
    with acting_for(chain.office.id):
        register_clients([a_client(n) for n in range(3, 40)])
    costs = {statements(lambda most=most: chain.officer.get(f"agreements?limit={most}")) for most in (1, 2, 39)}
    assert len(costs) == 1

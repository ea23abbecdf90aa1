"""Two people of one office register a client at the same moment: the second one reads what the first one did, at its
field."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from tenants.errors import ManyInvalid
from tenants.isolation import acting_for
from tests.conftest import Database, until
from tests.factories import Office, a_client, an_office
from tests.house.reading import ROOT
from workflows.agreements.registering import register

HELD = text("select pg_advisory_xact_lock(hashtextextended(cast(:office as text), 28))")
BAKER = a_client(1, name="Bakkerij Jansen")


def registering(office: Office, client: Any) -> Callable[[], int]:
    def call() -> int:
        with acting_for(office.id):
            return register([client], False, office.officer)

    return call


@pytest.mark.parametrize(("second", "fault"), [
    ({}, ("agreement.doubled", "clients.0.client_number")),
    ({"in_force_from": "2026-01-01"}, ("agreement.overlaps", "clients.0.in_force_from")),
    ({"client_number": "Z9"}, ("client.likely_double_kvk_number", "clients.0.kvk_number")),
    ({"client_number": "Z9", "kvk_number": "12345678"}, ("client.likely_double_name", "clients.0.name")),
])  # fmt: skip
def test_the_second_one_is_refused_at_its_field(
    database: Database, second: dict[str, str], fault: tuple[str, str]
) -> None:
    """Both wait for the same turn, so that neither sees the other's client before."""
    office = an_office(0)
    with database.superuser.connect() as holder:
        holder.execute(HELD, {"office": str(office.id)})
        calls = []
        for nth, client in enumerate((BAKER, BAKER | second), 1):
            calls.append(database.elsewhere(registering(office, client)))
            until(lambda waiting=nth: database.blocked() >= waiting)
        holder.rollback()
    assert calls[0].result(30) == 1
    refused = calls[1].exception(30)
    assert isinstance(refused, ManyInvalid), refused
    assert (refused.faults[0].key, refused.faults[0].field) == fault


def test_pages_and_api_register_in_turn_alone() -> None:
    """Nothing that takes a person's list registers it without the comparison that waits its turn."""
    places = [*(ROOT / "service/web").rglob("*.py"), *(ROOT / "service/api").rglob("*.py")]
    registers = re.compile(r"\b(register_clients|registered_agreements)\(")
    own = [path.name for path in places if registers.search(path.read_text("utf-8"))]
    assert own == []

"""The operator takes a register back from a stranger: what remains, by how many offices it had and how it was told."""

from collections.abc import Iterator

import pytest

from tenants.agreements.consents import ENDED
from tenants.agreements.doubted_contacts import doubted_contacts
from tenants.identity.users import OWNER
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import a_member, proven
from tests.operating import released
from tests.worlds.asked_controller import AskedController
from tests.worlds.led_elsewhere import NO_MOMENT, ToldOneWay, clock, of_another_office
from tests.worlds.strangers import AGREEMENTS, work
from workflows.escalation.incident_board import call_list
from workflows.mail.outbox import Outbox
from workflows.trust.consenting import answer

STAYS = {"mail": False, "receipt": False, "phone": True}
"""By how the client was told: whether that still counts when the one who was told was a stranger."""


@pytest.fixture
def house(own_database: Database, outbox: Outbox) -> Iterator[AskedController]:
    yield AskedController(own_database, outbox)


def ended_before(told: ToldOneWay) -> None:
    by = proven(a_member(told.register, OWNER))
    with acting_for(told.register):
        answer(told.office, ENDED, by)


@pytest.mark.parametrize("how", STAYS)
@pytest.mark.parametrize("offices", ["one", "two", "ended before"])
def test_what_remains_after_a_release(house: AskedController, offices: str, how: str):
    notice = ToldOneWay(house, how)
    before = clock(notice)
    assert before["state"] == "running" and before["aware_how"] == how
    if offices == "two":
        of_another_office(notice)
    elif offices == "ended before":
        ended_before(notice)
    released(notice.register)
    row = notice.newest()
    register = row["controller_id"]
    work(house, register)
    assert (register != notice.register) == (offices != "one")
    assert house.database.outside(AGREEMENTS, o=notice.office) == [{"controller_id": register}]
    row = notice.newest()
    assert (row["acknowledged_at"], row["decision"]) == (None, None)
    assert row["informed_how"] == (how if STAYS[how] else None)
    assert clock(notice, register) == (before if STAYS[how] else NO_MOMENT)
    with acting_for(notice.office):
        assert [each.contact["email"] for each in doubted_contacts()] == [notice.anna]
        assert [called.id for called in call_list(row["incident_id"])] == ([] if STAYS[how] else [notice.escalation])

"""What waits in an office's own register moves whole: its clock, its decisions, what was done alone, its notices."""

from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest

from tenants.consents import ACCEPTED, answer_processor
from tenants.isolation import acting_for, database_now
from tenants.organisations import claim_acting_organisation
from tests.conftest import Database
from tests.engine.test_consent import House
from tests.factories import an_incident
from workflows import jobs
from workflows.escalation import make_aware
from workflows.mail.outbox import Outbox

CLOCKS = """
    select b.organisation_id, b.became_aware_at, c.state from breach b
      join run r on r.organisation_id = b.organisation_id and r.subject_id = b.id and r.workflow = 'ap_notification'
      join clock c on c.organisation_id = r.organisation_id and c.run_id = r.id"""


@pytest.fixture
def house(own_database: Database, outbox: Outbox) -> Iterator[House]:
    yield House(own_database, outbox)


def escalated(house: House) -> dict[str, Any]:
    """An incident whose mail was sent, and not delivered yet; its escalation."""
    an_incident(house.office)
    while jobs.drain(str(house.office.id)):
        pass
    [escalation] = house.database.outside("select * from escalation")
    return escalation


def test_a_moment_that_is_written_while_the_controller_accepts_runs_its_clock(house: House):
    escalation = escalated(house)
    written, goes_on = Event(), Event()

    def informs() -> None:
        with acting_for(house.office.id):
            make_aware({escalation["id"]: (database_now(), "phone")})
            written.set()
            assert goes_on.wait(30)

    informing = house.database.elsewhere(informs)
    assert written.wait(30)
    accepting = house.database.elsewhere(house.answered, ACCEPTED)
    house.database.wait_until_blocked()
    goes_on.set()
    informing.result(30)
    assert accepting.result(30) == 1
    [mine] = [row for row in house.database.outside(CLOCKS) if row["organisation_id"] == house.id]
    assert mine["became_aware_at"] is not None and mine["state"] == "running"


def test_a_moment_that_comes_while_the_controller_accepts_runs_its_clock(house: House):
    escalation = escalated(house)
    moved, goes_on = Event(), Event()

    def accepts() -> None:
        with acting_for(house.id):
            assert answer_processor(house.office.id, ACCEPTED, None) == 1
            moved.set()
            assert goes_on.wait(30)

    def informs() -> None:
        with acting_for(house.office.id):
            make_aware({escalation["id"]: (database_now(), "phone")})

    accepting = house.database.elsewhere(accepts)
    assert moved.wait(30)
    informing = house.database.elsewhere(informs)
    house.database.wait_until_blocked()
    goes_on.set()
    accepting.result(30)
    informing.result(30)
    [mine] = [row for row in house.database.outside(CLOCKS) if row["organisation_id"] == house.id]
    assert mine["became_aware_at"] is not None and mine["state"] == "running"


def test_a_register_whose_breaches_went_on_elsewhere_is_not_opened_any_more(house: House):
    register = escalated(house)["controller_id"]
    house.answered(ACCEPTED)
    with acting_for(register):
        assert not claim_acting_organisation()
    [gone] = house.database.outside("select * from organisation where id = :o", o=register)
    assert gone["claimed_at"] is None and gone["joined_into"] == house.id
    mays = "select may_write_about(:office, :register) as may"
    assert not house.database.outside(mays, office=house.office.id, register=register)[0]["may"]

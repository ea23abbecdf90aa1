"""Workers held up until their lease lapsed: whoever lost a step writes nothing, whoever is still at it is let be."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.conftest import Database
from tests.engine.toy import (
    Meanwhile,
    a_workflow,
    begun,
    catalogue_of,
    leave_a_mark,
    let_leases_lapse,
    marks,
    steps_of,
)
from tests.factories import an_organisation
from workflows.engine.claims import Claimed, claim, hand_back, note_failure
from workflows.engine.clocks import sweep
from workflows.engine.drain import drain_steps

CATALOGUE = catalogue_of(a_workflow())
GIVING_UP: dict[str, Callable[[UUID, Claimed], None]] = {
    "failed": lambda organisation, claimed: note_failure(organisation, claimed, OSError()),
    "stopped": lambda organisation, claimed: hand_back(organisation, [claimed]),
}


@pytest.fixture
def organisation(database: Database) -> UUID:
    return an_organisation()


@pytest.mark.parametrize("way", GIVING_UP)
def test_who_comes_back_late_gives_up_nothing_of_another(database: Database, organisation: UUID, way: str):
    begun(organisation, CATALOGUE["toy"])
    [late] = claim(organisation, CATALOGUE, uuid4())
    let_leases_lapse(database, organisation)
    sweep()
    [held] = claim(organisation, CATALOGUE, uuid4())
    GIVING_UP[way](organisation, late)
    [row] = steps_of(database, organisation)
    assert (row["state"], row["lease_token"], row["attempt"]) == ("running", held.token, 2)


def test_who_lost_one_of_its_steps_writes_nothing_of_the_others(database: Database, organisation: UUID):
    begun(organisation, CATALOGUE["toy"], 2)

    def one_lapses() -> None:
        database.outside(
            """update step set lease_until = now() - interval '1 second'
                where id = (select id from step where organisation_id = :o order by id limit 1)""",
            o=organisation,
        )
        sweep()

    assert drain_steps(organisation, Meanwhile(CATALOGUE, one_lapses), uuid4()) == 2
    assert [row["state"] for row in steps_of(database, organisation)] == ["ready", "running"]
    assert marks(database, organisation) == 0


def test_who_is_late_but_at_it_is_let_finish(database: Database, organisation: UUID):
    """The sweep neither takes the step away nor waits for it."""
    begun(organisation, CATALOGUE["toy"])

    def work(toys: list[Any]) -> Any:
        assert organisation not in database.elsewhere(sweep).result(10)
        return leave_a_mark(toys)

    late = Meanwhile(catalogue_of(a_workflow(does=work)), lambda: let_leases_lapse(database, organisation))
    drain_steps(organisation, late, uuid4())
    rows = [(row["name"], row["state"], row["error"]) for row in steps_of(database, organisation)]
    assert rows == [("work", "done", None), ("decide", "waiting", None)]
    assert marks(database, organisation) == 1

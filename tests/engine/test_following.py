"""What a machine does next for a whole batch is held as soon as it is opened: claimed and committed, then begun."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.conftest import Database
from tests.engine.toy import a_workflow, begun, catalogue_of, leave_a_mark, let_leases_lapse, marks, steps_of
from tests.factories import an_organisation
from workflows.engine.clocks import sweep
from workflows.engine.drain import drain_steps
from workflows.engine.steps import Job, Workflow

WORK, DECIDE = a_workflow().steps


def in_two(does: Callable[[list[Any]], Any] = leave_a_mark, alone: bool = False) -> Workflow:
    """Work, then check, then a person; the check is what is tried."""
    check = Job(name="check", law="Art. 24", does=does, alone=alone)
    return replace(a_workflow(), steps=(WORK, check, DECIDE))


TWO = in_two()


class Killed(BaseException):
    """kill -9: nothing more of this worker is heard."""


def die(toys: list[Any]) -> list[UUID]:
    raise Killed


@pytest.fixture
def organisation(database: Database) -> UUID:
    return an_organisation()


def drain(organisation: UUID, workflow: Workflow = TWO, stopping: Callable[[], bool] = lambda: False) -> int:
    return drain_steps(organisation, catalogue_of(workflow), uuid4(), stopping)


def checks(database: Database, organisation: UUID) -> set[tuple[str, int, bool]]:
    """The state, the attempts and whether it is leased, of every check."""
    rows = [row for row in steps_of(database, organisation) if row["name"] == "check"]
    return {(row["state"], row["attempt"], row["lease_token"] is not None) for row in rows}


def test_a_batch_does_what_comes_next_at_its_first_attempt(database: Database, organisation: UUID):
    begun(organisation, TWO, 3)
    assert drain(organisation) == 6 and drain(organisation) == 0
    assert checks(database, organisation) == {("done", 1, False)} and marks(database, organisation) == 6
    assert [row["state"] for row in steps_of(database, organisation) if row["name"] == "decide"] == ["waiting"] * 3


def test_what_was_done_singly_leaves_the_next_to_whoever_is_free(database: Database, organisation: UUID):
    begun(organisation, TWO)
    assert drain(organisation) == 1
    assert checks(database, organisation) == {("ready", 0, False)}
    assert drain(organisation) == 1 and marks(database, organisation) == 2


def test_it_is_handed_back_by_who_is_asked_to_stop(database: Database, organisation: UUID):
    begun(organisation, TWO, 3)
    asked = iter([False, True])
    assert drain(organisation, stopping=lambda: next(asked)) == 6
    assert checks(database, organisation) == {("ready", 0, False)} and marks(database, organisation) == 3
    assert drain(organisation) == 3 and marks(database, organisation) == 6


@pytest.mark.parametrize("alone", [False, True])
def test_a_worker_that_dies_at_it_leaves_a_lease_that_is_swept(database: Database, organisation: UUID, alone: bool):
    begun(organisation, TWO, 3)
    with pytest.raises(Killed):
        drain(organisation, in_two(die, alone))
    assert checks(database, organisation) == {("running", 1, True)} and marks(database, organisation) == 3
    assert organisation not in sweep() and drain(organisation) == 0
    let_leases_lapse(database, organisation)
    assert organisation in sweep() and drain(organisation) == 3
    assert checks(database, organisation) == {("done", 2, False)} and marks(database, organisation) == 6


def test_whoever_is_held_up_before_it_is_fenced(database: Database, organisation: UUID):
    begun(organisation, TWO, 3)
    turns = iter([False, True])

    def another_does_it() -> bool:
        if next(turns):
            let_leases_lapse(database, organisation)
            sweep()
            assert drain(organisation) == 3
        return False

    assert drain(organisation, stopping=another_does_it) == 6
    assert checks(database, organisation) == {("done", 2, False)} and marks(database, organisation) == 6


def test_a_following_step_that_fails_waits_as_any_failed_step_does(database: Database, organisation: UUID):
    bad, *_ = begun(organisation, TWO, 3)

    def choke(toys: list[Any]) -> Any:
        if bad in [toy.id for toy in toys]:
            raise ValueError("cannot be done")
        return leave_a_mark(toys)

    assert drain(organisation, in_two(choke)) == 6
    assert checks(database, organisation) == {("ready", 1, False), ("done", 1, False)}
    assert marks(database, organisation) == 5

"""Claims, leases and fences: an effect commits at most once, and every ready step is done in the end."""

from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from tenants.isolation import acting_for
from tests.conftest import WITHIN_S, Database
from tests.engine.toy import (
    Meanwhile,
    a_workflow,
    begun,
    catalogue_of,
    leave_a_mark,
    let_leases_lapse,
    let_waits_end,
    marks,
    steps_of,
)
from tests.factories import an_organisation
from workflows.engine.claims import BATCH, MOST_ATTEMPTS
from workflows.engine.clocks import sweep
from workflows.engine.drain import drain_steps
from workflows.engine.runs import runs_about

TOY = a_workflow()
CATALOGUE = catalogue_of(TOY)


@pytest.fixture
def organisation(database: Database) -> UUID:
    return an_organisation()


def drain(organisation: UUID, catalogue: Any = CATALOGUE) -> int:
    return drain_steps(organisation, catalogue, uuid4())


def names(database: Database, organisation: UUID) -> list[tuple[str, str]]:
    return [(row["name"], row["state"]) for row in steps_of(database, organisation)]


class Killed(BaseException):
    """kill -9: nothing more of this worker is heard."""


def die() -> None:
    raise Killed


def a_worker_dies_after_claiming(organisation: UUID) -> None:
    with pytest.raises(Killed):
        drain(organisation, Meanwhile(CATALOGUE, die))


def test_a_step_is_done_and_the_next_one_opens(database: Database, organisation: UUID):
    begun(organisation, TOY)
    assert drain(organisation) == 1
    assert names(database, organisation) == [("work", "done"), ("decide", "waiting")]
    assert marks(database, organisation) == 1 and drain(organisation) == 0


def test_what_another_holds_is_not_taken(database: Database, organisation: UUID):
    begun(organisation, TOY)
    a_worker_dies_after_claiming(organisation)
    assert organisation not in sweep() and drain(organisation) == 0
    assert names(database, organisation) == [("work", "running")]


def test_a_lapsed_lease_is_swept_and_its_step_done_once(database: Database, organisation: UUID):
    begun(organisation, TOY)
    a_worker_dies_after_claiming(organisation)
    let_leases_lapse(database, organisation)
    assert organisation in sweep()
    assert drain(organisation) == 1 and drain(organisation) == 0
    row = steps_of(database, organisation)[0]
    assert (row["state"], row["attempt"], row["lease_token"]) == ("done", 2, None)
    assert marks(database, organisation) == 1


def test_a_fenced_worker_writes_nothing(database: Database, organisation: UUID):
    """It was held up so long that its lease lapsed and another did the work; then it goes on."""
    begun(organisation, TOY, 3)

    def another_does_it() -> None:
        let_leases_lapse(database, organisation)
        sweep()
        assert drain(organisation) == 3

    assert drain(organisation, Meanwhile(CATALOGUE, another_does_it)) == 3
    assert marks(database, organisation) == 3
    assert names(database, organisation) == [("work", "done")] * 3 + [("decide", "waiting")] * 3


def test_a_fenced_worker_leaves_the_steps_of_another_alone(database: Database, organisation: UUID):
    begun(organisation, TOY)

    def another_claims_it() -> None:
        let_leases_lapse(database, organisation)
        sweep()
        a_worker_dies_after_claiming(organisation)

    drain(organisation, Meanwhile(CATALOGUE, another_claims_it))
    row = steps_of(database, organisation)[0]
    assert (row["state"], row["attempt"]) == ("running", 2) and marks(database, organisation) == 0


def test_a_step_that_kills_its_worker_each_time_ends(database: Database, organisation: UUID):
    begun(organisation, TOY)
    for _ in range(MOST_ATTEMPTS):
        a_worker_dies_after_claiming(organisation)
        let_leases_lapse(database, organisation)
        sweep()
    assert names(database, organisation) == [("work", "failed")] and drain(organisation) == 0


def test_a_step_that_always_fails_ends_as_failed_and_the_others_are_done(database: Database, organisation: UUID):
    bad, *good = begun(organisation, TOY, 5)
    tries = []

    def choke(toys: list[Any]) -> list[UUID]:
        done = list(leave_a_mark(toys))
        if bad in done:
            tries.append(len(toys))
            raise ValueError("cannot be done")
        return done

    catalogue = catalogue_of(a_workflow(does=choke))
    drain(organisation, catalogue)
    assert marks(database, organisation) == len(good) == 4
    for _ in range(MOST_ATTEMPTS + 3):
        let_waits_end(database, organisation)
        drain(organisation, catalogue)
    row = next(row for row in steps_of(database, organisation) if row["subject_id"] == bad)
    assert (row["state"], row["error"]) == ("failed", "ValueError")
    assert tries == [5] + [1] * MOST_ATTEMPTS
    assert marks(database, organisation) == 4


def test_a_failed_attempt_waits_before_the_next(database: Database, organisation: UUID):
    begun(organisation, TOY)

    def choke(toys: list[Any]) -> list[UUID]:
        raise OSError("not now")

    assert drain(organisation, catalogue_of(a_workflow(does=choke))) == 1
    assert names(database, organisation) == [("work", "ready")] and drain(organisation) == 0
    let_waits_end(database, organisation)
    assert drain(organisation) == 1 and marks(database, organisation) == 1


def test_what_waits_for_the_outside_is_not_asked_again_and_again(database: Database, organisation: UUID):
    begun(organisation, TOY)
    assert drain(organisation, catalogue_of(a_workflow(does=lambda toys: []))) == 1
    assert names(database, organisation) == [("work", "waiting")]
    assert drain(organisation) == 0 and organisation not in sweep()


def test_a_run_of_an_unknown_workflow_is_left_to_who_knows_it(database: Database, organisation: UUID):
    begun(organisation, TOY)
    assert drain(organisation, {}) == 0
    assert names(database, organisation) == [("work", "ready")]
    assert drain(organisation) == 1


def test_workers_at_the_same_time_do_each_step_once(database: Database, organisation: UUID):
    begun(organisation, TOY, BATCH + 40)
    together = Barrier(3)

    def work() -> int:
        together.wait(10)
        done = 0
        while claimed := drain(organisation):
            done += claimed
        return done

    workers = [database.elsewhere(work) for _ in range(3)]
    assert sum(worker.result(20) for worker in workers) == BATCH + 40
    assert marks(database, organisation) == BATCH + 40


def test_many_of_one_do_not_hide_the_one_of_another(database: Database, organisation: UUID):
    other = an_organisation()
    begun(organisation, TOY, 3 * BATCH)
    begun(other, TOY)
    assert {organisation, other} <= set(sweep())
    assert drain(other) == 1 and marks(database, other) == 1


def test_a_drain_does_only_its_own_organisations_steps(database: Database, organisation: UUID):
    other = an_organisation()
    begun(other, TOY)
    assert drain(organisation) == 0 and marks(database, other) == 0


def test_whoever_locks_a_run_reads_a_step_that_is_leased_at_that_moment(
    database: Database, organisation: UUID
) -> None:
    """A worker leases a step without the lock of the run. To cancel that step as if it were ready is refused."""
    [subject] = begun(organisation, TOY)
    lease = text("""
        update step set state = 'running', attempt = 1, lease_token = gen_random_uuid(),
                        lease_until = now() + interval '1 minute' where organisation_id = :o and state = 'ready'""")

    def read() -> list[tuple[str, bool]]:
        with acting_for(organisation):
            [run] = runs_about(TOY.name, [subject])  # it is in memory as it was before
            [run] = runs_about(TOY.name, [subject], lock=True)
            return [(step.state, step.lease_token is not None) for step in run.steps]

    with database.superuser.begin() as worker:
        worker.execute(lease, {"o": organisation})
        answer = database.elsewhere(read)
        database.wait_until_blocked()
    assert answer.result(WITHIN_S) == [("running", True)]

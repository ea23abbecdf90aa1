"""What a machine cannot do: it ends as failed, somebody is told once, and a person may have it tried again."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from tenants.errors import AlreadyDone, Invalid, NotFound
from tenants.history.entries import Actor, of_subject
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.engine.toy import a_workflow, begun, catalogue_of, leave_a_mark, let_waits_end, marks, steps_of
from tests.factories import a_member, an_organisation
from workflows.decisions.failures import tell_failures, try_again, try_all_again
from workflows.engine.claims import MOST_ATTEMPTS
from workflows.engine.clocks import organisations_to_hear, sweep
from workflows.engine.drain import drain_steps
from workflows.engine.failed import UNFORESEEN, VALUES, failed_kinds

FENNA = Actor(uuid4(), "Fenna")


class Mendable:
    """Fails until it was mended."""

    def __init__(self) -> None:
        self.mended = False

    def work(self, toys: list[Any]) -> Iterable[UUID]:
        if not self.mended:
            raise RuntimeError("the printer is on fire")
        return leave_a_mark(toys)


@pytest.fixture
def organisation(database: Database) -> UUID:
    return an_organisation()


def fail_for_good(database: Database, organisation: UUID, catalogue: Any) -> None:
    for _ in range(MOST_ATTEMPTS):
        let_waits_end(database, organisation)
        drain_steps(organisation, catalogue, uuid4())


def test_it_is_told_once_and_tried_again_by_a_person(database: Database, organisation: UUID):
    a_member(organisation)
    machine = Mendable()
    catalogue = catalogue_of(a_workflow(does=machine.work))
    [subject] = begun(organisation, catalogue["toy"])
    fail_for_good(database, organisation, catalogue)
    assert organisation in organisations_to_hear(catalogue)
    assert tell_failures(organisation, catalogue) == 1
    assert organisation not in organisations_to_hear(catalogue) and tell_failures(organisation, catalogue) == 0
    mails = "select count(*) as n from mail_batch where organisation_id = :o and text_key = 'step_failed'"
    assert database.outside(mails, o=organisation)[0]["n"] == 1

    machine.mended = True
    run_id = steps_of(database, organisation)[0]["run_id"]
    with acting_for(organisation):
        try_again(run_id, catalogue, FENNA, "De printer is vervangen")
    assert drain_steps(organisation, catalogue, uuid4()) == 1 and marks(database, organisation) == 1
    rows = [(row["name"], row["round"], row["state"]) for row in steps_of(database, organisation)]
    assert rows[:2] == [("work", 1, "failed"), ("work", 2, "done")]
    with acting_for(organisation):
        assert [entry.what for entry in of_subject(subject)][:2] == ["step.failed", "step.tried_again"]


def test_what_another_is_just_telling_is_left_to_it(database: Database, organisation: UUID):
    a_member(organisation)
    catalogue = catalogue_of(a_workflow(does=Mendable().work))
    begun(organisation, catalogue["toy"])
    fail_for_good(database, organisation, catalogue)
    with database.superuser.begin() as another:
        another.exec_driver_sql(f"select from step where organisation_id = '{organisation}' for update")
        assert database.elsewhere(tell_failures, organisation, catalogue).result(10) == 0
    assert tell_failures(organisation, catalogue) == 1


def test_only_a_failed_step_is_tried_again(database: Database, organisation: UUID):
    catalogue = catalogue_of(a_workflow())
    begun(organisation, catalogue["toy"])
    run_id = steps_of(database, organisation)[0]["run_id"]
    with pytest.raises(AlreadyDone), acting_for(organisation):
        try_again(run_id, catalogue, FENNA, "voor de zekerheid")
    with pytest.raises(Invalid), acting_for(organisation):
        try_again(run_id, catalogue, FENNA, " ")
    with pytest.raises(NotFound), acting_for(an_organisation()):
        try_again(run_id, catalogue, FENNA, "van een ander")


def all_again(organisation: UUID, catalogue: Any, wrong: str, reason: str = "De storing is voorbij") -> int:
    with acting_for(organisation):
        return try_all_again("toy", "work", wrong, catalogue, FENNA, reason)


def test_all_that_failed_alike_is_tried_again_with_one_act(database: Database, organisation: UUID):
    """Five stopped at what nobody foresaw, two at values that were wrong: those are another kind."""
    machine, wrong = Mendable(), set[UUID]()

    def work(toys: list[Any]) -> Iterable[UUID]:
        if any(toy.id in wrong for toy in toys):
            raise ValueError("no such month")
        return machine.work(toys)

    catalogue = catalogue_of(a_workflow(does=work))
    alike = begun(organisation, catalogue["toy"], 5)
    wrong |= set(begun(organisation, catalogue["toy"], 2))
    fail_for_good(database, organisation, catalogue)
    with acting_for(organisation):
        assert {(kind.wrong, kind.steps) for kind in failed_kinds(catalogue)} == {(UNFORESEEN, 5), (VALUES, 2)}
    machine.mended = True
    assert all_again(organisation, catalogue, UNFORESEEN) == 5
    opened = [row for row in steps_of(database, organisation) if row["round"] == 2]
    assert {row["subject_id"] for row in opened} == set(alike)
    assert {(row["name"], row["kind"], row["state"], row["attempt"]) for row in opened} == {("work", "job", "ready", 0)}
    assert drain_steps(organisation, catalogue, uuid4()) == 5 and marks(database, organisation) == 5
    with acting_for(organisation):
        retried = [[entry.details for entry in of_subject(toy) if entry.what == "step.tried_again"] for toy in alike]
        assert retried == [[{"reason": "De storing is voorbij", "together": 5}]] * 5
        assert not any(entry.what == "step.tried_again" for toy in wrong for entry in of_subject(toy))
        assert [(kind.wrong, kind.steps) for kind in failed_kinds(catalogue)] == [(VALUES, 2)]


def test_a_failed_step_that_is_no_longer_next_is_followed_by_the_next_one(database: Database, organisation: UUID):
    """Facts have changed since it failed: as with one that is tried alone, what comes next is derived anew."""
    needless = set[UUID]()
    declared = a_workflow(does=Mendable().work)
    work = replace(declared.steps[0], when=lambda toy: toy.id not in needless)
    catalogue = catalogue_of(replace(declared, steps=(work, *declared.steps[1:])))
    first, second = begun(organisation, catalogue["toy"], 2)
    fail_for_good(database, organisation, catalogue)
    needless.add(second)
    assert all_again(organisation, catalogue, UNFORESEEN) == 2
    opened = {row["subject_id"]: (row["name"], row["state"]) for row in steps_of(database, organisation)}
    assert opened == {first: ("work", "ready"), second: ("decide", "waiting")}


def test_two_who_try_all_again_at_once_open_each_step_once(database: Database, organisation: UUID):
    catalogue = catalogue_of(a_workflow(does=Mendable().work))
    begun(organisation, catalogue["toy"], 20)
    fail_for_good(database, organisation, catalogue)

    def act() -> int:
        try:
            return all_again(organisation, catalogue, UNFORESEEN)
        except AlreadyDone:
            return 0

    both = [database.elsewhere(act) for _ in range(2)]
    assert sum(call.result(10) for call in both) == 20
    assert sum(row["state"] == "ready" for row in steps_of(database, organisation)) == 20


def test_all_again_asks_for_a_reason_and_for_something_that_failed(database: Database, organisation: UUID):
    catalogue = catalogue_of(a_workflow(does=Mendable().work))
    begun(organisation, catalogue["toy"])
    fail_for_good(database, organisation, catalogue)
    with pytest.raises(Invalid):
        all_again(organisation, catalogue, UNFORESEEN, " ")
    for where, known, kind in ((an_organisation(), catalogue, UNFORESEEN), (organisation, catalogue, VALUES)):
        with pytest.raises(AlreadyDone):
            all_again(where, known, kind)
    with pytest.raises(AlreadyDone):  # a build that does not know the definition leaves them alone
        all_again(organisation, {}, UNFORESEEN)


def test_failing_steps_of_one_organisation_take_no_turn_of_another(database: Database, organisation: UUID):
    other, poisoned = an_organisation(), set[UUID]()

    def work(toys: list[Any]) -> Iterable[UUID]:
        if any(toy.id in poisoned for toy in toys):
            raise RuntimeError("poison")
        return leave_a_mark(toys)

    catalogue = catalogue_of(a_workflow(does=work))
    poisoned |= set(begun(organisation, catalogue["toy"], 20))
    begun(other, catalogue["toy"], 3)
    for organisation_id in {organisation, other} & set(sweep()):
        drain_steps(organisation_id, catalogue, uuid4())
    assert marks(database, other) == 3 and marks(database, organisation) == 0
    assert {(row["state"], row["attempt"]) for row in steps_of(database, organisation)} == {("ready", 1)}
    wait = "update step set ready_at = ready_at + interval '1 minute' where organisation_id = :o"
    database.outside(wait, o=organisation)
    begun(other, catalogue["toy"])
    assert other in (swept := sweep()) and organisation not in swept, "who backs off takes no turn"
    assert drain_steps(other, catalogue, uuid4()) == 1 and marks(database, other) == 4

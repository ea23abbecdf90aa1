"""What a machine cannot do: it ends as failed, somebody is told once, and a person may have it tried again."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

import pytest

from tenants.errors import AlreadyDone, Invalid, NotFound
from tenants.history import Actor, of_subject
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.engine.toy import a_workflow, begun, catalogue_of, leave_a_mark, let_waits_end, marks, steps_of
from tests.factories import a_member, an_organisation
from workflows.engine.claims import MOST_ATTEMPTS
from workflows.engine.clocks import organisations_to_hear
from workflows.engine.drain import drain_steps
from workflows.failures import tell_failures, try_again

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
    assert organisation in organisations_to_hear()
    assert tell_failures(organisation, catalogue) == 1
    assert organisation not in organisations_to_hear() and tell_failures(organisation, catalogue) == 0
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


def test_what_did_not_fail_is_not_tried_again(database: Database, organisation: UUID):
    catalogue = catalogue_of(a_workflow())
    begun(organisation, catalogue["toy"])
    run_id = steps_of(database, organisation)[0]["run_id"]
    with pytest.raises(AlreadyDone), acting_for(organisation):
        try_again(run_id, catalogue, FENNA, "voor de zekerheid")
    with pytest.raises(Invalid), acting_for(organisation):
        try_again(run_id, catalogue, FENNA, " ")
    with pytest.raises(NotFound), acting_for(an_organisation()):
        try_again(run_id, catalogue, FENNA, "van een ander")

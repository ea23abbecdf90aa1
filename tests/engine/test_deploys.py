"""A run ends under the definition that it began under, and nobody without that definition touches it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tenants.history.entries import Actor
from tenants.identity.users import PRIVACY_OFFICER
from tenants.isolation import acting_for, database_now
from tests.conftest import Database
from tests.engine.toy import a_workflow, begun, catalogue_of, let_waits_end, marks, steps_of
from tests.factories import an_organisation
from workflows.decisions.failures import try_again
from workflows.engine.advance import complete
from workflows.engine.claims import MOST_ATTEMPTS
from workflows.engine.clocks import hear
from workflows.engine.drain import drain_steps
from workflows.engine.steps import Heard, Human, Job, UnknownDefinition

OLD = a_workflow()
CHECK = Human(name="check", law="Art. 24", by=frozenset({PRIVACY_OFFICER}), records=lambda toy, act: None)
NEW = replace(OLD, steps=(*OLD.steps, CHECK), version=2, earlier=(OLD,))
FENNA = Actor(uuid4(), "Fenna")


@pytest.fixture
def organisation(database: Database) -> UUID:
    return an_organisation()


def decide(organisation: UUID, subject: UUID) -> str:
    with acting_for(organisation):
        return complete(NEW, subject, "decide", FENNA, PRIVACY_OFFICER, {}).state


def test_after_a_deploy_the_old_run_ends_as_it_began_and_a_new_one_by_the_new_rules(
    database: Database, organisation: UUID
):
    [old] = begun(organisation, OLD)
    [new] = begun(organisation, NEW)
    assert drain_steps(organisation, catalogue_of(NEW), uuid4()) == 2
    assert decide(organisation, old) == "done"
    assert decide(organisation, new) == "running"
    assert [s["name"] for s in steps_of(database, organisation) if s["subject_id"] == new][-1] == "check"


def test_machines_and_clocks_use_the_definition_that_the_run_began_under(database: Database, organisation: UUID):
    heard: dict[int, list[Heard]] = {1: [], 2: []}
    with acting_for(organisation):
        an_hour_ago = database_now() - timedelta(hours=1)
    old = a_workflow(heard=heard[1].extend, alarm_at=an_hour_ago)
    newest = a_workflow(does=lambda toys: [], heard=heard[2].extend, alarm_at=an_hour_ago)
    catalogue = catalogue_of(replace(newest, version=2, earlier=(old,)))
    begun(organisation, old)
    assert hear(organisation, catalogue) == 1 and [len(clocks) for clocks in heard.values()] == [1, 0]
    assert drain_steps(organisation, catalogue, uuid4()) == 1 and marks(database, organisation) == 1


def test_what_failed_is_tried_again_by_the_rules_it_began_under(database: Database, organisation: UUID):
    def choke(toys: list[Any]) -> list[UUID]:
        raise OSError

    old = a_workflow(does=choke)
    catalogue = catalogue_of(replace(old, steps=(CHECK, *old.steps), version=2, earlier=(old,)))
    begun(organisation, old)
    for _ in range(MOST_ATTEMPTS):
        let_waits_end(database, organisation)
        drain_steps(organisation, catalogue, uuid4())
    [failed] = steps_of(database, organisation)
    with acting_for(organisation):
        try_again(failed["run_id"], catalogue, FENNA, "De printer is vervangen")
    rows = [(row["name"], row["round"], row["state"]) for row in steps_of(database, organisation)]
    assert rows == [("work", 1, "failed"), ("work", 2, "ready")]


def test_a_build_without_the_definition_takes_nothing_of_it(database: Database, organisation: UUID):
    begun(organisation, NEW)
    assert drain_steps(organisation, catalogue_of(OLD), uuid4()) == 0
    assert marks(database, organisation) == 0
    assert drain_steps(organisation, catalogue_of(NEW), uuid4()) == 1


def test_a_person_on_a_build_without_the_definition_is_refused(database: Database, organisation: UUID):
    [subject] = begun(organisation, NEW)
    with pytest.raises(UnknownDefinition, match="toy@2"), acting_for(organisation):
        complete(OLD, subject, "decide", FENNA, PRIVACY_OFFICER, {})


def test_a_definition_that_forgets_its_past_is_not_accepted():
    with pytest.raises(ValueError, match="earlier definitions"):
        replace(OLD, earlier=(OLD,))


def test_who_is_asked_to_stop_hands_back_what_was_not_begun(database: Database, organisation: UUID):
    other = replace(OLD, name="other", steps=(Job(name="work", law="Art. 33", does=OLD.steps[0].does), *OLD.steps[1:]))
    begun(organisation, OLD)
    begun(organisation, other)
    catalogue = catalogue_of(OLD) | catalogue_of(other)
    asked = iter([False, True])
    assert drain_steps(organisation, catalogue, uuid4(), lambda: next(asked)) == 2
    work = sorted((s["state"], s["attempt"]) for s in steps_of(database, organisation) if s["name"] == "work")
    assert work == [("done", 1), ("ready", 0)]
    assert drain_steps(organisation, catalogue, uuid4()) == 1
    assert marks(database, organisation) == 2

"""A run ends under the definition that it began under, and nobody without that definition touches it."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from tenants.history import Actor
from tenants.isolation import acting_for
from tenants.users import PRIVACY_OFFICER
from tests.conftest import Database
from tests.engine.toy import a_workflow, begun, catalogue_of, marks, steps_of
from tests.factories import an_organisation
from workflows.engine.advance import complete
from workflows.engine.drain import drain_steps
from workflows.engine.steps import Human, Job, UnknownDefinition

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

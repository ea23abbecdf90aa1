"""What the database holds to, and what the workflows declare, is the same."""

from service.release import declared, release
from tests.conftest import Database
from workflows.accounts.tokens import NEEDS_A_PERSON, SCOPES
from workflows.catalogue import CATALOGUE
from workflows.engine.steps import Human
from workflows.roles import STEPS

DEFINITIONS = [definition for newest in CATALOGUE.values() for definition in (newest, *newest.earlier)]


KEPT = "select workflow, version, name, other_than, fresh from human_step"


def test_the_database_knows_who_must_be_different_people(database: Database):
    held = {(row["workflow"], row["version"], row["name"]): set(row["other_than"]) for row in database.outside(KEPT)}
    for definition in DEFINITIONS:
        for step in definition.steps:
            if isinstance(step, Human):
                assert held[definition.name, definition.version, step.name] == set(step.other_than), step.name


def test_the_database_knows_which_steps_are_a_persons_and_which_decide(database: Database):
    held = {(row["workflow"], row["version"], row["name"], row["fresh"]) for row in database.outside(KEPT)}
    assert held == {
        (definition.name, definition.version, step.name, step.fresh)
        for definition in DEFINITIONS for step in definition.steps if isinstance(step, Human)
    }  # fmt: skip


def test_no_machines_step_has_the_name_of_a_persons():
    steps = [step for definition in DEFINITIONS for step in definition.steps]
    persons = {step.name for step in steps if isinstance(step, Human)}
    assert persons & {step.name for step in steps if not isinstance(step, Human)} == set()


def test_the_database_signs_at_once_what_decides_or_sends(database: Database):
    """The end of the chain leaves the database after these acts, and after a glass that was broken."""
    acts = {f"{step.workflow}.{step.name}": step.fresh for step in declared().human_steps}
    assert sum(acts.values()) == 4
    for act, fresh in (acts | {"glass.broken": True, "incident.recorded": False}).items():
        assert database.outside("select is_decision(:act) as decides", act=act)[0]["decides"] == fresh, act


def test_a_release_fills_what_is_missing_and_takes_no_step_away(own_database: Database):
    """A build of before may still end runs of a version that this one does not have."""
    own_database.outside("insert into human_step values ('ap_notification', 99, 'weigh', '{draft}', true)")
    own_database.outside("delete from human_step where version = 1")
    own_database.outside("update human_step set other_than = '{}', fresh = false where version <> 99")
    own_database.outside("delete from token_scope where act = 'read'")
    own_database.outside("insert into token_scope values ('approve')")
    release(own_database.config)
    rows = {(row["workflow"], row["version"], row["name"], tuple(row["other_than"]), row["fresh"])
            for row in own_database.outside(KEPT)}  # fmt: skip
    assert rows == {
        *((step.workflow, step.version, step.name, step.other_than, step.fresh) for step in declared().human_steps),
        ("ap_notification", 99, "weigh", ("draft",), True),
    }  # fmt: skip
    assert {row["act"] for row in own_database.outside("select act from token_scope")} == set(SCOPES)


def test_who_decides_or_sends_had_no_part_in_anything_that_it_rests_on():
    """Of each decision every pair: the later step is done by somebody else than every person's step before it."""
    for newest in CATALOGUE.values():
        before: list[str] = []
        for step in newest.steps:
            if isinstance(step, Human):
                assert not step.fresh or set(step.other_than) == set(before), (newest.name, step.name)
                before.append(step.name)


def test_a_key_does_no_step_of_a_person():
    """A program with a colleague's key would be a second pair of eyes that nobody looked with."""
    persons = {step.name for newest in CATALOGUE.values() for step in newest.steps if isinstance(step, Human)}
    assert persons == set(STEPS) <= NEEDS_A_PERSON


def test_whoever_approves_or_sends_has_just_shown_who_they_are():
    for newest in CATALOGUE.values():
        for step in newest.steps:
            if isinstance(step, Human):
                assert step.fresh == bool(step.other_than), (newest.name, step.name)

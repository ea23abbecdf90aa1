"""What the database holds to, and what the workflows declare, is the same."""

import re

from tests.conftest import Database
from workflows.accounts.tokens import NEEDS_A_PERSON
from workflows.catalogue import CATALOGUE
from workflows.engine.steps import Human

DEFINITIONS = [definition for newest in CATALOGUE.values() for definition in (newest, *newest.earlier)]


def test_the_database_knows_who_must_be_different_people(database: Database):
    held = database.outside("select workflow, since, step, other from four_eyes")
    for definition in DEFINITIONS:
        declared = {
            (step.name, other) for step in definition.steps if isinstance(step, Human) for other in step.other_than
        }  # fmt: skip
        kept = {
            (row["step"], row["other"]) for row in held
            if row["workflow"] == definition.name and row["since"] <= definition.version
        }  # fmt: skip
        assert kept == declared, (definition.name, definition.version)
    assert {row["workflow"] for row in held} <= set(CATALOGUE)


def test_the_database_knows_which_steps_are_a_persons(database: Database):
    rule = "select pg_get_constraintdef(oid) as rule from pg_constraint where conname = 'step_of_a_person'"
    named = set(re.findall(r"'([a-z_-]+)'::text", database.outside(rule)[0]["rule"])) - {"human"}
    persons = {step.name for definition in DEFINITIONS for step in definition.steps if isinstance(step, Human)}
    assert named == persons


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
    assert persons <= NEEDS_A_PERSON


def test_whoever_approves_or_sends_has_just_shown_who_they_are():
    for newest in CATALOGUE.values():
        for step in newest.steps:
            if isinstance(step, Human):
                assert step.fresh == bool(step.other_than), (newest.name, step.name)

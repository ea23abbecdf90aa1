"""What the database holds to, and what the workflows declare, is the same."""

import ast
from dataclasses import replace

import pytest

from migrations.release import Declared, ReleasedVersionChanged, migrate
from service.release import declared, release
from tests.commands import run_command
from tests.conftest import Database
from tests.house.reading import ROOT, name_of, python_files, tree
from workflows.accounts.tokens import NEEDS_A_PERSON, SCOPES
from workflows.catalogue import CATALOGUE
from workflows.engine.steps import Human
from workflows.notification.approved import OF_BREACH
from workflows.roles import STEPS

DEFINITIONS = [definition for newest in CATALOGUE.values() for definition in (newest, *newest.earlier)]


KEPT = "select workflow, version, name, other_than, fresh from human_step"
RELEASED = {
    ("ap_notification", 1, "assess", (), False),
    ("ap_notification", 1, "draft", (), False),
    ("ap_notification", 1, "approve", ("draft",), True),
    ("ap_notification", 1, "submit", (), True),
    ("ap_notification", 2, "assess", (), False),
    ("ap_notification", 2, "draft", (), False),
    ("ap_notification", 2, "approve", ("draft",), True),
    ("ap_notification", 2, "submit", ("draft", "approve"), True),
    ("ap_notification", 3, "assess", (), False),
    ("ap_notification", 3, "draft", (), False),
    ("ap_notification", 3, "approve", ("assess", "draft"), True),
    ("ap_notification", 3, "submit", ("assess", "draft", "approve"), True),
    ("bulk_notice", 1, "recipients", (), False),
    ("bulk_notice", 1, "text", (), False),
    ("bulk_notice", 1, "approve", ("text",), True),
    ("bulk_notice", 2, "recipients", (), False),
    ("bulk_notice", 2, "text", (), False),
    ("bulk_notice", 2, "approve", ("recipients", "text"), True),
    ("bulk_notice", 2, "release", ("recipients", "text", "approve"), True),
}
"""Workflow, version, step, who must be somebody else, whether it decides or sends. A released version never changes: a
change is a new version, with rows of its own here."""


def test_each_released_version_has_the_steps_of_people_that_it_was_released_with(database: Database):
    """The rows are written out here, so that no mistake in a declaration can be on both sides."""
    assert {tuple(vars(step).values()) for step in declared().human_steps} == RELEASED
    assert {(*tuple(row.values())[:3], tuple(row["other_than"]), row["fresh"]) for row in database.outside(KEPT)} == (
        RELEASED
    )


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


LOOSER = "step approve of bulk_notice, version 1, is released with other_than text and fresh true"


@pytest.mark.parametrize("change", [{"other_than": ()}, {"fresh": False}, {"other_than": ("recipients", "text")}])
def test_a_build_that_changed_a_released_version_is_not_released(own_database: Database, change: dict[str, object]):
    """Looser or stricter: runs of that version are under way."""
    before = own_database.outside(KEPT)
    steps = [replace(step, **change) if (step.workflow, step.version, step.name) == ("bulk_notice", 1, "approve")
             else step for step in declared().human_steps]  # fmt: skip
    with pytest.raises(ReleasedVersionChanged, match=LOOSER):
        migrate(own_database.config, Declared(tuple(steps), ()))
    assert own_database.outside(KEPT) == before
    assert own_database.outside("select from token_scope") != [], "nothing of that build is filled"


def test_a_release_says_in_one_line_which_version_was_changed(own_database: Database):
    own_database.outside("update human_step set other_than = '{}' where (version, name) = (1, 'approve')")
    done = run_command("release", settings=own_database.config.as_environment())
    [line] = done.stderr.splitlines()
    assert done.returncode == 2 and "this build declares other_than draft and fresh true" in line
    assert line.startswith("meldketen release: step approve of ap_notification, version 1, is released with other_than")


def test_a_release_says_in_one_line_which_step_it_does_not_declare(own_database: Database):
    own_database.outside("insert into human_step values ('ap_notification', 3, 'tell-people', '{}', false)")
    done = run_command("release", settings=own_database.config.as_environment())
    [line] = done.stderr.splitlines()
    assert done.returncode == 2 and "step tell-people of ap_notification, version 3, is released as a person's" in line


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


BEGINS = {"own_breach.py", "begun_anew.py"}
"""They write a breach before anybody decides about it."""
STEPS_THEMSELVES = "ap_notification.py"


def assigned(node: ast.AST) -> set[str]:
    """The attributes that are set somewhere under this node."""
    targets = [
        target for inner in ast.walk(node) if isinstance(inner, ast.Assign | ast.AnnAssign | ast.AugAssign)
        for target in (inner.targets if isinstance(inner, ast.Assign) else [inner.target])
    ]  # fmt: skip
    return {part.attr for target in targets for part in ast.walk(target) if isinstance(part, ast.Attribute)}


def called(node: ast.AST, of: type[ast.expr] = ast.Attribute) -> set[str]:
    """The names of the methods (`of` ast.Name: the functions) that are called somewhere under this node."""
    calls = (inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call))
    return {name_of(call) for call in calls if isinstance(call, of)}


def test_whatever_changes_what_is_approved_notes_who_did_it_and_asks_for_another_approval():
    """Either it is a step of a person, or it goes through `prepare_again`, which refuses API tokens."""
    columns = {column for part in OF_BREACH.values() for column in part}
    row = next(node for node in tree(ROOT / "tenants/register/breaches.py").body
               if isinstance(node, ast.ClassDef) and node.name == "Breach")  # fmt: skip
    methods = {method.name for method in row.body if isinstance(method, ast.FunctionDef) and assigned(method) & columns}
    writers = {
        file.name for file in python_files("workflows/notification", "workflows/notice", "service/web", "service/api")
        if assigned(tree(file)) & columns or called(tree(file)) & methods
    }  # fmt: skip
    beside = {"form_answers.py", "moved_term.py", "own_awareness.py", "supplement.py"}
    assert writers == beside | BEGINS | {STEPS_THEMSELVES}
    for file in python_files("workflows/notification"):
        if file.name in beside:
            assert "prepare_again" in called(tree(file), ast.Name), file.name

"""A bad declaration fails where it is written: at import."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from workflows.catalogue import CATALOGUE
from workflows.engine.steps import Clock, Human, Job, Start, Step, Unless, Workflow
from workflows.law import gdpr

WHO = frozenset({"privacy_officer"})


def a_step(name: str, **more: Any) -> Human:
    return Human(name=name, law="Art. 33", by=WHO, records=lambda subject, act: None, **more)


def a_clock(until: str) -> Clock:
    return Clock(name="hours", law="Art. 33", until=until, period=lambda subject: None)


def declared(*steps: Step, clocks: tuple[Clock, ...] = ()) -> Workflow:
    return Workflow(name="w", law="Art. 33", subject_kind="breach", steps=steps, clocks=clocks, load=lambda ids: {})


def test_a_name_stands_once():
    with pytest.raises(ValueError, match="stands twice"):
        declared(a_step("draft"), a_step("draft"))


def test_four_eyes_look_back_at_a_step_that_was():
    with pytest.raises(ValueError, match="names draft, which does not come before"):
        declared(a_step("approve", other_than=("draft",)), a_step("draft"))


def test_a_step_cannot_look_back_at_itself():
    with pytest.raises(ValueError, match="does not come before"):
        declared(a_step("approve", other_than=("approve",)))


@pytest.mark.parametrize("target", ["later", "nowhere"])
def test_a_step_is_returned_to_one_that_was(target: str):
    with pytest.raises(ValueError, match=f"names {target}, which does not come before"):
        declared(a_step("draft"), a_step("approve", returns_to=target), a_step("later"))


def test_a_clock_runs_until_a_step_that_exists():
    with pytest.raises(ValueError, match="runs until submitted, which is no step"):
        declared(a_step("submit"), clocks=(a_clock("submitted"),))


def test_a_good_one_is_found_by_its_names():
    workflow = declared(a_step("draft"), a_step("approve", other_than=("draft",)), clocks=(a_clock("approve"),))
    assert (workflow.position("approve"), workflow.step("draft").name, workflow.clock("hours").until) == (
        1, "draft", "approve",
    )  # fmt: skip


@pytest.mark.parametrize("workflow", CATALOGUE.values(), ids=list(CATALOGUE))
def test_every_step_and_clock_names_its_article(workflow: Workflow):
    assert all(word.law.startswith("Art. ") for word in (*workflow.steps, *workflow.clocks))


@pytest.mark.parametrize("workflow", CATALOGUE.values(), ids=list(CATALOGUE))
def test_what_a_workflow_starts_is_in_the_catalogue_and_can_begin(workflow: Workflow):
    started = [CATALOGUE[step.workflow] for step in workflow.steps if isinstance(step, Start)]
    assert all(begun_workflow.begin is not None for begun_workflow in started)


def test_the_six_words_have_their_kind_for_the_rows():
    kinds = {
        a_step("a").kind, Unless("b", "Art. 33", lambda subject: False).kind,
        Job("c", "Art. 33", lambda subjects: []).kind, Start("d", "Art. 34", "w").kind,
    }  # fmt: skip
    assert kinds == {"human", "unless", "job", "start"}


def test_no_reminder_comes_before_its_own_period_began():
    period = gdpr.authority_period(datetime(2026, 11, 20, 18, 40, tzinfo=UTC))
    clock = CATALOGUE["ap_notification"].clock("notify-authority")
    assert all(timedelta(0) < before < timedelta(hours=period.hours) for before in clock.remind)

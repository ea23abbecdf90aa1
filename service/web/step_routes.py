"""The route by which a person does a step on a page, made from the declarations in service/steps.py."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, actor_for, may, place, role, step_in_address
from service.steps import DeclaredStep, names_of, step_of
from service.web.forms import Form
from service.web.whose_turn import next_words
from service.words.texts import t
from workflows.accounts.crew import crew_here
from workflows.catalogue import CATALOGUE
from workflows.decisions.overview import coming_turn
from workflows.engine.advance import complete
from workflows.engine.runs import run_about


def say_no_more(subject_id: UUID, step: str) -> str:
    """Return nothing: the result of a step is only that it was done."""
    return ""


def add_step_route(
    blueprint: Blueprint, workflow: str, path: str, page_of: Callable[[UUID, Form], str],
    said: Callable[[UUID, str], str] = say_no_more,
) -> None:  # fmt: skip
    """Add the route under `path` that does a step of this workflow, and then shows its subject.

    `page_of` returns the page of the subject with the form as it was typed, for a step that was refused. `said` returns
    what its doer must know of the result of a step.
    """

    @blueprint.post(f"{path}/steps/<name>")
    @may("<name>")
    @step_in_address("name", names_of(workflow))
    def decide(name: str, **ids: UUID) -> ResponseReturnValue:
        """Do a step of a person. Raises NotFound for an unknown step."""
        [subject_id] = ids.values()
        step = step_of(workflow, name)
        form, typed = _posted(step, subject_id)
        if typed is not None:
            with form.showing_refusals():
                complete(CATALOGUE[workflow], subject_id, name, actor(), role(), typed, form.version_seen())
        if form.faults:
            return page_of(subject_id, form), form.status
        flash(_done_words(workflow, subject_id, name, said(subject_id, name)))
        address: dict[str, Any] = {"organisation": place().slug, **ids}
        return redirect(url_for(".shown", **address), 303)


def _posted(step: DeclaredStep, subject_id: UUID) -> tuple[Form, Any]:
    """Return the posted form of this step, and what was typed in it; None in place of that when it has faults."""
    form = Form.posted(rows=step.rows, file_into=step.file_field)
    return form, form.load(step.schema_about(subject_id), **(step.composed(form.typed) if step.composed else {}))


def _done_words(workflow: str, subject_id: UUID, name: str, said: str) -> str:
    """Return the result of a step in words, what was `said` of it, and which step comes next, for whom and by when."""
    done = " ".join(words for words in (t(f"steps.{workflow}.{name}.done"), said) if words)
    run = run_about(workflow, subject_id)
    subject = CATALOGUE[workflow].load([subject_id])[subject_id]
    coming = coming_turn(run, subject, actor_for, crew_here())
    if coming is None:
        return done
    ends = next((clock.alarm_at for clock in run.clocks if clock.state == "running"), None)
    return f"{done} {next_words(workflow, coming, ends)}"

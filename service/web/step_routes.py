"""The route by which a person does a step on a page, made from the declarations in service/steps.py."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, actor_for, may, place, role, step_in_address
from service.steps import DeclaredStep, names_of, step_of
from service.web.forms import Form
from service.web.merged_judgements import TEXT, entry_about, questions_of_step, show_others_first
from service.web.merging import bring_together
from service.web.whose_turn import next_words
from service.words.texts import t
from tenants.register.breaches import breach
from tenants.register.notices import notice
from workflows.accounts.crew import crew_here
from workflows.catalogue import CATALOGUE
from workflows.decisions.overview import coming_turn
from workflows.engine.advance import complete
from workflows.engine.runs import run_about

SUBJECTS: dict[str, Callable[[UUID], Any]] = {"ap_notification": breach, "bulk_notice": notice}


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
        form, version = _posted(step, subject_id)
        typed = None if form.beside or form.is_out_of_date else _read(step, subject_id, form)
        if typed is not None:
            with form.showing_refusals():
                seen = form.version_seen()
                complete(CATALOGUE[workflow], subject_id, name, actor(), role(), typed, version or seen)
        if form.faults or form.beside:
            return page_of(subject_id, form), form.status
        flash(_done_words(workflow, subject_id, name, said(subject_id, name)))
        address: dict[str, Any] = {"organisation": place().slug, **ids}
        return redirect(url_for(".shown", **address), 303)


def _posted(step: DeclaredStep, subject_id: UUID) -> tuple[Form, int | None]:
    """Return the posted form of this step, and the version of the text that it was brought together with.

    None for a step that is about its subject as a whole: then the version decides that its page showed. The run is
    locked first, so what is compared is what is stored when this form is.
    """
    form = Form.posted(rows=step.rows)
    questions = questions_of_step(step.workflow, step.name, form)
    if not questions or step.begins_with is None:
        return form, None
    run_about(step.workflow, subject_id, lock=True)
    about = SUBJECTS[step.workflow](subject_id)
    now = Form.beginning_with(step.begins_with(about)).typed
    entry_of = entry_about(subject_id, f"{step.workflow}.{step.name}")
    if (step.workflow, step.name) != TEXT:
        show_others_first(form, now, questions, entry_of)
        return form, None
    return form, None if bring_together(form, now, questions, entry_of) is None else about.version


def _read(step: DeclaredStep, subject_id: UUID, form: Form) -> Any:
    """Return what was typed in the form of this step; None when it has faults."""
    return form.load(step.schema_about(subject_id), **(step.composed(form.typed) if step.composed else {}))


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

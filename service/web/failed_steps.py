"""Steps of a machine that failed for good: what went wrong, and trying one or all of a kind again."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, may, place
from service.schemas.machine_failures import RetrySchema
from service.web.forms import Form
from service.words.texts import number, t
from tenants.errors import AlreadyDone, NotFound
from tenants.isolation import database_now
from workflows.catalogue import CATALOGUE, definition
from workflows.decisions.failures import try_again, try_all_again
from workflows.decisions.open_decisions import Subject, failed_in, subjects_of
from workflows.decisions.unheard_clocks import hear_at_once, unheard_clocks
from workflows.engine.failed import FailedKind, failed_kinds
from workflows.engine.runs import Run, runs_by_id

blueprint = Blueprint("failed_steps", __name__, url_prefix="/o/<organisation>")
ONE, ALL = "/runs/<uuid:run_id>/retry", "/failed-steps/<workflow>/<step>/<wrong>"
CLOCKS = "/unheard-clocks"


@blueprint.get(ONE)
@may("try_again")
def ask(run_id: UUID) -> ResponseReturnValue:
    """Show what failed, and ask for the reason to try it again."""
    return _page(_run(run_id), Form.beginning_with({}))


@blueprint.post(ONE)
@may("try_again")
def retry(run_id: UUID) -> ResponseReturnValue:
    """Make the step ready again, and redirect to the page of its subject."""
    run, form = _run(run_id), Form.posted()
    values = form.load(RetrySchema())
    if values is not None:
        with form.showing_refusals():
            try_again(run_id, CATALOGUE, actor(), values["reason"])
    if form.faults:
        return _page(run, form), form.status
    flash(t("questions.failed.again"))
    about = subjects_of([run.subject_id]).get(run.subject_id)
    return redirect(address_of(about), 303)


@blueprint.get(ALL)
@may("try_again")
def ask_all(workflow: str, step: str, wrong: str) -> ResponseReturnValue:
    """Show how many steps failed alike, and ask for the reason to try them again."""
    return _page_of_all(_kind(workflow, step, wrong), Form.beginning_with({}))


@blueprint.post(ALL)
@may("try_again")
def retry_all(workflow: str, step: str, wrong: str) -> ResponseReturnValue:
    """Make these steps ready again, and redirect to the overview."""
    kind, form = _kind(workflow, step, wrong), Form.posted()
    values = form.load(RetrySchema())
    tried = values and form.attempt(
        lambda: try_all_again(workflow, step, wrong, CATALOGUE, actor(), values["reason"])
    )  # fmt: skip
    if not tried:
        return _page_of_all(kind, form), form.status
    flash(t("questions.failed.all_again", count=number(tried)))
    return redirect(url_for("web.home.overview", organisation=place().slug), 303)


@blueprint.get(CLOCKS)
@may("try_again")
def ask_clocks() -> ResponseReturnValue:
    """Show which terms are not watched, and ask for the reason to try them at once."""
    return _page_of_clocks(Form.beginning_with({}))


@blueprint.post(CLOCKS)
@may("try_again")
def retry_clocks() -> ResponseReturnValue:
    """Try these clocks again at once, and redirect to the overview."""
    form = Form.posted()
    values = form.load(RetrySchema())
    tried = values and form.attempt(lambda: hear_at_once(actor(), values["reason"]))
    if not tried:
        return _page_of_clocks(form), form.status
    flash(t("questions.failed.again"))
    return redirect(url_for("web.home.overview", organisation=place().slug), 303)


def _page_of_clocks(form: Form) -> str:
    return render_template(
        "unheard_clocks.html", form=form, clocks=unheard_clocks(), now=database_now(), address_of=address_of
    )


def address_of(about: Subject | None) -> str:
    """Return the page of a subject; the overview when the subject has no page."""
    slug = place().slug
    if about is None:
        return url_for("web.home.overview", organisation=slug)
    if about.kind == "escalation":
        return url_for("web.call_list.shown", organisation=slug, incident_id=about.within, escalation_id=about.id)
    if about.kind == "notice":
        return url_for("web.notices.shown", organisation=slug, notice_id=about.id)
    return url_for("web.breaches.shown", organisation=slug, breach_id=about.id)


def _run(run_id: UUID) -> Run:
    runs = runs_by_id([run_id])
    if not runs:
        raise NotFound("run.unknown")
    return runs[0]


def _page(run: Run, form: Form) -> str:
    stuck = failed_in(run)
    if stuck is None:
        raise AlreadyDone()
    about = subjects_of([run.subject_id]).get(run.subject_id)
    unknown = definition(run.workflow, run.version) is None
    return render_template(
        "retry.html", retry_form=form, stuck=replace(stuck, about=about), unknown_definition=unknown
    )


def _kind(workflow: str, step: str, wrong: str) -> FailedKind:
    """Return the kind of failed steps. Raises AlreadyDone when no step is stuck in this way any more."""
    kinds = [k for k in failed_kinds(CATALOGUE) if (k.workflow, k.step, k.wrong) == (workflow, step, wrong)]
    if not kinds:
        raise AlreadyDone()
    return kinds[0]


def _page_of_all(kind: FailedKind, form: Form) -> str:
    return render_template("retry_all.html", kind=kind, form=form)

"""What an owner did alone because nobody else was there: doing it, and the review by somebody else."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, actor_for, may, place, step_in_address
from service.schemas.broken_glass import AloneSchema, ReviewSchema
from service.steps import names_of, step_of
from service.typed.document import typed_document
from service.web.breaches import WORKFLOW as OF_BREACH
from service.web.breaches import page_of as breach_page
from service.web.forms import Form
from service.web.layout import did
from service.web.notices import WORKFLOW as OF_NOTICE
from service.web.notices import page_of as notice_page
from service.words.texts import t
from tenants.isolation import database_now
from tenants.register.broken_glass import all_broken_glass
from workflows.catalogue import CATALOGUE
from workflows.decisions.breaking_glass import break_glass, review_counts_from, review_glass
from workflows.decisions.breaking_glass import notify_alone as decide_by_oneself
from workflows.engine.progress import is_fresh

blueprint = Blueprint("broken_glass", __name__, url_prefix="/o/<organisation>")
MOST_REVIEWED = 20


@blueprint.get("/broken-glass")
@may("read")
def listed() -> ResponseReturnValue:
    """List the acts that nobody reviewed yet, and the findings about others."""
    return _page(Form.beginning_with({}))


@blueprint.post("/broken-glass/<uuid:glass_id>")
@may("review_broken_glass")
def review(glass_id: UUID) -> ResponseReturnValue:
    """Record the review of somebody who had no part in the act.

    The page has a form for each act, so the name of each field contains the id of the act.
    """
    form, schema, prefix = Form.posted(), ReviewSchema(), f"{glass_id}."
    typed = typed_document(schema, form.typed, prefix)
    with form.showing_refusals():
        review_glass(glass_id, actor(), schema.load(typed)["finding"])
    if form.faults:
        form.faults = [fault | {"field": prefix + fault["field"]} for fault in form.faults]
        return _page(form, glass_id), form.status
    flash(t("broken_glass.reviewed"))
    return redirect(url_for(".listed", organisation=place().slug), 303)


@blueprint.post("/breaches/<uuid:breach_id>/alone/<step>")
@may("break_glass")
@step_in_address("step", names_of(OF_BREACH))
def decide_alone(breach_id: UUID, step: str) -> ResponseReturnValue:
    """Let the owner approve or submit alone."""
    form = _do_alone(OF_BREACH, breach_id, step)
    if form.faults:
        return breach_page(breach_id, form, step), form.status
    return redirect(url_for("web.breaches.shown", organisation=place().slug, breach_id=breach_id), 303)


@blueprint.post("/breaches/<uuid:breach_id>/alone")
@may("break_glass")
def notify_alone(breach_id: UUID) -> ResponseReturnValue:
    """Approve and record the form that was sent, in one act with one reason, by somebody who is alone."""
    form = Form.posted()
    why, sent = form.load(AloneSchema()), form.load(step_of(OF_BREACH, "submit").schema_about(breach_id))
    if why is not None and sent is not None:
        with form.showing_refusals():
            decide_by_oneself(breach_id, actor(), why["alone_reason"], sent, form.version_seen())
    if form.faults:
        return breach_page(breach_id, form), form.status
    flash(t("broken_glass.notified_alone"))
    return redirect(url_for("web.breaches.shown", organisation=place().slug, breach_id=breach_id), 303)


@blueprint.post("/notices/<uuid:notice_id>/alone/<step>")
@may("break_glass")
@step_in_address("step", names_of(OF_NOTICE))
def send_alone(notice_id: UUID, step: str) -> ResponseReturnValue:
    """Let the owner approve or release alone."""
    form = _do_alone(OF_NOTICE, notice_id, step)
    if form.faults:
        return notice_page(notice_id, form, step), form.status
    return redirect(url_for("web.notices.shown", organisation=place().slug, notice_id=notice_id), 303)


def _do_alone(workflow: str, subject_id: UUID, step: str) -> Form:
    schema, form = step_of(workflow, step).schema_about(subject_id), Form.posted()
    why, values = form.load(AloneSchema()), form.load(schema)
    if why is not None and values is not None:
        reason = why["alone_reason"]
        with form.showing_refusals():
            break_glass(CATALOGUE[workflow], subject_id, step, actor(), reason, values, form.version_seen())
    if not form.faults:
        flash(t("broken_glass.done"))
    return form


def _page(form: Form, posted: UUID | None = None) -> str:
    acts = all_broken_glass()
    mine = {act.id for act in acts if did(act)}
    reviewed = [act for act in acts if act.reviewed_at]
    opened = [act for act in acts if not act.reviewed_at]
    by = actor_for("review_broken_glass")
    waits = {
        act.id: review_counts_from(by, act.people, act.created_at) for act in opened if by and act.id not in mine
    }  # fmt: skip
    return render_template(
        "broken_glass.html", open=opened, waits=waits, may_review_now=None in waits.values(),
        reviewed=reviewed[:MOST_REVIEWED],
        mine=mine, form=form, posted=posted, untouched=Form.beginning_with({}),
        fresh=is_fresh(actor(), database_now()), back=url_for(".listed", organisation=place().slug),
    )  # fmt: skip

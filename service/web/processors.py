"""Processors: who processes for this organisation, who asks to, and the answer to each."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, allowed, may, place
from service.schemas.processor import AnswerSchema
from service.web.confirming import confirm_page
from service.web.forms import Form
from service.words.texts import t
from tenants.errors import AlreadyDone
from tenants.isolation import database_now
from workflows.trust.consenting import answer, confirm_receipt, processor, processors_with_clocks
from workflows.trust.joining import joinable

blueprint = Blueprint("processors", __name__, url_prefix="/o/<organisation>/processors")


@blueprint.get("")
@may("read")
def listed() -> ResponseReturnValue:
    """Those that ask first."""
    return _page(Form.beginning_with({}))


@blueprint.get("/<uuid:processor_id>")
@may("see_to_processors")
def confirm_answer(processor_id: UUID) -> ResponseReturnValue:
    """Before a processor is accepted, refused or ended: `answer` in the address says which."""
    return _confirm(processor_id, request.args.get("answer", ""), Form.beginning_with({}))


@blueprint.post("/<uuid:processor_id>")
@may("see_to_processors")
def answered(processor_id: UUID) -> ResponseReturnValue:
    """Accept, refuse or end."""
    form = Form.posted()
    values = form.load(AnswerSchema())
    if values is None:
        return _page(form), form.status
    moved = form.attempt(lambda: answer(processor_id, values["answer"], actor()))
    if moved is None:
        return _confirm(processor_id, values["answer"], form)
    flash(t(f"processors.done.{values['answer']}"))
    return redirect(url_for(".listed", organisation=place().slug), 303)


@blueprint.post("/<uuid:processor_id>/messages/<uuid:breach_id>")
@may("confirm_receipt")
def received(processor_id: UUID, breach_id: UUID) -> ResponseReturnValue:
    """The message arrived; that accepts nothing."""
    form = Form.posted()
    if form.attempt(lambda: confirm_receipt(processor_id, breach_id, actor())) is None:
        return _page(form), form.status
    flash(t("processors.receive_done"))
    return redirect(url_for(".listed", organisation=place().slug), 303)


def _confirm(processor_id: UUID, answered: str, form: Form) -> ResponseReturnValue:
    asking = processor(processor_id)
    if answered not in asking.answers:
        raise AlreadyDone("processor.answered")
    leave_to, carried = url_for(".listed", organisation=place().slug), {"answer": answered}
    return confirm_page(f"processor_{answered}", form, leave_to, {"name": asking.name}, carried)


def _page(form: Form) -> str:
    found = sorted(processors_with_clocks(), key=lambda one: (one.state != "asked", one.name))
    others = joinable(actor()) if allowed("join_registers") else []
    return render_template(
        "processors.html", processors=found, form=form, others=others, as_moment=datetime.fromisoformat,
        now=database_now(),
    )  # fmt: skip

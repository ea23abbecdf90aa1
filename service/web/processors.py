"""Processors: who processes for this organisation, who asks to, and the answer to each."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.access import actor, allowed, may, place
from service.schemas.processor import AnswerSchema
from service.texts import t
from service.web.forms import Form
from tenants.isolation import database_now
from workflows.consenting import answer, confirm_receipt, processors_with_clocks
from workflows.engine.progress import is_fresh
from workflows.joining import joinable

blueprint = Blueprint("processors", __name__, url_prefix="/o/<organisation>/processors")


@blueprint.get("")
@may("read")
def listed() -> ResponseReturnValue:
    """Those that ask first."""
    return page(Form.beginning_with({}))


@blueprint.post("/<uuid:processor_id>")
@may("see_to_processors")
def answered(processor_id: UUID) -> ResponseReturnValue:
    """Accept, refuse or end."""
    form = Form.posted()
    values = form.load(AnswerSchema())
    if values is None:
        return page(form), form.status
    moved = form.attempt(lambda: answer(processor_id, values["answer"], actor()))
    if moved is None:
        return page(form), form.status
    flash(t(f"processors.done.{values['answer']}"))
    return redirect(url_for(".listed", organisation=place().slug), 303)


@blueprint.post("/<uuid:processor_id>/messages/<uuid:breach_id>")
@may("confirm_receipt")
def received(processor_id: UUID, breach_id: UUID) -> ResponseReturnValue:
    """The message arrived; that accepts nothing."""
    form = Form.posted()
    if form.attempt(lambda: confirm_receipt(processor_id, breach_id, actor())) is None:
        return page(form), form.status
    flash(t("processors.receive_done"))
    return redirect(url_for(".listed", organisation=place().slug), 303)


def page(form: Form) -> str:
    """All of them, and for an owner the registers that could be joined into this one."""
    found = sorted(processors_with_clocks(), key=lambda one: (one.state != "asked", one.name))
    others = joinable(actor()) if allowed("join_registers") else []
    now = database_now()
    fresh = is_fresh(actor(), now)
    return render_template(
        "processors.html", processors=found, form=form, others=others, fresh=fresh,
        as_moment=datetime.fromisoformat, now=now,
        back=url_for("web.processors.listed", organisation=place().slug),
    )  # fmt: skip

"""Processors: who processes for this organisation, who asks to, and the answer to each."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, allowed, may, place, places
from service.schemas.processor import AnswerSchema
from service.web.confirming import confirm_page
from service.web.forms import Form
from service.words.moments import local_moment
from service.words.texts import t
from tenants.agreements.consents import ACCEPTED, REFUSED, Processor
from tenants.errors import AlreadyDone, NotFound
from tenants.history.entries import History, of_subjects
from tenants.identity.users import Place
from tenants.isolation import database_now
from workflows.trust.consenting import answer, confirm_receipt, processors_with_clocks
from workflows.trust.joining import joinable

blueprint = Blueprint("processors", __name__, url_prefix="/o/<organisation>/processors")


@blueprint.get("")
@may("read")
def listed() -> ResponseReturnValue:
    """List the processors, those that ask first."""
    return _page(Form.beginning_with({}))


@blueprint.get("/<uuid:processor_id>")
@may("see_to_processors")
def confirm_answer(processor_id: UUID) -> ResponseReturnValue:
    """Show what happens, before a processor is accepted, refused or ended: `answer` in the address says which."""
    return _confirm(processor_id, request.args.get("answer", ""), Form.beginning_with({}))


@blueprint.post("/<uuid:processor_id>")
@may("see_to_processors")
def answered(processor_id: UUID) -> ResponseReturnValue:
    """Accept, refuse or end a processor."""
    form = Form.posted()
    values = form.load(AnswerSchema())
    if values is None:
        return _page(form), form.status
    moved = form.attempt(lambda: answer(processor_id, values["answer"], actor()))
    if moved is None:
        return _confirm(processor_id, values["answer"], form)
    done = "nothing_yet" if values["answer"] == ACCEPTED and not moved else values["answer"]
    flash(t(f"processors.done.{done}"))
    return redirect(url_for("web.breaches.listed" if moved else ".listed", organisation=place().slug), 303)


@blueprint.post("/<uuid:processor_id>/messages/<uuid:breach_id>")
@may("confirm_receipt")
def received(processor_id: UUID, breach_id: UUID) -> ResponseReturnValue:
    """Confirm that the message arrived; this does not accept the processor."""
    form = Form.posted()
    if form.attempt(lambda: confirm_receipt(processor_id, breach_id, actor())) is None:
        return _page(form), form.status
    flash(t("processors.receive_done"))
    return redirect(url_for(".listed", organisation=place().slug), 303)


def _confirm(processor_id: UUID, answered: str, form: Form) -> ResponseReturnValue:
    asking = next((candidate for candidate in processors_with_clocks() if candidate.processor_id == processor_id), None)
    if asking is None:
        raise NotFound("processor.unknown")
    if answered not in asking.answers:
        raise AlreadyDone("processor.answered")
    leave_to, carried = url_for(".listed", organisation=place().slug), {"answer": answered}
    act, names = f"processor_{answered}", {"name": asking.name}
    return confirm_page(act, form, leave_to, names, carried, _running(asking, answered))


def _running(asking: Processor, answered: str) -> list[str]:
    """Return what a refusal does not stop: each breach that waits, with the end of its term."""
    if answered != REFUSED:
        return []
    return [_warning(message) for message in asking.messages]


def _warning(message: dict[str, Any]) -> str:
    if message["alarm_at"] is None:
        return t("processors.refusing_no_clock", title=message["title"])
    until = local_moment(datetime.fromisoformat(message["alarm_at"]))
    return t("processors.refusing_runs", title=message["title"], moment=until)


def _page(form: Form) -> str:
    rows = sorted(processors_with_clocks(), key=lambda row: (row.state != "asked", row.name))
    others = joinable(actor()) if allowed("join_registers") else []
    return render_template(
        "processors.html", processors=rows, form=form, others=others, as_moment=datetime.fromisoformat,
        now=database_now(), joined=_joined_here(),
    )  # fmt: skip


def _joined_here() -> list[tuple[Place, History]]:
    """Return the registers that were joined into this one and in which the reader has a seat, with that entry: each
    stays readable at its own address."""
    seats = {str(seat.organisation_id): seat for seat in places()}
    entries = of_subjects([place().organisation_id], ["register.joined_in"])
    return [(seats[entry.details["register"]], entry) for entry in entries if entry.details.get("register") in seats]

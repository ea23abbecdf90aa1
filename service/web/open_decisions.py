"""Mail whose outcome is unknown, or that was stopped: the evidence, the choice, the reason."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from service.admission.access import actor, may, place
from service.schemas.machine_failures import SettlementSchema, UnconfirmedSettlementSchema
from service.typed.document import typed_document
from service.web.forms import Form
from service.words.texts import number, t
from tenants.history.entries import of_subject
from tenants.isolation import database_now
from workflows.decisions.mail_decisions import settle, settle_unconfirmed
from workflows.decisions.open_decisions import kind_of_mail_fault, mail_to_decide, unconfirmed_to_decide
from workflows.mail.decisions import RESEND

blueprint = Blueprint("open_decisions", __name__, url_prefix="/o/<organisation>/questions")
MOST_SETTLED = 10


@blueprint.get("")
@may("read")
def listed() -> ResponseReturnValue:
    """List everything that waits for a decision, the oldest first."""
    return _page(Form.beginning_with({}))


@blueprint.post("/<uuid:batch_id>")
@may("settle")
def decide(batch_id: UUID) -> ResponseReturnValue:
    """Decide about mail that was stopped or has an unknown outcome."""
    return _decided(SettlementSchema(), batch_id, lambda values: settle(batch_id, by=actor(), **values))


@blueprint.post("/notices/<uuid:notice_id>")
@may("settle")
def decide_unconfirmed(notice_id: UUID) -> ResponseReturnValue:
    """Decide about readers of a notice whose last event never came."""
    return _decided(
        UnconfirmedSettlementSchema(), notice_id, lambda values: settle_unconfirmed(notice_id, by=actor(), **values)
    )


def _decided(schema: Schema, question: UUID, verb: Callable[[dict[str, Any]], int]) -> ResponseReturnValue:
    """Read the form of this question, whose fields carry its id, because the page has one form for each."""
    form, prefix = Form.posted(), f"{question}."
    typed = typed_document(schema, form.typed, prefix)
    people = form.attempt(lambda: verb(schema.load(typed)))
    if people is None:
        form.faults = [fault | {"field": prefix + fault["field"]} for fault in form.faults]
        return _page(form, question), form.status
    flash(t("questions.settled", count=number(people)))
    return redirect(url_for(".listed", organisation=place().slug), 303)


def _page(form: Form, posted: UUID | None = None) -> str:
    settled = [entry for entry in of_subject(place().organisation_id) if entry.what == "mail.settled"]
    return render_template(
        "questions.html", questions=mail_to_decide(), unconfirmed=unconfirmed_to_decide(), form=form, posted=posted,
        untouched=Form.beginning_with({}), kind_of=kind_of_mail_fault, resend=RESEND,
        settled=settled[-MOST_SETTLED:], now=database_now(),
    )  # fmt: skip

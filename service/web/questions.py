"""Mail whose fate is unknown, or that was stopped: the evidence, the choice, the reason."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.access import actor, place
from service.schemas.settling import SettlementSchema
from service.texts import number, t
from service.web.forms import Form, typed_document
from service.web.may import is_officer, only_officers
from tenants.history import of_subject
from tenants.isolation import database_now
from workflows.mail.decisions import RESEND
from workflows.settling import settle
from workflows.stuck import asked, kind_of_mail_fault

blueprint = Blueprint("questions", __name__, url_prefix="/o/<organisation>/questions")
MOST_SETTLED = 10


@blueprint.get("")
def listed() -> ResponseReturnValue:
    """All that waits for a decision, the oldest first."""
    return _page(Form.beginning_with({}))


@blueprint.post("/<uuid:batch_id>")
def decide(batch_id: UUID) -> ResponseReturnValue:
    """One of them is settled. There is a form for each on the page, so their fields carry the batch's id."""
    only_officers()
    form, schema, prefix = Form.posted(), SettlementSchema(), f"{batch_id}."
    typed = typed_document(schema, form.typed, prefix)
    people = form.attempt(lambda: settle(batch_id, by=actor(), **schema.load(typed)))
    if people is None:
        form.faults = [fault | {"field": prefix + fault["field"]} for fault in form.faults]
        return _page(form, batch_id), form.status
    flash(t("questions.settled", count=number(people)))
    return redirect(url_for(".listed", organisation=place().slug), 303)


def _page(form: Form, posted: UUID | None = None) -> str:
    settled = [entry for entry in of_subject(place().organisation_id) if entry.what == "mail.settled"]
    return render_template(
        "questions.html", questions=asked(), form=form, posted=posted, untouched=Form.beginning_with({}),
        kind_of=kind_of_mail_fault, resend=RESEND, is_officer=is_officer(), settled=settled[-MOST_SETTLED:],
        now=database_now(),
    )  # fmt: skip

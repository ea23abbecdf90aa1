"""The call list of an incident, and one controller on it: who is called, and when they were told."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, may, place
from service.schemas.escalation import CallSchema
from service.schemas.incident import INFORMED_HOW
from service.web.forms import Form
from service.web.retrying import trouble_of
from service.words.texts import t
from tenants.agreements.client_standing import standing_among
from tenants.errors import NotFound
from tenants.history.entries import of_subject
from tenants.isolation import database_now
from tenants.register.escalations import Escalation, escalation
from tenants.register.incidents import incident
from workflows.engine.runs import run_about
from workflows.escalation.board import call_list, sums
from workflows.escalation.calls import record_call
from workflows.escalation.escalation import ESCALATION

blueprint = Blueprint("calls", __name__, url_prefix="/o/<organisation>/incidents/<uuid:incident_id>")
MOST = 100


@blueprint.get("/calls")
@may("read")
def listed(incident_id: UUID) -> ResponseReturnValue:
    """Whom to call, the tightest time first."""
    waiting, told = call_list(incident_id), sums(incident_id)
    shown_now = waiting[:MOST]
    return render_template(
        "calls.html", incident=incident(incident_id), waiting=shown_now, total=len(waiting), now=database_now(),
        standing=standing_among(one.controller_id for one in shown_now), untold=told["total"] - told["informed_in_all"],
    )  # fmt: skip


@blueprint.get("/escalations/<uuid:escalation_id>")
@may("read")
def shown(incident_id: UUID, escalation_id: UUID) -> ResponseReturnValue:
    """One controller: its contacts, what was sent, and a call to record."""
    return _page(_escalation(incident_id, escalation_id), Form.beginning_with({}))


@blueprint.post("/escalations/<uuid:escalation_id>")
@may("call")
def record(incident_id: UUID, escalation_id: UUID) -> ResponseReturnValue:
    """This controller was told by telephone or letter; on to the next."""
    found, form = _escalation(incident_id, escalation_id), Form.posted()
    values = form.load(CallSchema())
    called = form.attempt(lambda: record_call(escalation_id, by=actor(), **values)) if values else None
    if called is None:
        return _page(found, form), form.status
    flash(t("calls.recorded", name=called.controller_name))
    return redirect(url_for(".listed", organisation=place().slug, incident_id=incident_id), 303)


def _escalation(incident_id: UUID, escalation_id: UUID) -> Escalation:
    found = escalation(escalation_id)
    if found.incident_id != incident_id:
        raise NotFound("escalation.unknown")
    return found


def _page(found: Escalation, form: Form) -> str:
    return render_template(
        "escalation.html", escalation=found, incident=incident(found.incident_id), form=form, how=INFORMED_HOW,
        standing=standing_among([found.controller_id]).of(found.controller_id, found.controller_name),
        history=of_subject(found.id), now=database_now(), retry_form=Form.beginning_with({}),
        **trouble_of(run_about(ESCALATION.name, found.id)),
    )  # fmt: skip

"""The call list of an incident, and one controller on it: whom to call, and when they were told."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, may, place
from service.admission.viewer import viewer
from service.schemas.escalation import CallSchema
from service.schemas.incident import INFORMED_HOW
from service.web.actor_names import know_names
from service.web.forms import Form
from service.words.texts import t
from tenants.agreements.client_standing import standing_among
from tenants.errors import NotFound
from tenants.isolation import database_now
from tenants.register.incidents import incident
from workflows.dossiers.escalation import EscalationDossier, escalation_dossier_of
from workflows.escalation.incident_board import call_list, sums
from workflows.escalation.phone_reports import record_call
from workflows.mail.evidence import delivery_of

blueprint = Blueprint("phone_reports", __name__, url_prefix="/o/<organisation>/incidents/<uuid:incident_id>")
MOST = 100
OF_THE_DOSSIER = ("escalation", "incident", "standing", "history", "now", "stuck", "unknown_definition")


@blueprint.get("/calls")
@may("read")
def listed(incident_id: UUID) -> ResponseReturnValue:
    """List the controllers to call, those with the least time left first."""
    waiting, counts = call_list(incident_id), sums(incident_id)
    shown_now = waiting[:MOST]
    return render_template(
        "calls.html", incident=incident(incident_id), waiting=shown_now, total=len(waiting), now=database_now(),
        standing=standing_among(row.controller_id for row in shown_now),
        untold=counts["total"] - counts["informed_in_all"],
    )  # fmt: skip


@blueprint.get("/escalations/<uuid:escalation_id>")
@may("read")
def shown(incident_id: UUID, escalation_id: UUID) -> ResponseReturnValue:
    """Show one controller: its contacts, what was sent, and the form for a call."""
    return _page(_dossier(incident_id, escalation_id), Form.beginning_with({}))


@blueprint.post("/escalations/<uuid:escalation_id>")
@may("call")
def record(incident_id: UUID, escalation_id: UUID) -> ResponseReturnValue:
    """Record that this controller was informed by telephone or letter; then show the call list."""
    dossier, form = _dossier(incident_id, escalation_id), Form.posted()
    values = form.load(CallSchema())
    called = form.attempt(lambda: record_call(escalation_id, by=actor(), **values)) if values else None
    if called is None:
        return _page(dossier, form), form.status
    flash(t("calls.recorded", name=called.controller_name))
    return redirect(url_for(".listed", organisation=place().slug, incident_id=incident_id), 303)


def _dossier(incident_id: UUID, escalation_id: UUID) -> EscalationDossier:
    """Return the dossier. Raises NotFound, also when the escalation is of another incident than the address names."""
    dossier = escalation_dossier_of(escalation_id, viewer())
    if dossier.escalation.incident_id != incident_id:
        raise NotFound("escalation.unknown")
    return dossier


def _page(dossier: EscalationDossier, form: Form) -> str:
    know_names(dossier.history)
    shown_as = {name: getattr(dossier, name) for name in OF_THE_DOSSIER}
    about = dossier.escalation.id
    return render_template(
        "escalation.html", form=form, how=INFORMED_HOW, retry_form=Form.beginning_with({}),
        unreached=delivery_of("escalation", [about])[about].failed, **shown_as,
    )  # fmt: skip

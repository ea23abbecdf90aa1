"""The page on which a person says that an incident is done."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, may, place
from service.schemas.incident import IncidentEndSchema
from service.typed.document import typed_document
from service.web.forms import Form
from service.words.texts import t
from tenants.register.incident_ends import last_end_of
from tenants.register.incidents import incident
from workflows.escalation.ending import end_incident, open_parts
from workflows.escalation.incident_board import sums

_schema = IncidentEndSchema()
blueprint = Blueprint("incident_ending", __name__, url_prefix="/o/<organisation>/incidents/<uuid:incident_id>/end")


@blueprint.get("")
@may("end_incident")
def ask(incident_id: UUID) -> ResponseReturnValue:
    """Ask whether the incident is done, and show what is open."""
    return _page(incident_id, Form.beginning_with({}))


@blueprint.post("")
@may("end_incident")
def end(incident_id: UUID) -> ResponseReturnValue:
    """End the incident, so that the overview leaves it out."""
    form, about = Form.posted(), incident(incident_id)
    with form.showing_refusals():
        end_incident(about.id, actor(), _schema.load(typed_document(_schema, form.typed))["reason"])
    if form.faults:
        return _page(incident_id, form), form.status
    flash(t("incident_end.done", reference=about.reference))
    return redirect(url_for("web.home.overview", organisation=place().slug), 303)


def _page(incident_id: UUID, form: Form) -> str:
    about, ended = incident(incident_id), last_end_of(incident_id)
    still = open_parts(sums(incident_id))
    return render_template("incident_end.html", incident=about, ended=ended, still=still, form=form)

"""Incidents: what the office found, and at whom it opens an escalation."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from service.admission.access import actor, may
from service.admission.idempotency import idempotent
from service.api.answers import columns_of, page
from service.api.routes import OF_ORGANISATION, Resource, only_asks
from service.schemas.escalation import EscalationColumns, EscalationRow
from service.schemas.incident import BoardAnswer, CheckAnswer, IncidentAnswer, IncidentRow, IncidentSchema
from service.schemas.paging import PageSchema, page_of
from tenants.register.incidents import Incident, incident, newest_incidents
from workflows.dossiers.incident import board_of
from workflows.escalation.checking import Check, check_incident
from workflows.escalation.incident import NewIncident, open_incident

blueprint: Blueprint = Resource("incidents", __name__, url_prefix=f"{OF_ORGANISATION}/incidents")


@blueprint.route("")
@blueprint.arguments(PageSchema, location="query")
@blueprint.response(200, page_of(IncidentRow))
@may("read")
def list_incidents(asked: dict[str, Any]) -> Response:
    """List the incidents of this office, newest first."""
    rows = newest_incidents(asked["limit"] + 1, asked["after"])
    return page(columns_of(rows, IncidentRow), asked["limit"], "found_at")


@blueprint.route("", methods=["POST"])
@idempotent
@blueprint.arguments(IncidentSchema)
@blueprint.response(201, IncidentAnswer)
@may("record_incident")
def record_incident(new: NewIncident) -> Incident:
    """Record an incident and open it at every client that it hits: all or none."""
    return open_incident(new, actor())


@blueprint.route("/preview", methods=["POST"])
@only_asks
@blueprint.arguments(IncidentSchema)
@blueprint.response(200, CheckAnswer)
@may("record_incident")
def check_incident_first(new: NewIncident) -> Check:
    """Return what happens when this incident is recorded now: who, within which hours, the messages. Records nothing.
    """
    return check_incident(new, actor())


@blueprint.route("/<uuid:incident_id>")
@blueprint.response(200, IncidentAnswer)
@may("read")
def show_incident(incident_id: UUID) -> Incident:
    """Return one incident."""
    return incident(incident_id)


@blueprint.route("/<uuid:incident_id>/board")
@blueprint.response(200, BoardAnswer)
@may("read")
def show_board(incident_id: UUID) -> dict[str, int]:
    """Return how many controllers are in each state. The parts add up to the total."""
    return board_of(incident_id).sums


@blueprint.route("/<uuid:incident_id>/escalations")
@blueprint.arguments(PageSchema, location="query")
@blueprint.response(200, page_of(EscalationRow))
@may("read")
def list_escalations(asked: dict[str, Any], incident_id: UUID) -> Response:
    """List the escalations of one incident, those with the least time left first."""
    listed = board_of(incident_id).listed(asked["limit"] + 1, asked["after"])
    shown = zip(columns_of(listed.rows, EscalationColumns), listed.rows, strict=True)
    rows = [{**row, **listed.standing.of(of.controller_id, of.controller_name)} for row, of in shown]
    return page(rows, asked["limit"], "alarm_at")

"""Incidents: what the office found, and at whom it opens an escalation."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from service.admission.access import actor, may
from service.admission.idempotency import idempotent
from service.api.answers import all_columns, columns_of, page
from service.api.routes import OF_ORGANISATION, Resource, only_asks
from service.schemas.board import BoardAnswer, BoardAskedSchema, BoardRow
from service.schemas.escalation import EscalationColumns
from service.schemas.filters import IncidentsAskedSchema
from service.schemas.incident import CheckAnswer, IncidentAnswer, IncidentEndSchema, IncidentRow, IncidentSchema
from service.schemas.paging import page_of
from tenants.agreements.client_standing import ClientStanding
from tenants.register.incident_ends import ended_among
from tenants.register.incidents import Incident, incident, newest_incidents
from workflows.dossiers.incident import board_of
from workflows.escalation.board_list import Asked
from workflows.escalation.board_states import STATES
from workflows.escalation.checking import Check, check_incident
from workflows.escalation.ending import end_incident, end_of
from workflows.escalation.incident import NewIncident, open_incident
from workflows.escalation.incident_board import Row

blueprint: Blueprint = Resource("incidents", __name__, url_prefix=f"{OF_ORGANISATION}/incidents")
OF_A_ROW = tuple(IncidentRow._declared_fields)


@blueprint.route("")
@blueprint.arguments(IncidentsAskedSchema, location="query")
@blueprint.response(200, page_of(IncidentRow))
@may("read")
def list_incidents(asked: dict[str, Any]) -> Response:
    """List the incidents of this office, newest first."""
    rows = newest_incidents(asked["limit"] + 1, asked["after"], asked["state"], asked["year"])
    ended = ended_among(row.id for row in rows)
    shown = [{**all_columns(row), "ended_at": ended.get(row.id)} for row in rows]
    return page([{name: row[name] for name in OF_A_ROW} for row in shown], asked["limit"], "found_at")


@blueprint.route("", methods=["POST"])
@idempotent
@blueprint.arguments(IncidentSchema)
@blueprint.response(201, IncidentAnswer)
@may("record_incident")
def record_incident(new: NewIncident) -> dict[str, Any]:
    """Record an incident and open it at every client that it hits: all or none."""
    return _whole(open_incident(new, actor()))


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
def show_incident(incident_id: UUID) -> dict[str, Any]:
    """Return one incident, and its end when it is ended."""
    return _whole(incident(incident_id))


@blueprint.route("/<uuid:incident_id>/end", methods=["POST"])
@idempotent
@blueprint.arguments(IncidentEndSchema)
@blueprint.response(200, IncidentAnswer)
@may("end_incident")
def say_incident_is_done(payload: dict[str, Any], incident_id: UUID) -> dict[str, Any]:
    """End an incident of which every client is informed, with a reason while a client has to confirm or decide."""
    about = incident(incident_id)
    end_incident(about.id, actor(), payload["reason"])
    return _whole(about)


@blueprint.route("/<uuid:incident_id>/board")
@blueprint.response(200, BoardAnswer)
@may("read")
def show_board(incident_id: UUID) -> dict[str, Any]:
    """Return how many controllers are in each state, at one moment. The parts add up to the total."""
    board = board_of(incident_id)
    sums = board.reading.sums
    return {**sums, **vars(board.reading.people), "read_at": board.now, "states": {name: sums[name] for name in STATES}}


@blueprint.route("/<uuid:incident_id>/escalations")
@blueprint.arguments(BoardAskedSchema, location="query")
@blueprint.response(200, page_of(BoardRow))
@may("read")
def list_escalations(asked: dict[str, Any], incident_id: UUID) -> Response:
    """List the escalations of one incident: all, or those of a state, a term or a search; the least time left first.

    `search`: words of the name or of the contacts, a client number, or a telephone number.
    """
    after = asked["after"][1] if asked["after"] else None
    wanted = Asked(asked["state"], asked["search"], asked["sort"], after, asked["limit"] + 1)
    board = board_of(incident_id, wanted)
    listed = [row.escalation for row in board.reading.rows]
    shown = zip(columns_of(listed, EscalationColumns), board.reading.rows, strict=True)
    standing = board.standing_of(board.reading.rows)
    of = {"is_test": board.incident.is_test}
    rows = [{**columns, **_standing(standing, row), **of} for columns, row in shown]
    return page(rows, asked["limit"], "alarm_at")


def _whole(about: Incident) -> dict[str, Any]:
    end = end_of(about.id)
    return all_columns(about) | {"ended_at": end.ended_at if end else None, "end": end}


def _standing(standing: ClientStanding, row: Row) -> dict[str, Any]:
    of = row.escalation
    own = {"client_number": row.client_number, "state": row.state, "term": row.term}
    return own | standing.of(of.controller_id, of.controller_name)

"""Files to take away: the register, incidents, agreements, the people of a notice, and the evidence of a breach.

The ending of the address says in which form a table comes: csv, xlsx or json. Its rows are those of the list with the
same query. The history records who takes a file.
"""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from service.admission.access import may
from service.api.routes import OF_ORGANISATION, Resource
from service.downloads.agreements import agreements_file
from service.downloads.board import board_file
from service.downloads.figures import figures_file
from service.downloads.incidents import incidents_file
from service.downloads.people import people_file, unreached_file
from service.downloads.register import register_file
from service.downloads.tables import CONTENT_TYPES, CSV, JSON, XLSX
from service.evidence.evidence_file import evidence_zip
from service.schemas.agreement import ClientFilters
from service.schemas.board import BoardFilters
from service.schemas.filters import BreachFilters, IncidentFilters
from service.schemas.notice import PeopleFilters
from tenants.agreements.client_filters import FILTERS, Filters
from tenants.register.filtering import Wanted
from workflows.escalation.board_list import Asked

blueprint: Blueprint = Resource("exports", __name__, url_prefix=OF_ORGANISATION)
ZIP = {"type": "string", "contentMediaType": "application/zip"}
SCHEMAS = {
    CSV: {"type": "string"}, XLSX: {"type": "string", "contentMediaType": CONTENT_TYPES[XLSX]},
    JSON: {"type": "array", "items": {"type": "object"}},
}  # fmt: skip
TABLE = {CONTENT_TYPES[ending].partition(";")[0]: {"schema": schema} for ending, schema in SCHEMAS.items()}
in_three_forms = blueprint.doc(responses={"200": {"description": "the table", "content": TABLE}})


@blueprint.route("/breaches.<ending:ending>")
@blueprint.arguments(BreachFilters, location="query")
@in_three_forms
@may("export")
def export_register(asked: dict[str, Any], ending: str) -> Response:
    """Return the register (Art. 33(5)) as a file, newest first, in the language that the request accepts: all breaches,
    or those that are asked for."""
    return register_file(Wanted(**asked), ending)


@blueprint.route("/figures.<ending:ending>")
@in_three_forms
@may("export")
def export_figures(ending: str) -> Response:
    """Return the register in figures as a file: a row for each figure, with a column for each year of discovery."""
    return figures_file(ending)


@blueprint.route("/incidents.<ending:ending>")
@blueprint.arguments(IncidentFilters, location="query")
@in_three_forms
@may("export")
def export_incidents(asked: dict[str, Any], ending: str) -> Response:
    """Return the incidents as a file, newest first: a row for each escalation."""
    return incidents_file(asked["state"], asked["year"], ending)


@blueprint.route("/incidents/<uuid:incident_id>/escalations.<ending:ending>")
@blueprint.arguments(BoardFilters, location="query")
@in_three_forms
@may("export")
def export_escalations(asked: dict[str, Any], incident_id: UUID, ending: str) -> Response:
    """Return the escalations of one incident as a file, with where each client stands at this moment."""
    return board_file(incident_id, Asked(asked["state"], asked["search"], asked["sort"], None, None), ending)


@blueprint.route("/agreements.<ending:ending>")
@blueprint.arguments(ClientFilters, location="query")
@in_three_forms
@may("export")
def export_agreements(asked: dict[str, Any], ending: str) -> Response:
    """Return the agreements of this office as a file, with the contacts of each client."""
    return agreements_file(asked["search"], asked["sort"], Filters(**{name: asked[name] for name in FILTERS}), ending)


@blueprint.route("/breaches/<uuid:breach_id>/evidence.zip")
@blueprint.response(200, ZIP, content_type="application/zip")
@may("export")
def export_evidence(breach_id: UUID) -> Response:
    """Return the evidence of one breach: what is stored, its history, who countersigned, and how to check it."""
    return evidence_zip(breach_id)


@blueprint.route("/notices/<uuid:notice_id>/people.<ending:ending>")
@blueprint.arguments(PeopleFilters, location="query")
@in_three_forms
@may("read_people")
def export_people(asked: dict[str, Any], notice_id: UUID, ending: str) -> Response:
    """Return name and address of the people on the list, or of one group, and what became of the mail."""
    return people_file(notice_id, asked["group"], ending)


@blueprint.route("/notices/<uuid:notice_id>/unreached.<ending:ending>")
@in_three_forms
@may("read_people")
def export_unreached(notice_id: UUID, ending: str) -> Response:
    """Return name and address of the people whom the mail did not reach, for letters and calls."""
    return unreached_file(notice_id, ending)

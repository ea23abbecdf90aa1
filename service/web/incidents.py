"""The office's incidents: the list, the form, and the board of one."""

from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, may, place, unattended, user
from service.schemas.incident import INFORMED_HOW, IncidentSchema
from service.web.forms import Form
from service.web.layout import after
from service.words.texts import number, t
from tenants.agreements.processing_agreements import SERVICES
from tenants.organisations.admission import refuse_unless_admitted
from tenants.register.incidents import newest_incidents
from workflows.dossiers.incident import board_of
from workflows.escalation.incident import open_incident
from workflows.escalation.incident_board import STATES
from workflows.law import vocabulary

blueprint = Blueprint("incidents", __name__, url_prefix="/o/<organisation>/incidents")
PAGE = 50
BLANK_ROWS = 3
OF_THE_BOARD = ("incident", "now", "soon_until", "sums", "tiles", "asked", "doubted")


@blueprint.get("")
@may("read")
def listed() -> ResponseReturnValue:
    """List the incidents, newest first."""
    rows = newest_incidents(PAGE + 1, after())
    return render_template("incidents.html", incidents=rows[:PAGE], more=len(rows) > PAGE)


@blueprint.get("/new")
@may("record_incident")
def ask() -> ResponseReturnValue:
    """Show the form for an incident and its clients.

    An organisation that is not admitted as an office reads what to do.
    """
    refuse_unless_admitted()
    return _form(Form.beginning_with({"contact_name": user().name, "contact_email": user().email}))


@blueprint.post("/new")
@may("record_incident")
def record() -> ResponseReturnValue:
    """Record the incident with all its clients or not at all; then show its board."""
    form = Form.posted(rows="clients", file_into="clients_csv")
    new = form.load(IncidentSchema())
    if new is None:
        return _form(form), form.status
    opened = form.attempt(lambda: open_incident(new, actor()))
    if opened is None:
        _at_their_rows(form)
        return _form(form), form.status
    flash(t("incident.recorded", reference=opened.reference, clients=number(len(new.clients))))
    return redirect(url_for(".shown", organisation=place().slug, incident_id=opened.id), 303)


@blueprint.get("/<uuid:incident_id>")
@may("read")
def shown(incident_id: UUID) -> ResponseReturnValue:
    """Show the board: sums, a tile for each controller, and the list with the least time left first."""
    state, board = request.args.get("state"), board_of(incident_id)
    part = state if state in STATES else None
    listed, (failed, failed_in_all) = board.listed(PAGE, after(), part), board.failed
    return render_template(
        "board.html", **{name: getattr(board, name) for name in OF_THE_BOARD}, failed=failed,
        failed_in_all=failed_in_all, part=part, escalations=listed.rows, more=listed.more, standing=listed.standing,
    )  # fmt: skip


@blueprint.get("/<uuid:incident_id>/sums.json")
@may("read")
@unattended
def counted(incident_id: UUID) -> ResponseReturnValue:
    """Return the sums of the board, for a page that stays open."""
    sums = board_of(incident_id).sums
    return jsonify(sums=sums, shown={name: number(value) for name, value in sums.items()})


def _at_their_rows(form: Form) -> None:
    """Move each fault of a client to its field: in its row, or at the text of the file."""
    for fault in form.faults:
        if fault["field"] != "clients" or not fault["line"]:
            continue
        if form.value("clients_csv"):
            fault["field"] = "clients_csv"
        else:
            column = "client_number" if fault["key"].startswith("client.") else "informed_at"
            fault |= {"field": f"clients.{fault['line'] - 1}.{column}", "line": None}


def _form(form: Form) -> str:
    return render_template(
        "incident_new.html", form=form, services=SERVICES, vocabulary=vocabulary, how=INFORMED_HOW,
        blank_rows=BLANK_ROWS,
    )  # fmt: skip

"""The office's incidents: the list, the form, and the board of one."""

from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, may, place, unattended, user
from service.schemas.incident import INFORMED_HOW, IncidentSchema
from service.web.forms import Form
from service.web.layout import after
from service.words.texts import number, t
from tenants.agreements.client_standing import standing_among
from tenants.agreements.doubted_contacts import count_doubted
from tenants.agreements.processing_agreements import SERVICES
from tenants.isolation import database_now
from tenants.organisations.admission import refuse_unless_admitted
from tenants.register.escalations import board
from tenants.register.incidents import incident, newest_incidents
from workflows.decisions.overview import board_where
from workflows.decisions.stuck import failed_steps, people_asked_about
from workflows.escalation.board import SOON, STATES, sums, tiles
from workflows.escalation.incident import open_incident
from workflows.law import vocabulary

blueprint = Blueprint("incidents", __name__, url_prefix="/o/<organisation>/incidents")
PAGE = 50
BLANK_ROWS = 3
MOST_FAILED = 10


@blueprint.get("")
@may("read")
def listed() -> ResponseReturnValue:
    """Newest first."""
    found = newest_incidents(PAGE + 1, after())
    return render_template("incidents.html", incidents=found[:PAGE], more=len(found) > PAGE)


@blueprint.get("/new")
@may("record_incident")
def ask() -> ResponseReturnValue:
    """What happened, and to whom? An organisation that is not admitted as an office learns what to do."""
    refuse_unless_admitted()
    return _form(Form.beginning_with({"contact_name": user().name, "contact_email": user().email}))


@blueprint.post("/new")
@may("record_incident")
def record() -> ResponseReturnValue:
    """Everything or nothing; then its board."""
    form = Form.posted(rows="clients", file_into="clients_csv")
    new = form.load(IncidentSchema())
    if new is None:
        return _form(form), form.status
    opened = form.attempt(lambda: open_incident(new, actor()))
    if opened is None:
        return _form(form), form.status
    flash(t("incident.recorded", reference=opened.reference, clients=number(len(new.clients))))
    return redirect(url_for(".shown", organisation=place().slug, incident_id=opened.id), 303)


@blueprint.get("/<uuid:incident_id>")
@may("read")
def shown(incident_id: UUID) -> ResponseReturnValue:
    """The board: sums, a tile for each controller, and the list with the tightest time first."""
    where = request.args.get("state", "")
    part = where if where in STATES else None
    found = board_where(incident_id, part, PAGE + 1, after()) if part else board(incident_id, PAGE + 1, after())
    now = database_now()
    failed, failed_in_all = failed_steps(MOST_FAILED, incident_id)
    return render_template(
        "board.html", failed=failed, failed_in_all=failed_in_all, asked=people_asked_about(incident_id),
        incident=incident(incident_id), sums=sums(incident_id), tiles=tiles(incident_id), part=part,
        doubted=count_doubted(), standing=standing_among(one.controller_id for one in found),
        escalations=found[:PAGE], more=len(found) > PAGE, now=now, soon_until=now + SOON,
    )  # fmt: skip


@blueprint.get("/<uuid:incident_id>/sums.json")
@may("read")
@unattended
def counted(incident_id: UUID) -> ResponseReturnValue:
    """The board's sums, for a page that stays open."""
    incident(incident_id)
    found = sums(incident_id)
    return jsonify(sums=found, shown={name: number(value) for name, value in found.items()})


def _form(form: Form) -> str:
    return render_template(
        "incident_new.html", form=form, services=SERVICES, vocabulary=vocabulary, how=INFORMED_HOW,
        blank_rows=BLANK_ROWS,
    )  # fmt: skip

"""The office's incidents: the list, the form, and the board of one."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, may, place, takes_file, user
from service.admission.sent_forms import keeps_draft, makes_new
from service.schemas.filters import IncidentFilters
from service.schemas.incident import IncidentSchema
from service.web.board import board_page
from service.web.filters import filters_of
from service.web.forms import Form
from service.web.incident_form import (
    Checked,
    check_page,
    checked_before,
    form_id,
    form_page,
    is_about_a_part,
    is_to_be_filled_in,
    name_unknown_clients,
    part_page,
    with_form_id,
)
from service.web.incident_list import brings_list, keep_form, take_in_list
from service.web.incident_picker import take_picked
from service.web.layout import after
from service.web.passing_on import known_of_message
from service.words.texts import number, t
from tenants.agreements.client_list import names_by_number
from tenants.agreements.client_of_tests import is_test_client
from tenants.agreements.processing_agreements import SERVICES
from tenants.errors import AlreadyDone
from tenants.lines import one_line
from tenants.organisations.admission import refuse_unless_admitted
from tenants.register.incident_ends import ended_among
from tenants.register.incidents import INCIDENT_STATES, newest_incidents
from workflows.escalation.checking import open_checked
from workflows.escalation.incident import NewIncident, refuse_recorded
from workflows.evidence.exporting_incidents import rows_of_incidents

blueprint = Blueprint("incidents", __name__, url_prefix="/o/<organisation>/incidents")
PAGE = 50


@blueprint.get("")
@may("read")
def listed() -> ResponseReturnValue:
    """List the incidents, newest first: all, or those that the address asks for."""
    filters = filters_of(IncidentFilters())
    rows = newest_incidents(PAGE + 1, after(), **filters.chosen)
    rows_of_file = rows_of_incidents(**filters.chosen) if filters.chosen else None
    ended = ended_among(row.id for row in rows)
    return render_template(
        "incidents.html", incidents=rows[:PAGE], more=len(rows) > PAGE, ended=ended, filters=filters,
        states=INCIDENT_STATES, rows_of_file=rows_of_file,
    ), filters.form.status  # fmt: skip


@blueprint.get("/new")
@may("record_incident")
def ask() -> ResponseReturnValue:
    """Show the form for an incident and its clients: with the one whose number the address names, if there is one.

    Where the address names a message of the office's own processor, the form begins with what that says. An
    organisation that is not admitted as an office reads what to do. The form for the test client says that it is a
    test.
    """
    refuse_unless_admitted()
    known = {"contact_name": user().name, "contact_email": user().email}
    for client_number in names_by_number([one_line(request.args.get("client", ""))]):
        known["clients.0.client_number"] = client_number
        if is_test_client(client_number):
            known |= {name: t(f"test.incident_{name}") for name in ("title", "description")} | {"services": SERVICES[0]}
    known |= known_of_message(request.args.get("from_breach", ""))
    return form_page(Form.beginning_with(known))


@blueprint.post("/new")
@may("record_incident")
@takes_file
@makes_new
def record() -> ResponseReturnValue:
    """Show the check page; from there, record the incident with all its clients or not at all, and show its board."""
    form = Form.posted(rows="clients")
    first_new = take_picked(form)
    if brings_list(form):
        take_in_list(form)
        return form_page(form, first_new), form.status
    if is_to_be_filled_in(form):
        return form_page(form, first_new), form.status
    new = form.load(IncidentSchema())
    if new is None:
        name_unknown_clients(form)
        return form_page(form), form.status
    checked = checked_before(form)
    try:
        refuse_recorded(form_id(with_form_id(form)))
        if checked:
            return _send(form, new, checked)
        return part_page(form, new) if is_about_a_part(form) else check_page(form, new)
    except AlreadyDone:
        flash(t("incident.recorded_before"))
        return redirect(url_for(".shown", organisation=place().slug, incident_id=form_id(form)), 303)


@blueprint.post("/new/list")
@may("record_incident")
@takes_file
@keeps_draft
def read_list() -> ResponseReturnValue:
    """Read the clients of a file or of pasted rows, keep the form as a draft, and show which column is which."""
    form = Form.posted(rows="clients")
    file = take_in_list(form)
    if file is None or not keep_form(form):
        return form_page(form), form.status
    return redirect(url_for("web.file_columns.shown", organisation=place().slug, file_id=file.id), 303)


@blueprint.get("/<uuid:incident_id>")
@may("read")
def shown(incident_id: UUID) -> ResponseReturnValue:
    """Show the board: sums, a tile for each controller, and the list that was asked for."""
    return board_page(incident_id)


def _send(form: Form, new: NewIncident, checked: Checked) -> ResponseReturnValue:
    opened = form.attempt(lambda: open_checked(new, actor(), checked.incident_id, checked.digest))
    if opened is None:
        return check_page(form, new)
    flash(t("incident.recorded", reference=opened.reference, clients=number(len(new.clients))))
    return redirect(url_for(".shown", organisation=place().slug, incident_id=opened.id), 303)

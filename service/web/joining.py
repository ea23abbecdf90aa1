"""Joining: an owner makes one register of the two that its organisation has, whose histories stand side by side."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, may, place, seat, step_by_step, user
from service.admission.admitting import admit_also, admit_to_address
from service.web.actor_names import know_names
from service.web.confirming import confirm_page
from service.web.forms import Form
from service.words.texts import t
from service.words.whole_numbers import MOST_IN_A_LONG_COLUMN, whole_of
from tenants.errors import NotFound
from tenants.isolation import Acting, acting_for_whom
from workflows.dossiers.both_histories import beside, lines_here, lines_of_joined
from workflows.trust.joining import join, joinable

blueprint = Blueprint("joining", __name__, url_prefix="/o/<organisation>/registers")
MOST_LINES = 50


@blueprint.get("/<uuid:register_id>")
@may("join_registers")
def confirm_joining(register_id: UUID) -> ResponseReturnValue:
    """Show what joining does, before two registers are joined."""
    return _confirm(register_id, Form.beginning_with({}))


@blueprint.post("/<uuid:register_id>")
@may("join_registers")
def joined(register_id: UUID) -> ResponseReturnValue:
    """Join the registers. The other one is read only from now on."""
    form = Form.posted()
    if form.attempt(lambda: join(register_id, actor())) is None:
        return _confirm(register_id, form)
    flash(t("processors.join.done"))
    return redirect(url_for("web.processors.listed", organisation=place().slug), 303)


@blueprint.get("/<uuid:register_id>/histories")
@may("read")
@step_by_step
def histories(organisation: str, register_id: UUID) -> ResponseReturnValue:
    """Show the history of this register and of one that was joined into it, to who may read both."""
    here, (there, as_there) = admit_to_address(), admit_also(register_id)
    before = (_before("here"), _before("joined"))
    with acting_for_whom(lambda: Acting(there.organisation_id, user().id, as_there.for_id)):
        joined = lines_of_joined(here.organisation_id, before[1], MOST_LINES + 1)
    with acting_for_whom(lambda: Acting(here.organisation_id, user().id, seat().for_id)):
        page = beside(lines_here(before[0], MOST_LINES + 1), joined, before, MOST_LINES)
        know_names([line.entry for line in page.lines])
        return render_template("histories.html", page=page, there=there, is_first=before == (None, None))


def _before(name: str) -> int | None:
    return whole_of(request.args.get(name, ""), MOST_IN_A_LONG_COLUMN)


def _confirm(register_id: UUID, form: Form) -> ResponseReturnValue:
    other = next((candidate for candidate in joinable(actor()) if candidate.register == register_id), None)
    if other is None:
        raise NotFound("joining.unknown")
    names = {"name": other.name, "address": f"/o/{other.slug}/", "organisation": place().name}
    return confirm_page("register_joined", form, url_for("web.processors.listed", organisation=place().slug), names)

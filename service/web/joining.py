"""Joining: an owner makes one register of the two that its organisation has."""

from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, may, place
from service.web.confirming import confirm_page
from service.web.forms import Form
from service.words.texts import t
from tenants.errors import NotFound
from workflows.trust.joining import join, joinable

blueprint = Blueprint("joining", __name__, url_prefix="/o/<organisation>/registers")


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


def _confirm(register_id: UUID, form: Form) -> ResponseReturnValue:
    other = next((candidate for candidate in joinable(actor()) if candidate.register == register_id), None)
    if other is None:
        raise NotFound("joining.unknown")
    names = {"name": other.name, "address": f"/o/{other.slug}/", "organisation": place().name}
    return confirm_page("register_joined", form, url_for("web.processors.listed", organisation=place().slug), names)

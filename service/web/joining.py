"""Joining: an owner makes one register of two that its organisation has."""

from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from service.access import actor, may, place
from service.texts import t
from service.web import processors
from service.web.forms import Form
from workflows.joining import join

blueprint = Blueprint("joining", __name__, url_prefix="/o/<organisation>/registers")


@blueprint.post("/<uuid:register_id>")
@may("join_registers")
def joined(register_id: UUID) -> ResponseReturnValue:
    """The other one is read only from now on."""
    form = Form.posted()
    if form.attempt(lambda: join(register_id, actor())) is None:
        return processors.page(form), form.status
    flash(t("processors.join.done"))
    return redirect(url_for("web.processors.listed", organisation=place().slug), 303)

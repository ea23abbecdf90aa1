"""Deputies: an owner lets somebody stand in for a colleague for a period; on the page of people."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, may, place
from service.admission.sent_forms import makes_new
from service.schemas.deputy import DeputySchema
from service.web.forms import Form
from service.words.texts import t
from tenants.identity.deputies import deputies, names_of
from tenants.identity.users import members_of
from tenants.isolation import database_now
from workflows.accounts.deputising import appoint, end_early
from workflows.engine.progress import is_fresh

blueprint = Blueprint("deputies", __name__, url_prefix="/o/<organisation>/deputies")


@blueprint.get("")
@may("read")
def listed() -> ResponseReturnValue:
    """List the deputies and for whom each stands in."""
    return _page(Form.beginning_with({}))


@blueprint.post("")
@may("appoint_deputy")
@makes_new
def begin() -> ResponseReturnValue:
    """Appoint a deputy for a colleague."""
    form = Form.posted()
    values = form.load(DeputySchema())
    if values is not None:
        with form.showing_refusals():
            appoint(**values, by=actor())
    return (_page(form), form.status) if form.faults else _back("deputies.appointed")


@blueprint.post("/<uuid:appointment_id>/end")
@may("appoint_deputy")
def end(appointment_id: UUID) -> ResponseReturnValue:
    """End the deputy's appointment, because the colleague is back."""
    form = Form.posted()
    with form.showing_refusals():
        end_early(appointment_id, actor())
    return (_page(form), form.status) if form.faults else _back("deputies.ended")


def _back(words: str) -> ResponseReturnValue:
    flash(t(words))
    return redirect(url_for(".listed", organisation=place().slug), 303)


def _page(form: Form) -> str:
    rows = deputies()
    members = members_of(place().organisation_id)
    names = {user.id: user.name for user, _ in members}
    names |= names_of({who for row in rows for who in (row.of_user, row.deputy_id)} - set(names))
    return render_template(
        "deputies.html", deputies=rows, members=members, names=names, form=form, now=database_now(),
        fresh=is_fresh(actor(), database_now()),
        back=url_for(".listed", organisation=place().slug),
    )  # fmt: skip

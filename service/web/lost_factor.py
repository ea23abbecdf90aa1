"""Somebody knows their password and lost everything else: a link by mail, 72 hours, then a new second factor."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import step_by_step, user
from service.admission.browsers import caller
from service.web.forms import Form
from service.web.login import attempt
from service.words.texts import t
from tenants.identity.factor_requests import own_request
from tenants.identity.users import OWNER, Place, seats_of
from tenants.isolation import acting_for, acting_for_nobody, database_now
from workflows.accounts import lost_factor
from workflows.accounts.membership import is_last_owner

blueprint = Blueprint("lost_factor", __name__, url_prefix="/proof/lost")


@blueprint.get("")
@step_by_step
def ask() -> ResponseReturnValue:
    """Show what can be done, and which step comes now."""
    return _page(Form.beginning_with({}))


@blueprint.post("")
@step_by_step
def mail() -> ResponseReturnValue:
    """Mail a link to the address of this account."""
    form, who = Form.posted(), user()
    attempt(form, lambda: lost_factor.mail_link(who, caller(who.email)))
    if not form.faults:
        flash(t("proof.lost_sent"))
    return _page(form) if form.faults else redirect(url_for(".ask"), 303)


@blueprint.get("/link/<token>")
@step_by_step
def show_link(token: str) -> ResponseReturnValue:
    """Show the link's page. It changes nothing, because machines follow links too."""
    return _page(Form.beginning_with({}), token)


@blueprint.post("/link/<token>")
@step_by_step
def open_link(token: str) -> ResponseReturnValue:
    """Begin the wait of 72 hours."""
    lost_factor.open_link(user(), token)
    return redirect(url_for(".ask"), 303)


@blueprint.post("/anew")
@step_by_step
def begin_anew() -> ResponseReturnValue:
    """After the 72 hours, remove the lost second factor and end every session."""
    form, who = Form.posted(), user()
    attempt(form, lambda: lost_factor.begin_anew(who))
    if form.faults:
        return _page(form)
    flash(t("proof.lost_done"))
    return redirect("/login", 303)


def _page(form: Form, token: str = "") -> ResponseReturnValue:
    with acting_for_nobody():
        asked, now, own = own_request(user().id), database_now(), seats_of(user().id)
    seats = [seat for seat in user().places if seat.organisation_id in own]
    alone_at = {seat.slug for seat in seats if _is_alone(seat)}
    with acting_for_nobody():
        page = render_template(
            "lost_factor.html", form=form, asked=asked, now=now, token=token, seats=seats, alone_at=alone_at
        )
        return page, form.status


def _is_alone(seat: Place) -> bool:
    """Return whether nobody else there could remove the lost factor."""
    if seat.role != OWNER:
        return False
    with acting_for(seat.organisation_id):
        return is_last_owner(user().id)

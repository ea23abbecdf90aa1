"""A forgotten password: a mailed link, and a new password. The answer never shows whether an address has an account."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import public, step_by_step
from service.admission.browsers import caller
from service.http.after_answers import after_this_answer
from service.schemas.me import NewPassword
from service.schemas.person import AddressSchema
from service.web.forms import Form
from service.web.login import attempt, read
from service.words.texts import t
from tenants.identity.mailed_links import user_of_reset
from tenants.isolation import acting_for_nobody
from workflows.accounts import own_account

blueprint = Blueprint("password_reset", __name__, url_prefix="/password-reset")


@blueprint.get("")
@public
def ask() -> ResponseReturnValue:
    """Show the form for an address."""
    return _ask_page(Form.beginning_with({}))


@blueprint.post("")
@public
@step_by_step
def mail() -> ResponseReturnValue:
    """Give the same answer for every address before anybody looks for its account, so the time reveals nothing."""
    form = Form.posted()
    values = attempt(form, lambda: read(AddressSchema(), form))
    if values is None:
        return _ask_page(form)
    is_counted = own_account.count_reset(values["email"], caller(values["email"]))
    after_this_answer(partial(own_account.mail_reset, values["email"], is_counted))
    return render_template("password_reset_sent.html")


@blueprint.get("/<token>")
@public
@step_by_step
def choose(token: str) -> ResponseReturnValue:
    """Show the form for a new password. The link stays valid, because machines follow links too."""
    with acting_for_nobody():
        user_of_reset(token)
    return _choose_page(Form.beginning_with({}))


@blueprint.post("/<token>")
@public
@step_by_step
def reset(token: str) -> ResponseReturnValue:
    """Set the new password; the user logs in with it."""
    form = Form.posted()
    values = attempt(form, lambda: read(NewPassword(), form))
    if values:
        attempt(form, lambda: own_account.reset_password(token, values["new_password"]))
    if form.faults:
        return _choose_page(form)
    flash(t("password_reset.done"))
    return redirect(url_for("web.login.ask"), 303)


def _ask_page(form: Form) -> ResponseReturnValue:
    return render_template("password_reset.html", form=form), form.status


def _choose_page(form: Form) -> ResponseReturnValue:
    return render_template("password_reset_choose.html", form=form), form.status

"""Keys for programs: the list, what each may do, making one (it is shown once), and ending one."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, may, place
from service.admission.sent_forms import led_to, makes_new
from service.schemas.token import TokenSchema
from service.web.forms import Form
from service.words.texts import t
from tenants.identity.api_tokens import tokens
from tenants.isolation import database_now
from workflows.accounts.tokens import DAYS, SCOPES, make_token, revoke
from workflows.engine.progress import is_fresh

blueprint = Blueprint("tokens", __name__, url_prefix="/o/<organisation>/tokens")
BEGINNING = {"days": DAYS}
"""The values with which the form of a new key begins."""


@blueprint.get("")
@may("see_to_tokens")
def listed() -> ResponseReturnValue:
    """List every key, with the form for a new one."""
    return _page(Form.beginning_with(BEGINNING))


@blueprint.post("")
@may("see_to_tokens")
@makes_new
def make() -> ResponseReturnValue:
    """Make a key and show it once. The page is not stored, so nobody can open it again."""
    form = Form.posted()
    values = form.load(TokenSchema())
    made = form.attempt(lambda: make_token(values, actor())) if values else None
    if made is None:
        return _page(form), form.status
    token, row = made
    led_to(url_for(".listed", organisation=place().slug))
    return render_template("token_made.html", token=token, row=row), 201


@blueprint.post("/<uuid:token_id>/end")
@may("see_to_tokens")
def end(token_id: UUID) -> ResponseReturnValue:
    """Revoke the key from now on."""
    form = Form.posted()
    row = form.attempt(lambda: revoke(token_id, actor()))
    if row is None:
        return _page(form), form.status
    flash(t("tokens.ended", name=row.name))
    return redirect(url_for(".listed", organisation=place().slug), 303)


def _page(form: Form) -> str:
    now = database_now()
    return render_template(
        "tokens.html", tokens=tokens(), scopes=SCOPES, form=form, beginning=BEGINNING, now=now,
         fresh=is_fresh(actor(), now)
    )  # fmt: skip

"""Who may do what here, and asking a colleague to join."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.access import actor, place
from service.schemas.person import InvitationSchema
from service.texts import t
from service.web.forms import Form
from service.web.may import is_officer, only_officers
from tenants.users import APPROVER, PRIVACY_OFFICER, ROLES, members_of
from workflows.inviting import invite

blueprint = Blueprint("people", __name__, url_prefix="/o/<organisation>/people")


@blueprint.get("")
def listed() -> ResponseReturnValue:
    """Everybody with a role."""
    return _page(Form.beginning_with({"role": APPROVER}))


@blueprint.post("")
def ask() -> ResponseReturnValue:
    """A link is mailed to somebody."""
    only_officers()
    form = Form.posted()
    values = form.load(InvitationSchema())
    invited = form.attempt(lambda: invite(values["email"], values["role"], actor())) if values else None
    if invited is None:
        return _page(form), form.status
    flash(t("people.invited", email=invited.email))
    return redirect(url_for(".listed", organisation=place().slug), 303)


def _page(form: Form) -> str:
    members = members_of(place().organisation_id)
    one_alone = sum(role in (PRIVACY_OFFICER, APPROVER) for _, role in members) < 2
    return render_template(
        "people.html", members=members, roles=ROLES, form=form, is_officer=is_officer(), one_alone=one_alone
    )

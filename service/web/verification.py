"""The page "Bewijs dat dit uw organisatie is": the code from the letter, and what else can be done."""

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, may, place, user
from service.http.faults import faults_in
from service.oidc.organisations import has_organisation_provider, name_of_provider
from service.schemas.verification import LetterCodeSchema
from service.web.errands import going
from service.web.forms import Form
from service.words.texts import t
from tenants.identity.linked_identities import VERIFICATION, begin_errand
from tenants.isolation import database_now
from workflows.engine.progress import is_fresh
from workflows.trust.standing import refused_code, standing
from workflows.trust.verifying import VERIFIED, prove_by_code, refuse_to_set_out

blueprint = Blueprint("verification", __name__, url_prefix="/o/<organisation>/verification")


@blueprint.get("")
@may("read")
def shown() -> ResponseReturnValue:
    """Show whether the register is proven, how, and what can be done."""
    return _page(Form.beginning_with({}))


@blueprint.post("")
@may("prove_organisation")
def keep() -> ResponseReturnValue:
    """Check the code from the letter. A wrong code is counted, so nothing is rolled back."""
    form = Form.posted()
    values = form.load(LetterCodeSchema())
    outcome = form.attempt(lambda: prove_by_code(values["code"], actor())) if values else None
    if outcome == VERIFIED:
        flash(t("verification.done"))
        return redirect(url_for(".shown", organisation=place().slug), 303)
    if outcome is not None:
        form.faults += faults_in(refused_code(outcome))
        form.status = 422
    return _page(form), form.status


@blueprint.post("/provider")
@may("prove_organisation")
def set_out() -> ResponseReturnValue:
    """Send the user to the provider that knows organisations.

    Its proof of this organisation's number verifies the register.
    """
    name, form = name_of_provider(current_app), Form.posted()
    with form.showing_refusals():
        refuse_to_set_out(actor())
    if form.faults:
        return _page(form), form.status
    back = url_for(".shown", organisation=place().slug)
    token = begin_errand(place().organisation_id, VERIFICATION, back, session_id=user().session_id)
    return going(token, name)


def _page(form: Form) -> str:
    return render_template(
        "verification.html", form=form, standing=standing(), by_provider=has_organisation_provider(current_app),
        fresh=is_fresh(actor(), database_now()), back=url_for(".shown", organisation=place().slug),
    )  # fmt: skip

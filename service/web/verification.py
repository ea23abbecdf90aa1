"""The page "Bewijs dat dit uw organisatie is": the code from the letter, and what else can be done."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.access import actor, may, place
from service.schemas.verification import LetterCodeSchema
from service.texts import t
from service.web.forms import Form, told
from tenants.errors import Invalid
from workflows.standing import standing
from workflows.verifying import VERIFIED, prove_by_code

blueprint = Blueprint("verification", __name__, url_prefix="/o/<organisation>/verification")


@blueprint.get("")
@may("read")
def shown() -> ResponseReturnValue:
    """Whether it is proven, how, and what to do."""
    return _page(Form.beginning_with({}))


@blueprint.post("")
@may("prove_organisation")
def keep() -> ResponseReturnValue:
    """The code from the letter. A wrong one counts, so nothing is rolled back."""
    form = Form.posted()
    values = form.load(LetterCodeSchema())
    outcome = prove_by_code(values["code"], actor()) if values else None
    if outcome == VERIFIED:
        flash(t("verification.done"))
        return redirect(url_for(".shown", organisation=place().slug), 303)
    if outcome is not None:
        form.faults += told(Invalid(f"verification.code_{outcome}", "code", left=standing().tries_left))
        form.status = 422
    return _page(form), form.status


def _page(form: Form) -> str:
    return render_template("verification.html", form=form, standing=standing())

"""The page behind the yearly mail to an office's contacts: is this still you? Without a login."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import by_contact_link
from service.schemas.agreement import SuccessorSchema
from service.web.forms import Form
from service.words.texts import locale
from workflows.escalation.answering_contacts import is_no_more, question, still_is

blueprint = Blueprint("asked_contacts", __name__)


@blueprint.get("/contact/<token>")
@by_contact_link
def ask(token: str) -> ResponseReturnValue:
    """Show the question, or what was answered. The page answers nothing, because machines follow links too."""
    return _page(token, Form.beginning_with({}))


@blueprint.post("/contact/<token>")
@by_contact_link
def answer(token: str) -> ResponseReturnValue:
    """Note that this still is the contact, or is not any more and perhaps who is."""
    form = Form.posted()
    answered = request.form.get("answer")
    values = form.load(SuccessorSchema()) if answered == "no" else None
    with form.showing_refusals():
        if answered == "yes":
            still_is(token)
        elif values is not None:
            is_no_more(token, {name: value for name, value in values.items() if value})
    if form.faults or answered not in ("yes", "no"):
        return _page(token, form), form.status
    return redirect(url_for(".ask", token=token), 303)


def _page(token: str, form: Form) -> str:
    return render_template("contact_asked.html", question=question(token, locale()), form=form)

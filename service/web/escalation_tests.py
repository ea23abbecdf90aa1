"""A test that an office sends itself: one button makes its test client, and leads to the form of an incident."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, may, place, user
from service.words.texts import t
from tenants.agreements.client_of_tests import make_test_client
from workflows.mail.batches import LONGEST_NAME

blueprint = Blueprint("escalation_tests", __name__, url_prefix="/o/<organisation>")


@blueprint.post("/test")
@may("record_incident")
def begin() -> ResponseReturnValue:
    """Make the test client, whose only contact is the sender of this form, and show the form of an incident for it."""
    called = t("test.client", office=place().name)[:LONGEST_NAME]
    client = make_test_client(called, actor(), user().email)
    return redirect(url_for("web.incidents.ask", organisation=place().slug, client=client.client_number), 303)

"""The office's clients: the hours agreed with each, and whom to tell in which order."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from service.access import may
from service.web.layout import after
from tenants.processing_agreements import agreements

blueprint = Blueprint("agreements", __name__, url_prefix="/o/<organisation>/agreements")
PAGE = 50


@blueprint.get("")
@may("read")
def listed() -> ResponseReturnValue:
    """A page of agreements, oldest first."""
    found = agreements(PAGE + 1, after())
    return render_template("agreements.html", agreements=found[:PAGE], more=len(found) > PAGE)

"""Whether an organisation proved that the register is its own, and the code from its letter."""

from dataclasses import asdict
from typing import Any

from flask import Response, current_app, make_response
from flask_smorest import Blueprint

from service.admission.access import actor, may
from service.api.routes import OF_ORGANISATION, Resource, works_once
from service.schemas.verification import LetterCodeSchema, VerificationAnswer
from workflows.trust.standing import refused_code, standing
from workflows.trust.verifying import VERIFIED, prove_by_code

blueprint: Blueprint = Resource("verification", __name__, url_prefix=f"{OF_ORGANISATION}/verification")


@blueprint.route("")
@blueprint.response(200, VerificationAnswer)
@may("read")
def show_verification() -> dict[str, Any]:
    """Return whether this organisation proved that the register is its own."""
    return _told()


@blueprint.route("", methods=["POST"])
@works_once
@blueprint.arguments(LetterCodeSchema)
@blueprint.response(200, VerificationAnswer)
@may("prove_organisation")
def post_code(payload: dict[str, str]) -> dict[str, Any] | Response:
    """Check the code from the letter. A wrong code is counted; after five the organisation needs a new letter."""
    outcome = prove_by_code(payload["code"], actor())
    if outcome == VERIFIED:
        return _told()
    # The refusal is returned and not raised, because raising would roll back the count.
    return make_response(current_app.handle_user_exception(refused_code(outcome)))


def _told() -> dict[str, Any]:
    return asdict(standing())

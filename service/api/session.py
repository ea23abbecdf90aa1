"""Logging in and out: the token is told once, and ends at once."""

from typing import Any

from flask_smorest import Blueprint
from werkzeug.exceptions import Unauthorized

from service.access import public, session_token
from service.api.doors import Resource
from service.schemas.person import LoginSchema, SessionAnswer
from tenants.sessions import begin_session, end_session
from tenants.users import places_of, user_with

blueprint: Blueprint = Resource("session", __name__, url_prefix="/api/session")


@blueprint.route("", methods=["POST"])
@public
@blueprint.arguments(LoginSchema)
@blueprint.response(201, SessionAnswer)
def log_in(given: dict[str, str]) -> dict[str, Any]:
    """Log in with address and password."""
    user = user_with(**given)
    if user is None:
        raise Unauthorized()
    return {"token": begin_session(user), "user": user, "organisations": places_of(user.id)}


@blueprint.route("", methods=["DELETE"])
@blueprint.response(204)
def log_out() -> None:
    """Log out: the token is worth nothing any more."""
    end_session(session_token() or "")

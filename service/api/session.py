"""Logging in and out, and giving a proof again. The token of a session is shown once, and ends at once."""

from typing import Any

from flask_smorest import Blueprint

from service.admission.access import public, session_token, step_by_step, user
from service.admission.browsers import browser_words, caller, site
from service.api.routes import Resource, works_once
from service.schemas.person import CredentialSchema, PasskeyOptions, ProofSchema, SessionAnswer, SessionSchema
from tenants.identity.passkeys import options_for_login, options_for_proof
from tenants.identity.sessions import begin_session, end_session
from tenants.identity.users import places_of
from tenants.isolation import acting_for_nobody
from workflows.accounts import signing_in

blueprint: Blueprint = Resource("session", __name__, url_prefix="/api/session")


@blueprint.route("", methods=["POST"])
@public
@step_by_step
@blueprint.arguments(SessionSchema)
@blueprint.response(201, SessionAnswer)
def log_in(payload: dict[str, Any]) -> dict[str, Any]:
    """Log in with address and password, and with a code when the account has a second factor."""
    known = signing_in.log_in(payload["email"], payload["password"], payload["code"], caller(payload["email"]))
    return begun(known)


@blueprint.route("", methods=["DELETE"])
@blueprint.response(204)
def log_out() -> None:
    """Log out. The token is worth nothing from now on."""
    end_session(session_token() or "")


@blueprint.route("/proof", methods=["POST"])
@step_by_step
@works_once
@blueprint.arguments(ProofSchema)
@blueprint.response(204)
def prove(payload: dict[str, Any]) -> None:
    """Give a second factor in this session: a code of the app, a recovery code, or a passkey's answer.

    A user without a second factor gives the password again. For five minutes that counts for acts on their own
    account.
    """
    who = user()
    if payload["password"]:
        signing_in.prove_by_password(who, payload["password"], caller(who.email))
    elif payload["credential"]:
        signing_in.prove_with_passkey(who, payload["credential"], site(), caller(who.email))
    else:
        signing_in.prove(who, payload["code"], caller(who.email))


@blueprint.route("/proof/options", methods=["POST"])
@works_once
@blueprint.response(200, PasskeyOptions)
def ask_proof() -> dict[str, Any]:
    """Return what a browser needs to use a passkey as second factor. It works once, within five minutes."""
    return {"options": options_for_proof(user().id, site())}


@blueprint.route("/passkey/options", methods=["POST"])
@public
@blueprint.response(200, PasskeyOptions)
def ask_passkey() -> dict[str, Any]:
    """Return what a browser needs to log in with a passkey. It works once, within five minutes."""
    return {"options": options_for_login(site())}


@blueprint.route("/passkey", methods=["POST"])
@public
@step_by_step
@blueprint.arguments(CredentialSchema)
@blueprint.response(201, SessionAnswer)
def log_in_by_passkey(payload: dict[str, Any]) -> dict[str, Any]:
    """Log in with a passkey, which counts as both factors."""
    return begun(signing_in.log_in_by_passkey(payload["credential"], site(), caller("")))


def begun(known: signing_in.Known) -> dict[str, Any]:
    """Return a new session with its token, and the places of its user."""
    with acting_for_nobody():
        places = places_of(known.user.id)
        return {
            "token": begin_session(known.user, known.proven, browser=browser_words()), "user": known.user,
            "organisations": places, "second_factor": signing_in.standing(known.user.id, known.proven, places),
        }  # fmt: skip

"""One's own account: the app, recovery codes, passkeys, password and sessions."""

from typing import Any
from uuid import UUID

import segno
from flask_smorest import Blueprint

from service.admission.access import step_by_step, user
from service.admission.browsers import caller, site
from service.admission.proving import AN_APP_TAKES, demand_fresh_proof
from service.api.routes import Resource, works_once
from service.schemas.me import (
    AppAnswer,
    CodeSchema,
    NewPasskeySchema,
    PasskeyAnswer,
    PasswordChange,
    RecoveryCodes,
    ReporterAnswer,
    ReporterSchema,
    SessionInList,
)
from service.schemas.person import PasskeyOptions
from tenants.database import db
from tenants.identity.passkeys import Passkey, options_for_new, passkeys_of
from tenants.identity.sessions import end_session_of, end_sessions, sessions_of
from tenants.identity.totp import begin_totp, totp_address
from tenants.identity.users import User
from tenants.isolation import acting_for_nobody
from workflows.accounts import own_account

blueprint: Blueprint = Resource("me", __name__, url_prefix="/api/me")


@blueprint.route("/totp", methods=["POST"])
@step_by_step
@works_once
@blueprint.response(200, AppAnswer)
def begin_app() -> dict[str, str]:
    """Return a new secret for an app that gives codes: the same one for half an hour, until its first code confirms it.

    The old secret counts until then.
    """
    demand_fresh_proof()
    with acting_for_nobody():
        secret = begin_totp(user().id, user().session_id)
    uri = totp_address(secret, user().email)
    return {"secret": secret, "uri": uri, "qr": segno.make_qr(uri).svg_inline(scale=5)}


@blueprint.route("/totp/confirmation", methods=["POST"])
@step_by_step
@works_once
@blueprint.arguments(CodeSchema)
@blueprint.response(200, RecoveryCodes)
def confirm_app(payload: dict[str, str]) -> dict[str, Any]:
    """Confirm the new app by its first code. This counts as proof, and returns ten recovery codes, shown once."""
    demand_fresh_proof(AN_APP_TAKES)
    return {"recovery_codes": own_account.confirm_app(user(), payload["code"], caller(user().email))}


@blueprint.route("/recovery-codes", methods=["POST"])
@step_by_step
@works_once
@blueprint.response(200, RecoveryCodes)
def renew_recovery_codes() -> dict[str, Any]:
    """Make ten new recovery codes, shown once, in place of the old ones."""
    demand_fresh_proof()
    return {"recovery_codes": own_account.renew_recovery_codes(user())}


@blueprint.route("/passkeys")
@step_by_step
@blueprint.response(200, PasskeyAnswer(many=True))
def list_passkeys() -> list[Passkey]:
    """List your passkeys."""
    demand_fresh_proof()
    with acting_for_nobody():
        return passkeys_of(user().id)


@blueprint.route("/passkeys/options", methods=["POST"])
@step_by_step
@works_once
@blueprint.response(200, PasskeyOptions)
def ask_new_passkey() -> dict[str, Any]:
    """Return what a browser needs to make a passkey. It works once, within five minutes."""
    demand_fresh_proof()
    with acting_for_nobody():
        return {"options": options_for_new(user().id, user().email, user().name, site())}


@blueprint.route("/passkeys", methods=["POST"])
@step_by_step
@works_once
@blueprint.arguments(NewPasskeySchema)
@blueprint.response(201, PasskeyAnswer)
def add_passkey(payload: dict[str, Any]) -> Passkey:
    """Keep the passkey that the browser made. Making it counts as proof."""
    demand_fresh_proof()
    return own_account.keep_passkey(user(), payload["credential"], payload["name"], site())


@blueprint.route("/passkeys/<uuid:passkey_id>", methods=["DELETE"])
@step_by_step
@blueprint.response(204)
def remove_passkey(passkey_id: UUID) -> None:
    """Remove a passkey. The only way to log in cannot be removed."""
    demand_fresh_proof()
    own_account.drop_passkey(user(), passkey_id)


@blueprint.route("/password", methods=["PUT"])
@step_by_step
@works_once
@blueprint.arguments(PasswordChange)
@blueprint.response(204)
def change_password(payload: dict[str, Any]) -> None:
    """Change the password. Every other session ends."""
    demand_fresh_proof()
    old = payload["password"] or ""
    own_account.change_password(user(), old, payload["new_password"], caller(user().email))


@blueprint.route("/password", methods=["DELETE"])
@step_by_step
@blueprint.response(204)
def drop_password() -> None:
    """Remove the password, so that you log in by passkey only."""
    demand_fresh_proof()
    own_account.drop_password(user())


@blueprint.route("/reporter")
@step_by_step
@blueprint.response(200, ReporterAnswer)
def show_own_reporter() -> User:
    """Return your function and telephone number, as the authority asks them of a person who reports."""
    demand_fresh_proof()
    with acting_for_nobody():
        return db.session.get_one(User, user().id)


@blueprint.route("/reporter", methods=["PUT"])
@step_by_step
@works_once
@blueprint.arguments(ReporterSchema)
@blueprint.response(200, ReporterAnswer)
def put_own_reporter(payload: dict[str, Any]) -> dict[str, Any]:
    """Store your function and telephone number. They stand in each form of the authority that you fill in or send."""
    demand_fresh_proof()
    own_account.keep_reporter(user(), **payload)
    return payload


@blueprint.route("/sessions")
@step_by_step
@blueprint.response(200, SessionInList(many=True))
def list_sessions() -> list[dict[str, Any]]:
    """List where you are logged in."""
    demand_fresh_proof()
    with acting_for_nobody():
        return [vars(session) | {"this_one": session.id == user().session_id} for session in sessions_of(user().id)]


@blueprint.route("/sessions", methods=["DELETE"])
@step_by_step
@blueprint.response(204)
def end_other_sessions() -> None:
    """End every session of yours but this one."""
    demand_fresh_proof()
    with acting_for_nobody():
        end_sessions(user().id, but=user().session_id)


@blueprint.route("/sessions/<uuid:session_id>", methods=["DELETE"])
@step_by_step
@blueprint.response(204)
def end_one_session(session_id: UUID) -> None:
    """End one session of yours at once."""
    demand_fresh_proof()
    with acting_for_nobody():
        end_session_of(user().id, session_id)

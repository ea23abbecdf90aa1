"""Logging in and out, with a cookie that holds the token of a session and nothing else."""

from collections.abc import Callable
from typing import Any, TypeVar

import orjson
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError
from werkzeug.wrappers import Response

from service.admission.access import COOKIE, carries_kept_form, public, session_token, step_by_step
from service.admission.browsers import browser_words, caller, is_secure, remember_browser, site
from service.admission.proving import LoginNeeded
from service.http.faults import faults_in
from service.schemas.person import CredentialSchema, LoginSchema
from service.typed.document import typed_document
from service.web.forms import Form
from service.web.kept_forms import Kept, keep_what_was_sent, kept_by, kept_for_login
from service.web.layout import own_path
from service.web.waiting_drafts import kept_as_draft, leads_to_draft
from tenants.errors import Invalid, NotKnown
from tenants.identity.sessions import KNOWN_AFTER, LASTS, begin_session, end_session
from tenants.identity.set_up_links import is_set_up
from tenants.identity.users import User, places_of
from tenants.isolation import acting_for_nobody
from workflows.accounts import signing_in
from workflows.accounts.signing_in import REQUIRED, TO_SET_UP, Known

blueprint = Blueprint("login", __name__)
Done = TypeVar("Done")
LOST_FACTOR = "/proof/lost"
"""The pages for somebody who has no code any more. They are not asked for a code on the way there."""


@blueprint.app_errorhandler(LoginNeeded)
def ask_first(needed: LoginNeeded) -> ResponseReturnValue:
    """Ask the sender to log in, because their login had ended. What they typed waits for that person: a long form as
    their own draft, on the page of the form; a short one in hidden fields."""
    if at := kept_as_draft():
        return redirect(at, 303)
    keep_what_was_sent(by=needed.user_id)
    page, _ = _page(Form.beginning_with({}))
    return make_response(page), 403


@blueprint.get("/login")
@public
def ask() -> ResponseReturnValue:
    """Show the login form; on a new installation, where the link is that makes its first office."""
    if not is_set_up():
        return render_template("set_up_waits.html")
    return _page(Form.beginning_with({}))


@blueprint.post("/login")
@public
@carries_kept_form
@step_by_step
def log_in() -> ResponseReturnValue:
    """Begin a session for whoever knows the password. Whoever has a second factor is asked for it next."""
    form = Form.posted()
    values = attempt(form, lambda: read(LoginSchema(), form))
    email = values["email"] if values else ""
    known = attempt(form, lambda: signing_in.log_in(email, values["password"], None, caller(email))) if values else None
    return _page(form) if known is None else _admitted(known)


@blueprint.post("/passkey-login")
@public
@carries_kept_form
@step_by_step
def log_in_by_passkey() -> ResponseReturnValue:
    """Begin a session for whoever has a passkey, which counts as two factors."""
    form = Form.posted()
    values = attempt(form, lambda: CredentialSchema().load({"credential": typed_json("credential")}))
    if values is None:
        return _page(form)
    known = attempt(form, lambda: signing_in.log_in_by_passkey(values["credential"], site(), caller("")))
    return _page(form) if known is None else _admitted(known)


@blueprint.post("/logout")
def log_out() -> ResponseReturnValue:
    """End the session at once, also on other devices that use it."""
    end_session(session_token() or "")
    answer = redirect("/login", 303)
    answer.delete_cookie(COOKIE)
    return answer


def admit(user: User, target: str, proven: bool = False) -> Response:
    """Begin a session in the open transaction.

    Redirect to the page that the user wanted, by way of a proof when needed.
    """
    token = begin_session(user, proven, browser=browser_words())
    half = _is_half_known(user, proven)
    asks_code = half and not target.startswith(LOST_FACTOR)
    answer = redirect(url_for("web.proof.ask", next=target) if asks_code else target, 303)
    give_cookie(answer, token)
    if not half:  # Otherwise every login with a stolen password would add a browser, with new guesses at the code.
        remember_browser(answer, user.email)
    return answer


def give_cookie(answer: Response, token: str) -> None:
    """Give this browser the cookie of the session.

    The browser keeps it after the session's end, so that it is known whose form is sent then.
    """
    answer.set_cookie(COOKIE, token, max_age=LASTS + KNOWN_AFTER, httponly=True, samesite="Lax", secure=is_secure())


def attempt(form: Form, verb: Callable[[], Done]) -> Done | None:
    """Call `verb` without an open transaction, and show a refusal in the form. Too many attempts get a page."""
    try:
        return verb()
    except (Invalid, NotKnown, ValidationError) as error:
        form.status = 422
        form.faults += faults_in(error)
        return None


def read(schema: Schema, form: Form) -> dict[str, Any]:
    """Return the values of a form, checked by the schema. Raises ValidationError for input that the schema refuses."""
    values: dict[str, Any] = schema.load(typed_document(schema, form.typed))
    return values


def typed_json(name: str) -> Any:
    """Return what a script of ours put into this field; None when it is no JSON."""
    try:
        return orjson.loads(request.form.get(name, ""))
    except orjson.JSONDecodeError:
        return None


def _is_half_known(user: User, proven: bool) -> bool:
    """Return whether a second factor must still be given or set up."""
    return signing_in.standing(user.id, proven, places_of(user.id)) in (REQUIRED, TO_SET_UP)


def _admitted(known: Known) -> ResponseReturnValue:
    user = known.user
    with acting_for_nobody():
        half = _is_half_known(user, known.proven)
    if not half:
        signing_in.notice_browser(user.id, None, browser_words())
    with acting_for_nobody():
        answer = admit(known.user, own_path(request.args.get("next")), known.proven)
    waits = kept_by(user.id)
    return answer if waits is None else _goes_on(answer, waits)


def _goes_on(admitted: Response, waits: Kept) -> ResponseReturnValue:
    """Show the form that waited for the login, with one button. Its address demands a second factor as always."""
    answer = make_response(render_template("proof_go_on.html", kept=waits))
    for cookie in admitted.headers.getlist("Set-Cookie"):
        answer.headers.add("Set-Cookie", cookie)
    return answer


def _page(form: Form) -> tuple[str, int]:
    target = own_path(request.args.get("next"))
    page = render_template(
        "login.html", form=form, next=target, kept=kept_for_login(), has_draft=leads_to_draft(target)
    )
    return page, form.status

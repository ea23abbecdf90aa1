"""Proving again who one is: a code, a passkey or a recovery code. Whoever has no second factor sets one up here."""

from typing import Any
from urllib.parse import quote

import segno
from flask import Blueprint, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from service.admission.access import step_by_step, user
from service.admission.admission import admission
from service.admission.browsers import browser_words, caller, remember_browser, site
from service.admission.proving import AN_APP_TAKES, ProofNeeded, demand_fresh_proof
from service.schemas.me import CodeSchema, NewPasskeySchema, PasswordSchema
from service.schemas.person import CredentialSchema
from service.web.forms import Form
from service.web.kept_forms import keep_what_was_sent, kept
from service.web.layout import own_path
from service.web.login import attempt, give_cookie, read, typed_json
from service.web.waiting_drafts import kept_as_draft
from service.words.texts import t
from tenants.database import db
from tenants.identity.passkeys import options_for_new, options_for_proof, passkeys_of
from tenants.identity.totp import begin_totp, has_totp, totp_address, waiting_secret
from tenants.identity.users import User
from tenants.isolation import acting_for_nobody
from workflows.accounts import own_account, signing_in
from workflows.engine.steps import PROOF_LASTS

blueprint = Blueprint("proof", __name__)


@blueprint.app_errorhandler(ProofNeeded)
def ask_first(needed: ProofNeeded) -> ResponseReturnValue:
    """Ask for a proof first, when a page needs one. A form that was sent in waits with everything that was typed: in
    hidden fields, so that it goes on at once, and as a draft where it is too large for that.

    The transaction is over. Our own script follows the redirect and can recognise it.
    """
    if request.method == "GET" or request.accept_mimetypes.best == "application/json":
        return redirect(f"{needed.where}?next={quote(needed.back)}", 303)
    keep_what_was_sent()
    waits = admission().kept
    if waits is not None and waits.is_too_large and (at := kept_as_draft()):
        flash(t("drafts.waits_for_proof"))
        return redirect(at, 303)
    admission().place = None  # A page shows nothing of an organisation before the proof.
    try:
        page = ask() if needed.where == "/proof" else ask_password()
    except ProofNeeded:  # Whoever has no second factor gives the password before setting one up.
        page = ask_password()
    return make_response(page), 403


@blueprint.get("/proof")
@step_by_step
def ask() -> ResponseReturnValue:
    """Ask for a second factor, or show how to set one up."""
    with acting_for_nobody():
        if signing_in.has_second_factor(user().id):
            return _ask_page(Form.beginning_with({}))
    return set_up_page(Form.beginning_with({}))


@blueprint.post("/proof")
@step_by_step
def prove() -> ResponseReturnValue:
    """Check the code, and give the session a new token."""
    form = Form.posted()
    typed = attempt(form, lambda: read(CodeSchema(), form))
    who = user()
    token = attempt(form, lambda: signing_in.prove_and_renew(who, typed["code"], caller(who.email))) if typed else None
    return _ask_again(form) if token is None else _go_on(token)


@blueprint.get("/proof/password")
@step_by_step
def ask_password() -> ResponseReturnValue:
    """Ask somebody without a second factor for the password again."""
    return _password_page(Form.beginning_with({}))


@blueprint.post("/proof/password")
@step_by_step
def prove_with_password() -> ResponseReturnValue:
    """Count the password as proof for five minutes, for the user's own account only."""
    form, who = Form.posted(), user()
    values = attempt(form, lambda: read(PasswordSchema(), form))
    if values:
        attempt(form, lambda: signing_in.prove_by_password(who, values["password"], caller(who.email)))
    return _password_page(form) if form.faults else _onwards()


@blueprint.post("/proof/passkey/options")
@step_by_step
def passkey_options() -> dict[str, Any]:
    """Return what the browser needs to answer with a passkey."""
    with acting_for_nobody():
        return {"options": options_for_proof(user().id, site())}


@blueprint.post("/proof/passkey")
@step_by_step
def prove_with_passkey() -> ResponseReturnValue:
    """Check the answer of a passkey, and give the session a new token."""
    form = Form.posted()
    values = attempt(form, lambda: CredentialSchema().load({"credential": typed_json("credential")}))
    token = attempt(form, lambda: _by_passkey(values["credential"])) if values else None
    return _ask_again(form) if token is None else _go_on(token)


@blueprint.post("/proof/app")
@step_by_step
def confirm_app() -> ResponseReturnValue:
    """Confirm that the app works, and show the recovery codes once."""
    demand_fresh_proof(AN_APP_TAKES)
    form, who = Form.posted(), user()
    if own_account.is_my_app(who, form.value("secret")):
        return _set_already()
    values = attempt(form, lambda: read(CodeSchema(), form))
    codes = attempt(form, lambda: own_account.confirm_app(who, values["code"], caller(who.email))) if values else None
    if codes is None:
        return set_up_page(form)
    return codes_page(codes, signing_in.renewed(who), own_path(request.args.get("next")))


@blueprint.post("/proof/passkey/new/options")
@step_by_step
def new_passkey_options() -> dict[str, Any]:
    """Return what the browser needs to make a passkey as the first second factor."""
    demand_fresh_proof(AN_APP_TAKES)
    with acting_for_nobody():
        return {"options": options_for_new(user().id, user().email, user().name, site())}


@blueprint.post("/proof/passkey/new")
@step_by_step
def begin_with_passkey() -> ResponseReturnValue:
    """Keep the passkey that this device just made, and show the recovery codes once."""
    demand_fresh_proof(AN_APP_TAKES)
    form, who = Form.posted(), user()
    typed = {"credential": typed_json("credential"), "name": browser_words() or t("proof.this_device")}
    if own_account.is_my_passkey(who, typed["credential"]):
        return _set_already()
    values = attempt(form, lambda: NewPasskeySchema().load(typed))
    codes = attempt(form, lambda: own_account.begin_with_passkey(who, site=site(), **values)) if values else None
    if codes is None:
        return set_up_page(form)
    return codes_page(codes, signing_in.renewed(who), own_path(request.args.get("next")))


def codes_page(codes: list[str], token: str | None, target: str) -> ResponseReturnValue:
    """Show ten recovery codes to print, and where to go on."""
    file = "\r\n".join(codes)
    answer = make_response(render_template("recovery_codes.html", codes=codes, file=file, next=target, kept=kept()))
    if token:
        give_cookie(answer, token)
        remember_browser(answer, user().email)
    return answer


def _set_already() -> ResponseReturnValue:
    """Say that this second factor is set, to who loads the page of the recovery codes anew: it sends the form again."""
    target = own_path(request.args.get("next"))
    return render_template("factor_is_set.html", next=target, kept=kept()), 200


def set_up_page(form: Form) -> ResponseReturnValue:
    """Return the page that sets up a second factor: this device itself for whoever has none, or an app for codes.

    The secret of the app stays the same in this session until it is confirmed or half an hour old. Raises ProofNeeded
    before a secret is shown for the first time without a fresh proof.
    """
    secret, is_first = _secret_to_show()
    address = totp_address(secret, user().email)
    page = render_template(
        "proof_set_up.html", form=form, secret=secret, address=address, is_first=is_first,
        picture=Markup(segno.make_qr(address).svg_inline(scale=5, border=2)),
        is_renewed=form.value("secret") not in ("", secret), next=own_path(request.args.get("next")), kept=kept(),
    )  # fmt: skip
    return page, form.status


def _secret_to_show() -> tuple[str, bool]:
    """Return the secret to set up an app with, and whether it is the account's first second factor."""
    who = user()
    with acting_for_nobody():
        was_shown = waiting_secret(who.id, who.session_id) is not None
    demand_fresh_proof(AN_APP_TAKES if was_shown else PROOF_LASTS)
    with acting_for_nobody():
        return begin_totp(who.id, who.session_id), not signing_in.has_second_factor(who.id)


def _password_page(form: Form) -> ResponseReturnValue:
    with acting_for_nobody():
        has_password = db.session.get_one(User, user().id).password_hash is not None
    target = own_path(request.args.get("next"))
    page = render_template("proof_password.html", form=form, next=target, has_password=has_password, kept=kept())
    return page, form.status


def _ask_page(form: Form) -> ResponseReturnValue:
    who = user().id
    return render_template(
        "proof.html", form=form, next=own_path(request.args.get("next")), has_app=has_totp(who),
        has_passkey=bool(passkeys_of(who)), kept=kept(),
        failed=t("login.failed" if user().proof_at is None else "proof.failed"),
    ), form.status  # fmt: skip


def _ask_again(form: Form) -> ResponseReturnValue:
    with acting_for_nobody():
        return _ask_page(form)


def _by_passkey(credential: dict[str, Any]) -> str:
    who = user()
    signing_in.prove_with_passkey(who, credential, site(), caller(who.email))
    return signing_in.renewed(who)


def _go_on(token: str) -> ResponseReturnValue:
    who = user()
    signing_in.notice_browser(who.id, who.session_id, browser_words())
    answer = make_response(_onwards())
    give_cookie(answer, token)
    remember_browser(answer, who.email)
    return answer


def _onwards() -> ResponseReturnValue:
    """Redirect to the page where the user was. A form that waits is shown with one button, so its sender decides."""
    waits = kept()
    if waits is None:
        return redirect(own_path(request.args.get("next")), 303)
    return render_template("proof_go_on.html", kept=waits)

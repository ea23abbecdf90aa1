"""One's own account: password, app, passkeys, recovery codes, and where one is logged in."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import step_by_step, user
from service.admission.browsers import caller, site
from service.admission.proving import demand_fresh_proof
from service.schemas.me import MailChoice, NewPasskeySchema, PasswordChange, ReporterSchema
from service.web.forms import Form
from service.web.layout import keep_language
from service.web.login import attempt, read, typed_json
from service.web.proof import codes_page, set_up_page
from service.words.texts import speak, t
from tenants.database import db
from tenants.identity.passkeys import options_for_new, passkeys_of
from tenants.identity.recovery import recovery_codes_left
from tenants.identity.sessions import end_session_of, end_sessions, sessions_of
from tenants.identity.totp import has_totp
from tenants.identity.users import User
from tenants.isolation import acting_for_nobody
from workflows.accounts import own_account, signing_in

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
@step_by_step
def shown() -> ResponseReturnValue:
    """Show the whole account on one page."""
    demand_fresh_proof()
    return _page(Form.beginning_with({}))


@blueprint.post("/mails")
@step_by_step
def choose_mails() -> ResponseReturnValue:
    """Keep which mails the user wants, and in which language."""
    demand_fresh_proof()
    form = Form.posted()
    values = attempt(form, lambda: read(MailChoice(), form))
    if values is None:
        return _page(form)
    own_account.choose_mails(user(), frozenset(values["wanted"]), values["language"])
    return _speaking(values["language"])


@blueprint.post("/reporter")
@step_by_step
def keep_reporter() -> ResponseReturnValue:
    """Keep the function and the telephone number of the user, for the authority's form."""
    demand_fresh_proof()
    form = Form.posted()
    values = attempt(form, lambda: read(ReporterSchema(), form))
    if values is None:
        return _page(form)
    own_account.keep_reporter(user(), **values)
    return _done("account.reporter_kept")


@blueprint.post("/password")
@step_by_step
def change_password() -> ResponseReturnValue:
    """Set another password, and end the user's other sessions."""
    demand_fresh_proof()
    form, who = Form.posted(), user()
    values = attempt(form, lambda: read(PasswordChange(), form))
    if values:
        old = values["password"] or ""
        attempt(form, lambda: own_account.change_password(who, old, values["new_password"], caller(who.email)))
    return _page(form) if form.faults else _done("account.password_changed")


@blueprint.post("/password/removal")
@step_by_step
def drop_password() -> ResponseReturnValue:
    """Remove the password, so that the user logs in by passkey only."""
    demand_fresh_proof()
    form = Form.posted()
    attempt(form, lambda: own_account.drop_password(user()))
    return _page(form) if form.faults else _done("account.password_dropped")


@blueprint.get("/app")
@step_by_step
def set_up_app() -> ResponseReturnValue:
    """Set up a first or another app for codes."""
    return set_up_page(Form.beginning_with({}))


@blueprint.post("/recovery-codes")
@step_by_step
def renew_recovery_codes() -> ResponseReturnValue:
    """Make ten new recovery codes, and show them once."""
    demand_fresh_proof()
    return codes_page(own_account.renew_recovery_codes(user()), None, url_for(".shown"))


@blueprint.post("/passkeys/options")
@step_by_step
def passkey_options() -> dict[str, Any]:
    """Return what the browser needs to make a passkey."""
    demand_fresh_proof()
    with acting_for_nobody():
        return {"options": options_for_new(user().id, user().email, user().name, site())}


@blueprint.post("/passkeys")
@step_by_step
def add_passkey() -> ResponseReturnValue:
    """Keep the passkey that the browser just made."""
    demand_fresh_proof()
    form = Form.posted()
    typed = {"credential": typed_json("credential"), "name": form.value("name")}
    values = attempt(form, lambda: NewPasskeySchema().load(typed))
    if values:
        attempt(form, lambda: own_account.keep_passkey(user(), values["credential"], values["name"], site()))
    return _page(form) if form.faults else _done("account.passkey_added")


@blueprint.post("/passkeys/<uuid:passkey_id>/removal")
@step_by_step
def remove_passkey(passkey_id: UUID) -> ResponseReturnValue:
    """Remove one passkey."""
    demand_fresh_proof()
    form = Form.posted()
    attempt(form, lambda: own_account.drop_passkey(user(), passkey_id))
    if form.faults:
        return _page(form)
    with acting_for_nobody():
        has_factor = signing_in.has_second_factor(user().id)
    return _done("account.passkey_removed" if has_factor else "account.passkey_removed_last")


@blueprint.post("/sessions/<uuid:session_id>/end")
@step_by_step
def end_session(session_id: UUID) -> ResponseReturnValue:
    """End one session at once."""
    demand_fresh_proof()
    with acting_for_nobody():
        end_session_of(user().id, session_id)
    return _done("account.session_ended")


@blueprint.post("/sessions/end-others")
@step_by_step
def end_others() -> ResponseReturnValue:
    """End every session of the user but this one."""
    demand_fresh_proof()
    with acting_for_nobody():
        end_sessions(user().id, but=user().session_id)
    return _done("account.others_ended")


def _done(words: str) -> ResponseReturnValue:
    flash(t(words))
    return redirect(url_for("web.account.shown"), 303)


def _speaking(language: str) -> ResponseReturnValue:
    """Show the account in the language that was chosen, in this browser too."""
    speak(language)
    answer = make_response(_done("account.mails_kept"))
    keep_language(answer, language)
    return answer


def _page(form: Form) -> ResponseReturnValue:
    who = user()
    with acting_for_nobody():
        own = db.session.get_one(User, who.id)
        wanted = [kind for kind in own_account.KINDS_OF_MAIL if getattr(own, kind)]
        page = render_template(
            "account.html", form=form, who=who, kinds=own_account.KINDS_OF_MAIL, has_app=has_totp(who.id),
            chosen=Form.beginning_with({"wanted": wanted, "language": own.locale}), passkeys=passkeys_of(who.id),
            reporter=Form.beginning_with({"function": own.function, "phone": own.phone}),
            codes_left=recovery_codes_left(who.id), sessions=sessions_of(who.id),
            has_password=own.password_hash is not None,
            must_have=signing_in.must_have_second_factor(who.places),
        )  # fmt: skip
    return page, form.status

"""Pages without a login: confirming receipt and joining by a mailed link, and checking that a message is genuine."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import by_token, public, with_own_register, with_sender
from service.schemas.breach import ReceiptSchema
from service.schemas.person import AcceptanceSchema
from service.web.forms import Form
from service.web.login import admit
from service.web.set_up import MAKER
from service.words.texts import chosen_language, locale, t
from tenants.errors import Invalid, NotFound
from tenants.identity.identity_providers import provider
from tenants.identity.invitations import Invitation, has_account
from tenants.identity.users import Place
from tenants.isolation import database_now
from tenants.organisations.organisations import the_acting_organisation
from tenants.register.breaches import breach
from tenants.register.escalations import name_of_contact, name_typed_at
from tenants.register.notices import LONGEST_TYPED, genuine, has_sign_of_no_code
from tenants.register.office_contacts import OfficeContact
from workflows.accounts.invitation_mail import inviter_words
from workflows.accounts.inviting import accept_invitation, called, confirm_receipt
from workflows.law.gdpr import terms_on
from workflows.law.periods import AMSTERDAM

blueprint = Blueprint("public", __name__)


@blueprint.get("/receipt/<token>")
@by_token
@with_sender
@with_own_register
def ask_receipt(invitation: Invitation, contact: OfficeContact | None, own: Place | None) -> ResponseReturnValue:
    """Show the time left and one button. The page confirms nothing, because machines follow links too."""
    known = name_of_contact(invitation.breach_id, invitation.email) if invitation.breach_id else None
    return _receipt_page(invitation, contact, own, Form.beginning_with({"name": known}))


@blueprint.post("/receipt/<token>")
@by_token
@with_sender
@with_own_register
def confirm(invitation: Invitation, contact: OfficeContact | None, own: Place | None) -> ResponseReturnValue:
    """Confirm receipt. Whoever can open the register with this link goes on to that at once."""
    form = Form.posted()
    values = form.load(ReceiptSchema())
    outcome = form.attempt(lambda: _confirmed(invitation, values["name"])) if values else None
    if outcome is None:
        return _receipt_page(invitation, contact, own, form), form.status
    flash(t("receipt.stated" if outcome == "stated" else "receipt.received"))
    opens = outcome == "confirmed" and own is None and _can_be_opened(invitation)
    return redirect(url_for(".ask_account", token=_token()) if opens else request.path, 303)


@blueprint.get("/invitation/<token>")
@by_token
@with_own_register
def ask_account(invitation: Invitation, own: Place | None) -> ResponseReturnValue:
    """Show the form for a name and a password. The name is the one that this person just typed elsewhere: at the
    receipt, or where they made the first office."""
    confirmed = invitation.breach_id and name_typed_at(invitation.breach_id, invitation.email)
    return _account_page(invitation, own, Form.beginning_with({"name": confirmed or _maker_of(invitation)}))


@blueprint.post("/invitation/<token>")
@by_token
@with_own_register
def join(invitation: Invitation, own: Place | None) -> ResponseReturnValue:
    """Make an account, and log in."""
    form, had_account = Form.posted(), has_account(invitation)
    values = form.load(AcceptanceSchema())
    name = values["name"] or "" if values else ""
    language = chosen_language()
    user = form.attempt(
        lambda: accept_invitation(invitation, name, values["password"], own, language)
    ) if values else None  # fmt: skip
    if user is None:
        return _account_page(invitation, own, form), form.status
    session.pop(MAKER, None)
    if had_account:
        flash(t("invitation.opened", name=user.name, organisation=called(invitation)))
    slug = the_acting_organisation().slug
    if invitation.breach_id is None:
        return admit(user, url_for("web.home.overview", organisation=slug))
    return admit(user, url_for("web.breaches.shown", organisation=slug, breach_id=invitation.breach_id))


@blueprint.get("/genuine")
@public
def ask_genuine() -> ResponseReturnValue:
    """Show who sent the message with this code, if it was sent from here."""
    code = request.args.get("code", "").strip()[:LONGEST_TYPED]
    form = Form.beginning_with({"code": code})
    if "code" in request.args and not code:
        form.refuse(Invalid("genuine.no_code", "code"))
    page = render_template(
        "genuine.html", form=form, asked=bool(code), message=genuine(code) if code else None,
        has_other_sign=has_sign_of_no_code(code),
    )  # fmt: skip
    return page, form.status


def _can_be_opened(invitation: Invitation) -> bool:
    organisation = the_acting_organisation()
    return invitation.used_at is None and organisation.claimed_at is None and not organisation.is_test


def _confirmed(invitation: Invitation, name: str) -> str:
    return "confirmed" if confirm_receipt(invitation, name) else "stated"


def _receipt_page(
    invitation: Invitation, contact: OfficeContact | None, own: Place | None, form: Form
) -> str:  # fmt: skip
    if invitation.breach_id is None:
        raise NotFound("invitation.no_breach")
    now = database_now()
    return render_template(
        "receipt.html", invitation=invitation, breach=breach(invitation.breach_id), contact=contact, form=form,
        token=_token(), organisation=the_acting_organisation(), name=called(invitation), now=now,
        hours=terms_on(now.astimezone(AMSTERDAM).date()).hours, has_account=has_account(invitation), own=own,
    )  # fmt: skip


def _account_page(invitation: Invitation, own: Place | None, form: Form) -> str:
    return render_template(
        "invitation.html", invitation=invitation, form=form, organisation=the_acting_organisation(),
        provider=provider(), token=_token(), name=called(invitation), has_account=has_account(invitation),
        inviter=inviter_words(invitation, locale()), own=own, is_maker=_maker_of(invitation) is not None,
    )  # fmt: skip


def _maker_of(invitation: Invitation) -> str | None:
    """Return the name of who made the first office in this browser, when this link is theirs; None for all others."""
    maker = session.get(MAKER)
    is_first = invitation.breach_id is None and invitation.invited_by is None
    return maker["name"] if maker and is_first and maker["email"] == invitation.email else None


def _token() -> str:
    return request.path.rpartition("/")[2]

"""Where the people of an organisation log in besides here. The owner sets it up, and each member links themselves."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, may, place, user
from service.oidc.installation import login_url, redirect_uri
from service.schemas.provider import ProviderSchema
from service.web.confirming import confirm_page
from service.web.errands import going
from service.web.forms import Form
from service.words.texts import t
from tenants.errors import NotFound
from tenants.identity.identity_providers import IdentityProvider, provider
from tenants.identity.linked_identities import LINK, begin_errand, is_linked
from tenants.isolation import database_now
from workflows.accounts.signing_by_provider import refuse_to_link, set_up, take_away, unlink_member
from workflows.engine.progress import is_fresh

blueprint = Blueprint("provider", __name__, url_prefix="/o/<organisation>/provider")


@blueprint.get("")
@may("see_to_provider")
def shown() -> ResponseReturnValue:
    """Show the settings without the secret."""
    settings = provider()
    names = ("name", "issuer", "client_id", "proof_acr")
    return _page(Form.beginning_with({name: getattr(settings, name) for name in names} if settings else {}), settings)


@blueprint.post("")
@may("see_to_provider")
def keep() -> ResponseReturnValue:
    """Set or replace the provider."""
    form = Form.posted()
    values = form.load(ProviderSchema())
    if values is None or form.attempt(lambda: set_up(values, actor())) is None:
        return _page(form, provider()), form.status
    flash(t("provider.kept"))
    return redirect(url_for(".shown", organisation=place().slug), 303)


@blueprint.get("/removal")
@may("see_to_provider")
def confirm_removal() -> ResponseReturnValue:
    """Show what happens, before the provider is removed."""
    return _confirm_removal(Form.beginning_with({}))


@blueprint.post("/removal")
@may("see_to_provider")
def remove() -> ResponseReturnValue:
    """Remove the provider, so that nobody logs in through it."""
    form = Form.posted()
    with form.showing_refusals():
        take_away(actor())
    if form.faults:
        return _confirm_removal(form)
    flash(t("provider.removed"))
    return redirect(url_for(".shown", organisation=place().slug), 303)


@blueprint.get("/link")
@may("read")
def ask_to_link() -> ResponseReturnValue:
    """Ask whether the user will log in through the provider from now on."""
    return _link_page(Form.beginning_with({}))


@blueprint.post("/link")
@may("read")
def set_out_to_link() -> ResponseReturnValue:
    """Send the user to the provider. Whoever comes back there is linked to this user."""
    form = Form.posted()
    with form.showing_refusals():
        refuse_to_link(user(), actor())
    if form.faults:
        return _link_page(form), form.status
    back = url_for(".ask_to_link", organisation=place().slug)
    token = begin_errand(place().organisation_id, LINK, back, session_id=user().session_id)
    return going(token, _there().name)


@blueprint.post("/unlink")
@may("read")
def end_link() -> ResponseReturnValue:
    """End the link, so that only the user's own password or passkey counts."""
    unlink_member(actor())
    flash(t("provider.unlinked"))
    return redirect(url_for(".ask_to_link", organisation=place().slug), 303)


def _confirm_removal(form: Form) -> ResponseReturnValue:
    names = {"name": _there().name, "organisation": place().name}
    return confirm_page("provider_removed", form, url_for(".shown", organisation=place().slug), names)


def _page(form: Form, settings: IdentityProvider | None) -> str:
    levels = [*form.typed.getlist("proof_acr"), ""]
    return render_template(
        "provider.html", form=form, provider=settings, levels=levels, redirect_uri=redirect_uri(current_app),
        login_url=login_url(current_app, place().slug), **_proof(),
    )  # fmt: skip


def _link_page(form: Form) -> str:
    linked = is_linked(user().id)
    return render_template("provider_link.html", form=form, provider=_there(), linked=linked, **_proof())


def _proof() -> dict[str, object]:
    """Return whether something may be changed now, and where to come back to after giving a second factor."""
    where = ".ask_to_link" if request.path.endswith("/link") else ".shown"
    back = url_for(where, organisation=place().slug)
    return {"fresh": is_fresh(actor(), database_now()), "back": back}


def _there() -> IdentityProvider:
    settings = provider()
    if settings is None:
        raise NotFound("provider.none")
    return settings

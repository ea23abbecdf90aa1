"""Logging in through an organisation's own provider: set out, go there, come back.

Going there and coming back ask the provider over the network, so no transaction is open meanwhile.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import by_token, public, watching
from service.admission.browsers import browser_words
from service.oidc.fetching import Asker, ProviderFault, in_seconds
from service.oidc.flow import Client, address_to_go_to, identity_from, is_answer_to
from service.oidc.id_token import Identity
from service.oidc.installation import asker_of, asking, client_of
from service.oidc.organisations import organisation_client
from service.web.errands import ERRAND, going, who_set_out, with_errand
from service.web.layout import own_path
from service.web.login import give_cookie
from service.web.proving_by_provider import finish as finish_proof
from service.words.texts import t
from tenants.errors import NotAllowed, NotFound
from tenants.identity.identity_providers import Gate, gate_at, provider
from tenants.identity.invitations import Invitation
from tenants.identity.linked_identities import (
    INVITATION,
    LINK,
    LOGIN,
    VERIFICATION,
    Errand,
    begin_errand,
    begin_session_by_provider,
    end_errand,
    errand_of,
)
from tenants.identity.users import User
from tenants.isolation import acting_for, acting_for_nobody, database_now
from tenants.organisations.organisations import the_acting_organisation
from workflows.accounts.signing_by_provider import join_by_provider, link_member, member_who_is

log = logging.getLogger(__name__)
blueprint = Blueprint("oidc", __name__)


@blueprint.get("/login/<slug>")
@public
def ask(slug: str) -> ResponseReturnValue:
    """Show the choice between the organisation's provider and an account with a password."""
    target = own_path(request.args.get("next"))
    return render_template("login_at.html", gate=_gate(slug), slug=slug, next=target)


@blueprint.get("/login/<slug>/provider")
@public
def set_out(slug: str) -> ResponseReturnValue:
    """Begin a login through the provider."""
    asking(current_app).pace.step_of_caller()
    token = begin_errand(_gate(slug).organisation_id, LOGIN, own_path(request.args.get("next")))
    return with_errand(redirect(url_for(".go"), 303), token)


@blueprint.post("/invitation/<token>/provider")
@by_token
def set_out_to_join(invitation: Invitation) -> ResponseReturnValue:
    """Begin to accept an invitation with the person's identity at the provider.

    Raises NotFound when the organisation has no provider.
    """
    settings = provider()
    if settings is None:
        raise NotFound("provider.none")
    hash_of_link = invitation.token_hash
    return going(begin_errand(invitation.organisation_id, INVITATION, invitation_hash=hash_of_link), settings.name)


@blueprint.get("/login/oidc/go")
@watching
def go() -> ResponseReturnValue:
    """Send the browser to the provider."""
    asking(current_app).pace.step_of_caller()
    secret = request.cookies.get(ERRAND, "")
    with acting_for_nobody():
        errand = errand_of(secret)
    with _asking(errand) as (client, asker):
        return redirect(address_to_go_to(client, secret, asker), 303)


@blueprint.get("/login/oidc/callback")
@watching
def come_back() -> ResponseReturnValue:
    """Finish the login that began in this browser. It works once.

    Raises NotAllowed when no login began in it, or when the provider did not accept it.
    """
    asking(current_app).pace.step_of_caller()
    secret = request.cookies.get(ERRAND, "")
    answer = request.args.to_dict()
    if not secret or not is_answer_to(answer, secret):
        raise NotAllowed("provider.lapsed")
    with acting_for_nobody():
        errand = errand_of(secret)
    with _asking(errand) as (client, asker):  # An errand that must wait is kept.
        with acting_for_nobody():
            errand, now = end_errand(secret), database_now()
        identity = identity_from(answer, client, secret, asker, now)
    done = make_response(FINISH[errand.purpose](errand, identity))
    done.delete_cookie(ERRAND, path="/login/oidc")
    return done


def _log_in(errand: Errand, identity: Identity) -> ResponseReturnValue:
    with acting_for(errand.organisation_id):
        return _let_in(member_who_is(identity.issuer, identity.subject), identity, own_path(errand.next))


def _join(errand: Errand, identity: Identity) -> ResponseReturnValue:
    with acting_for(errand.organisation_id):
        user, breach_id = join_by_provider(errand, identity.issuer, identity.subject, identity.name)
        slug = the_acting_organisation().slug
        target = url_for("web.home.overview", organisation=slug)
        if breach_id is not None:
            target = url_for("web.breaches.shown", organisation=slug, breach_id=breach_id)
        return _let_in(user, identity, target)


def _link(errand: Errand, identity: Identity) -> ResponseReturnValue:
    who = who_set_out(errand)
    with acting_for(errand.organisation_id):
        link_member(who, identity.issuer, identity.subject)
    flash(t("provider.linked"))
    return redirect(own_path(errand.next), 303)


FINISH = {LOGIN: _log_in, INVITATION: _join, LINK: _link, VERIFICATION: finish_proof}


def _let_in(user: User, identity: Identity, target: str) -> Response:
    answer = make_response(redirect(target, 303))
    give_cookie(answer, begin_session_by_provider(user, identity.proven_at, browser_words()))
    return answer


def _gate(slug: str) -> Gate:
    gate = gate_at(slug)
    if gate is None:
        raise NotFound("provider.none")
    return gate


@contextmanager
def _asking(errand: Errand) -> Iterator[tuple[Client, Asker]]:
    """Hold a turn to ask the provider of this errand, until its deadline. Raises Busy, NotFound or NotAllowed."""
    until, organisation_id = in_seconds(), errand.organisation_id
    client, settings = _provider_of(errand)
    with asking(current_app).turns.taken(organisation_id, until), _told_plainly(errand):
        yield client, asker_of(current_app, settings, until)


def _provider_of(errand: Errand) -> tuple[Client, object]:
    """Return our registration at the provider of this errand, and the key under which its answers are kept."""
    if errand.purpose == VERIFICATION:  # The provider of the installation is the same for all organisations.
        client = organisation_client(current_app)
        return client, client.issuer
    with acting_for(errand.organisation_id):
        settings = provider()
        if settings is None:
            raise NotFound("provider.none")
        return client_of(current_app, settings), (errand.organisation_id, settings.changed_at)


@contextmanager
def _told_plainly(errand: Errand) -> Iterator[None]:
    """Log what went wrong, without a name or a value, for the operator; tell the reader what to do.

    Raises NotAllowed.
    """
    try:
        yield
    except ProviderFault as fault:
        log.warning("provider refused", extra={"fault": fault.what, "organisation_id": errand.organisation_id})
        area = "verification.provider_" if errand.purpose == VERIFICATION else "provider."
        raise NotAllowed(f"{area}{'denied' if fault.what == 'denied' else 'failed'}") from fault

"""The return from the provider that knows organisations. Its KvK number must be that of this organisation."""

from flask import current_app, flash, redirect
from flask.typing import ResponseReturnValue

from service.admission.access import actor_at
from service.oidc.id_token import Identity
from service.oidc.organisations import name_from, number_from, reached_the_level
from service.web.errands import who_set_out
from service.web.layout import own_path
from service.words.texts import t
from tenants.errors import NotAllowed
from tenants.identity.linked_identities import Errand
from tenants.isolation import Acting, acting_for_whom
from workflows.trust.verifying import VERIFIED, prove_by_provider


def finish(errand: Errand, identity: Identity) -> ResponseReturnValue:
    """Verify the organisation, or return a page that says what to do. The attempt is committed before it is refused.

    Raises NotAllowed when the user may not prove it, or when the proof is not accepted.
    """
    by = actor_at(who_set_out(errand), errand.organisation_id, "prove_organisation")
    if by is None:
        raise NotAllowed("provider.lapsed")
    number, is_strong = number_from(current_app, identity), reached_the_level(current_app, identity)
    name = name_from(current_app, identity)
    with acting_for_whom(lambda: Acting(errand.organisation_id, by.id, by.for_id)):
        outcome = prove_by_provider(number, is_strong, by, errand.token_hash, name)
    if outcome != VERIFIED:
        raise NotAllowed(f"verification.provider_{outcome}")
    flash(t("verification.done"))
    return redirect(own_path(errand.next), 303)

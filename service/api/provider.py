"""The identity provider of an organisation. An owner who just gave a second factor may change it."""

from typing import Any

from flask import current_app
from flask_smorest import Blueprint

from service.admission.access import actor, may, place
from service.admission.idempotency import idempotent
from service.api.routes import OF_ORGANISATION, Resource
from service.oidc.installation import login_url, redirect_uri
from service.schemas.provider import ProviderAnswer, ProviderSchema
from tenants.errors import NotFound
from tenants.identity.identity_providers import IdentityProvider, provider
from workflows.accounts.signing_by_provider import set_up, take_away

blueprint: Blueprint = Resource("provider", __name__, url_prefix=OF_ORGANISATION + "/provider")


@blueprint.route("")
@blueprint.response(200, ProviderAnswer)
@may("see_to_provider")
def show_provider() -> dict[str, Any]:
    """Return where people of this organisation may log in besides here. 404 (NotFound) when it has no provider."""
    settings = provider()
    if settings is None:
        raise NotFound("provider.none")
    return _told(settings)


@blueprint.route("", methods=["PUT"])
@idempotent
@blueprint.arguments(ProviderSchema)
@blueprint.response(200, ProviderAnswer)
@may("see_to_provider")
def put_provider(payload: dict[str, Any]) -> dict[str, Any]:
    """Set or replace the provider. The links of people hold for the issuer with which they were made."""
    return _told(set_up(payload, actor()))


@blueprint.route("", methods=["DELETE"])
@blueprint.response(204)
@may("see_to_provider")
def remove_provider() -> None:
    """Remove the provider. Nobody logs in through it from now on."""
    take_away(actor())


def _told(idp: IdentityProvider) -> dict[str, Any]:
    return {
        "name": idp.name, "issuer": idp.issuer, "client_id": idp.client_id, "proof_acr": idp.proof_acr,
        "changed_at": idp.changed_at, "redirect_uri": redirect_uri(current_app),
        "login_url": login_url(current_app, place().slug),
    }  # fmt: skip

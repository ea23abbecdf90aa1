"""API tokens: an owner who just gave a second factor makes and revokes them. A token can do neither."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from service.admission.access import actor, may
from service.admission.idempotency import idempotent, told_once
from service.api.routes import OF_ORGANISATION, Resource
from service.schemas.token import NewTokenAnswer, TokensAnswer, TokenSchema
from tenants.identity.api_tokens import ApiToken, tokens
from workflows.accounts.tokens import make_token, revoke

blueprint: Blueprint = Resource("tokens", __name__, url_prefix=OF_ORGANISATION + "/tokens")


@blueprint.route("")
@blueprint.response(200, TokensAnswer)
@may("see_to_tokens")
def list_tokens() -> dict[str, Any]:
    """List the API tokens of this organisation."""
    return {"items": [_told(token, maker) for token, maker in tokens()]}


@blueprint.route("", methods=["POST"])
@idempotent
@blueprint.arguments(TokenSchema)
@blueprint.response(201, NewTokenAnswer)
@may("see_to_tokens")
def make_api_token(payload: dict[str, Any]) -> dict[str, Any]:
    """Make an API token. The token itself is shown once."""
    token, row = make_token(payload, actor())
    told_once("token")
    return _told(row, actor().name) | {"token": token}


@blueprint.route("/<uuid:token_id>", methods=["DELETE"])
@blueprint.response(204)
@may("see_to_tokens")
def revoke_api_token(token_id: UUID) -> None:
    """Revoke an API token. It is worth nothing from now on."""
    revoke(token_id, actor())


def _told(token: ApiToken, maker: str) -> dict[str, Any]:
    return {
        "id": token.id, "name": token.name, "prefix": token.prefix, "scopes": token.scopes, "made_by": maker,
        "created_at": token.created_at, "expires_at": token.expires_at, "last_used_at": token.last_used_at,
        "refused_at": token.refused_at, "refused_act": token.refused_act,
    }  # fmt: skip

"""The provider that knows organisations, as eHerkenning brokers do: a claim of its token has the KvK number."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from service.config import Config
from service.oidc.flow import Client
from service.oidc.id_token import Identity
from service.oidc.installation import redirect_uri
from tenants.errors import NotFound
from tenants.lines import one_line
from tenants.organisations.kvk_numbers import is_kvk_number

DEEPEST, LONGEST_NAME = 8, 500


def has_organisation_provider(app: Flask) -> bool:
    """Return whether this installation has such a provider."""
    return _config(app).organisation_provider_issuer is not None


def organisation_client(app: Flask) -> Client:
    """Return our registration at it. Raises NotFound when the installation has no such provider."""
    config = _config(app)
    issuer, client_id = config.organisation_provider_issuer, config.organisation_provider_client_id
    secret = config.organisation_provider_client_secret
    if issuer is None or client_id is None or secret is None:
        raise NotFound("verification.no_provider")
    return Client(issuer, client_id, secret, redirect_uri(app), wanted_acr=config.organisation_provider_acr)


def name_of_provider(app: Flask) -> str:
    """Return its host, which people see before they go there."""
    return urlsplit(organisation_client(app).issuer).hostname or ""


def reached_the_level(app: Flask, identity: Identity) -> bool:
    """Return whether the person logged in there at the level that this installation demands."""
    wanted = _config(app).organisation_provider_acr
    return not wanted or identity.claims.get("acr") in wanted


def number_from(app: Flask, identity: Identity) -> str | None:
    """Return the KvK number in the token, 8 digits; None when it has none, or several."""
    return kvk_number_in(identity.claims, _config(app).organisation_provider_claim or "")


def name_from(app: Flask, identity: Identity) -> str | None:
    """Return the provider's name for the organisation; None without a configured claim, or when it is no text."""
    claim = _config(app).organisation_provider_name_claim
    said = _found(identity.claims, claim) if claim else None
    return one_line(said[:LONGEST_NAME]) or None if isinstance(said, str) else None


def kvk_number_in(claims: Mapping[str, Any], claim: str) -> str | None:
    """Return the number in this claim: a key as it is (a URN may have dots), or keys of nested objects, with dots.

    Some brokers write a list; when it has more than one number, nobody knows which is meant. A number without quotes
    is refused, because its first zero would be lost.
    """
    said = _found(claims, claim)
    if isinstance(said, list) and len(said) == 1:
        said = said[0]
    return said if isinstance(said, str) and is_kvk_number(said) else None


def _found(claims: Mapping[str, Any], claim: str, depth: int = 0) -> Any:
    if claim in claims:
        return claims[claim]
    parts = claim.split(".")
    for end in range(1, len(parts)):
        inner = claims.get(".".join(parts[:end]))
        if isinstance(inner, Mapping) and depth < DEEPEST:
            return _found(inner, ".".join(parts[end:]), depth + 1)
    return None


def _config(app: Flask) -> Config:
    config: Config = app.config["MELDKETEN"]
    return config

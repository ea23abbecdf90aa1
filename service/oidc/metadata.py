"""What a provider publishes about itself (OpenID Connect Discovery 1.0), as far as we need and trust it."""

from dataclasses import dataclass
from typing import Any

from service.oidc.fetching import Asker, ProviderFault, parts_of

ALGORITHMS = ("RS256", "ES256")
"""Signatures with a key that only the provider has. "none" and HS* are left out: anybody has the public key."""
BASIC, POST = "client_secret_basic", "client_secret_post"


@dataclass(frozen=True)
class Metadata:
    """The addresses of a provider, and how it wants to be asked."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    algorithms: tuple[str, ...]
    secret_in_body: bool
    says_who_answers: bool


def metadata_of(issuer: str, asker: Asker) -> Metadata:
    """Return the provider's own description. Raises ProviderFault when it names another issuer, or cannot be used."""
    parts_of(issuer, asker.on_loopback)
    document = asker.get_once(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if document.get("issuer") != issuer:
        raise ProviderFault("discovery_issuer")
    challenges = document.get("code_challenge_methods_supported")
    if challenges is not None and "S256" not in _words(challenges):
        raise ProviderFault("no_pkce")
    return Metadata(
        issuer=issuer,
        authorization_endpoint=_endpoint(document, "authorization_endpoint", asker),
        token_endpoint=_endpoint(document, "token_endpoint", asker),
        jwks_uri=_endpoint(document, "jwks_uri", asker),
        algorithms=_algorithms(document),
        secret_in_body=_secret_in_body(document),
        says_who_answers=document.get("authorization_response_iss_parameter_supported") is True,
    )


def _endpoint(document: dict[str, Any], name: str, asker: Asker) -> str:
    url = document.get(name)
    if not isinstance(url, str):
        raise ProviderFault("discovery_endpoint")
    parts_of(url, asker.on_loopback)
    return url


def _algorithms(document: dict[str, Any]) -> tuple[str, ...]:
    offered = _words(document.get("id_token_signing_alg_values_supported"))
    taken = tuple(algorithm for algorithm in ALGORITHMS if algorithm in offered)
    if not taken:
        raise ProviderFault("no_algorithm")
    return taken


def _secret_in_body(document: dict[str, Any]) -> bool:
    offered = _words(document.get("token_endpoint_auth_methods_supported", [BASIC]))
    if BASIC not in offered and POST not in offered:
        raise ProviderFault("no_client_authentication")
    return BASIC not in offered


def _words(value: Any) -> list[str]:
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []

"""What a provider must know of this installation, and what it may be."""

from urllib.parse import urlsplit

from flask import Flask

from service.oidc.fetching import Asker, is_loopback
from service.oidc.flow import Client
from tenants.identity_providers import IdentityProvider, secret_of


def asker_of(app: Flask) -> Asker:
    """How providers are asked from here."""
    return Asker(is_loopback(urlsplit(base_url(app)).hostname or ""))


def base_url(app: Flask) -> str:
    """Where this installation lives."""
    url: str = app.config["MELDKETEN"].base_url
    return url


def redirect_uri(app: Flask) -> str:
    """Where a provider sends people back to: one address for all."""
    return f"{base_url(app)}/login/oidc/callback"


def login_url(app: Flask, slug: str) -> str:
    """Where the people of one organisation log in."""
    return f"{base_url(app)}/login/{slug}"


def client_of(app: Flask, found: IdentityProvider) -> Client:
    """What we are to this provider."""
    return Client(found.issuer, found.client_id, secret_of(found), redirect_uri(app), tuple(found.proof_acr))

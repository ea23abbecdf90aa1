"""What a provider must know of this installation, and which providers it may ask."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import Flask

from service.admission.pace import Pace
from service.oidc.fetching import Asker, is_loopback
from service.oidc.flow import Client
from service.oidc.remembered import Remembered
from service.oidc.turns import Turns
from tenants.identity.identity_providers import IdentityProvider, secret_of

NAME = "asking_providers"


@dataclass(frozen=True)
class Asking:
    """What a process keeps about providers: their last answers, whose turn it is, and how often an address asks."""

    remembered: Remembered = field(default_factory=Remembered)
    turns: Turns = field(default_factory=Turns)
    pace: Pace = field(default_factory=Pace)


def asking(app: Flask) -> Asking:
    """Return the record of this process about asking providers."""
    kept: Asking = app.extensions.setdefault(NAME, Asking())
    return kept


def is_on_loopback(app: Flask) -> bool:
    """Return whether this installation is for one machine."""
    return is_loopback(urlsplit(base_url(app)).hostname or "")


def asker_of(app: Flask, settings: object, until: float) -> Asker:
    """Return an asker for a provider with these settings, until that moment on the monotonic clock."""
    return Asker(is_on_loopback(app), until, settings, asking(app).remembered)


def base_url(app: Flask) -> str:
    """Return the address of this installation."""
    url: str = app.config["MELDKETEN"].base_url
    return url


def redirect_uri(app: Flask) -> str:
    """Return the address to which a provider sends people back: one address for all providers."""
    return f"{base_url(app)}/login/oidc/callback"


def login_url(app: Flask, slug: str) -> str:
    """Return the address where the people of one organisation log in."""
    return f"{base_url(app)}/login/{slug}"


def client_of(app: Flask, idp: IdentityProvider) -> Client:
    """Return our registration at this provider."""
    return Client(idp.issuer, idp.client_id, secret_of(idp), redirect_uri(app), tuple(idp.proof_acr))

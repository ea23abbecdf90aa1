"""Where a request comes from: the address that attempts are counted by, and the browser with its name."""

import ipaddress
import re
import secrets
from typing import Any

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from service.config import Config
from tenants.identity.attempts import Caller
from tenants.identity.passkeys import Site
from tenants.sealing import keyed_hash

KNOWN = "meldketen_browser"
TWO_YEARS = 2 * 365 * 24 * 3600
MOST_ACCOUNTS, LONGEST_AGENT = 8, 300
BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox|FxiOS", "Firefox"),
    ("Chrome|CriOS", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X|Macintosh", "macOS"), ("Linux|X11", "Linux"),
)  # fmt: skip


def caller(account: str) -> Caller:
    """Return who tries to use this account, as far as the request shows: its address and its browser."""
    return Caller(address(), None if request.path.startswith("/api/") else _mark_for(account))


def remember_browser(answer: Response, account: str) -> None:
    """Remember that this browser logged in to this account, so that guesses from elsewhere do not lock it out."""
    known = _known()
    accounts = [_short(account), *(short for short in known["accounts"] if short != _short(account))][:MOST_ACCOUNTS]
    value = _signer().dumps({"mark": known["mark"], "accounts": accounts})
    answer.set_cookie(
        KNOWN, str(value), max_age=TWO_YEARS, httponly=True, samesite="Lax", secure=is_secure(), path="/",
    )  # fmt: skip


def browser_mark() -> bytes | None:
    """Return a keyed hash of the mark of the browser of this request; None for a program or a new browser."""
    if request.path.startswith("/api/") or not request.cookies.get(KNOWN):
        return None
    known = _known()
    return keyed_hash("the mark of a browser", str(known["mark"])) if known["accounts"] else None


def is_secure() -> bool:
    """Return whether our cookies may be sent over HTTPS only."""
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def browser_words() -> str:
    """Return how a list names this browser: "Firefox, Windows". A program gets its own first word."""
    agent = request.user_agent.string[:LONGEST_AGENT]
    names = [_first(BROWSERS, agent), _first(SYSTEMS, agent)]
    words = ", ".join(name for name in names if name)
    return words or re.sub(r"[^\w.+-].*", "", agent.partition("/")[0])[:40]


def site() -> Site:
    """Return the site for which passkeys are made."""
    config: Config = current_app.config["MELDKETEN"]
    return Site(config.base_url)


def address() -> str:
    """Return the address to count attempts by.

    An IPv6 address counts as its /64 network, which belongs to one customer.
    """
    try:
        peer = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return ""
    return str(ipaddress.ip_network((peer, 64), strict=False)) if peer.version == 6 else str(peer)


def _mark_for(account: str) -> str | None:
    known = _known()
    return str(known["mark"]) if _short(account) in known["accounts"] else None


def _known() -> dict[str, Any]:
    try:
        known: dict[str, Any] = _signer().loads(request.cookies.get(KNOWN, ""))
    except BadSignature:
        return {"mark": secrets.token_urlsafe(16), "accounts": []}
    return known


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="a browser that was here before")


def _short(account: str) -> str:
    return keyed_hash("known account", account.strip().casefold()).hex()[:24]


def _first(names: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for pattern, name in names if re.search(pattern, agent)), "")

"""Routes for the operator's monitoring: alive, ready, and figures. They need no login and contain no names.

May import admission, running and config. Its words: ready, reason (why an installation is not ready), figure.
"""

from hmac import compare_digest
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST

from service.admission.access import watching
from service.config import Config
from service.health.figures import exposition
from service.health.readiness import with_clocks
from service.health.readiness_cache import CachedReadiness
from service.http.hosts import is_known_host
from service.safe_settings import is_this_machine

health = Blueprint("health", __name__)
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


@health.get("/healthz")
@watching
def alive() -> ResponseReturnValue:
    """Answer that this process runs, without asking any other system."""
    return jsonify(alive=True)


@health.get("/readyz")
@watching
def ready() -> ResponseReturnValue:
    """Answer whether requests may be sent here: yes or no. The reason is in the figures and in the log."""
    looked: CachedReadiness = current_app.extensions["looked"]
    state = looked.look()
    answer = with_clocks(state) if _may_read_figures() else {"ready": state["ready"]}
    return jsonify(answer), 200 if state["ready"] else 503


@health.get("/metrics")
@watching
def metrics() -> ResponseReturnValue:
    """Return figures for Prometheus, which sends METRICS_TOKEN as its bearer.

    An installation for one machine needs no token for a request from that machine.
    """
    config = current_app.config["MELDKETEN"]
    if _may_read_figures():
        return Response(exposition(config.redis_url), content_type=CONTENT_TYPE_LATEST)
    if config.metrics_token:
        return Response(status=401, headers={"WWW-Authenticate": "Bearer"})
    return Response(status=403)


def _may_read_figures() -> bool:
    config: Config = current_app.config["MELDKETEN"]
    if config.metrics_token:
        return _brings(config.metrics_token)
    own = urlsplit(config.base_url).hostname or ""
    return is_this_machine(own) and is_known_host() and _from_this_machine()


def _brings(token: str) -> bool:
    kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
    return kind.lower() == "bearer" and compare_digest(bearer.strip().encode(), token.encode())


def _from_this_machine() -> bool:
    """Return whether the request comes from this machine itself. A request that a proxy here passes on does not."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def register(app: Flask) -> None:
    """Add the three routes."""
    app.extensions["looked"] = CachedReadiness(app.config["MELDKETEN"].redis_url)
    app.register_blueprint(health)

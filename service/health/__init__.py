"""For whoever watches over the house: alive, ready, and how it stands. No login, and nothing about anybody."""

from hmac import compare_digest
from ipaddress import ip_address

from flask import Blueprint, Flask, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST

from service.access import watching
from service.health.figures import exposition
from service.health.readiness import readiness

health = Blueprint("health", __name__)
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


@health.get("/healthz")
@watching
def alive() -> ResponseReturnValue:
    """This process answers. It asks nothing of anybody else."""
    return jsonify(alive=True)


@health.get("/readyz")
@watching
def ready() -> ResponseReturnValue:
    """Whether requests may be sent here, and if not, why not."""
    found = readiness(current_app.config["MELDKETEN"].redis_url)
    return jsonify(found), 200 if found["ready"] else 503


@health.get("/metrics")
@watching
def metrics() -> ResponseReturnValue:
    """For Prometheus: with METRICS_TOKEN as its bearer, or without one from this machine only."""
    config = current_app.config["MELDKETEN"]
    if config.metrics_token and not _brings(config.metrics_token):
        return Response(status=401, headers={"WWW-Authenticate": "Bearer"})
    if not config.metrics_token and not _from_this_machine():
        return Response(status=403)
    return Response(exposition(config.redis_url), content_type=CONTENT_TYPE_LATEST)


def _brings(token: str) -> bool:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    return kind.lower() == "bearer" and compare_digest(given.strip().encode(), token.encode())


def _from_this_machine() -> bool:
    """The peer itself; what a proxy on this machine passes on comes from elsewhere."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def register(app: Flask) -> None:
    """The three of them."""
    app.register_blueprint(health)

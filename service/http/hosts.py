"""The host names under which this installation answers: its own address, and those of this machine.

A page elsewhere can make its own name lead to 127.0.0.1 and then read what a service on this machine answers. Such a
request names that other host, and is refused (421, RFC 9110 15.5.20).
"""

from functools import lru_cache
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request

from service.admission.access import is_api
from service.http.error_page import error_page
from service.http.errors import problem
from service.safe_settings import is_this_machine

FOR_ANY_NAME = ("health.alive", "health.ready")
"""Monitoring may use any address of this service, because it only reads yes or no."""


def host_of(netloc: str) -> str:
    """Return the name in a Host header, without its port."""
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""


def is_known_host() -> bool:
    """Return whether this request names a host of this installation."""
    return _is_known(request.host, current_app.config["MELDKETEN"].base_url)


@lru_cache(maxsize=64)
def _is_known(asked: str, own: str) -> bool:
    host = host_of(asked)
    return is_this_machine(host) or host == urlsplit(own).hostname


def _refuse_another() -> Response | None:
    if request.endpoint in FOR_ANY_NAME or is_known_host():
        return None
    return problem(421, "http.421", {}) if is_api() else error_page(421, "http.421", {})


def register(app: Flask) -> None:
    """Check the host before anything else in a request."""
    app.before_request(_refuse_another)

"""The wiring: it makes the app, registers its parts, and gives the workflows their settings."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix

from service import api, health, web, webhooks
from service.admission import access, form_limits
from service.admission.admitting import admitted
from service.admission.form_limits import LARGEST_BODY
from service.admission.sent_forms import answered
from service.config import Config
from service.downloads import endings
from service.http import after_answers, errors, headers, hosts, request_log, server_time, unreadable
from service.http.cookies import Answered, Asked
from service.http.late_rules import LateRule
from service.http.page_sessions import PageSessions
from service.running.app_without_routes import bind
from service.words import in_templates
from workflows.running.rq_hints import RqHints

LONGEST_STATEMENT_S = 15.0
"""Seconds. PostgreSQL stops a statement of a web request after so long, including the time that it waits for others."""


class Service(Flask):
    """One request is one organisation and one transaction: returning commits, and raising rolls back."""

    request_class = Asked
    response_class = Answered
    url_rule_class = LateRule

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is. None of ours is asynchronous; Flask asks that anew at each call."""
        return func

    def dispatch_request(self) -> ResponseReturnValue:
        """Admit the request as its person, in its organisation, and answer it."""
        with admitted():
            return answered(super().dispatch_request)


def create_app(config: Config | None = None) -> Service:
    """Return the app with all its parts. Raises ConfigError as `bind` does."""
    config = config or Config.from_environment()
    app = Service(__name__, static_folder=None)
    app.session_interface = PageSessions()
    app.config.update(
        SECRET_KEY=config.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.base_url.startswith("https://"),
        MELDKETEN=config,
    )
    if config.proxies:
        believing = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies)
        app.wsgi_app = believing  # type: ignore[method-assign]
    bind(app, config, RqHints(config.redis_url), LONGEST_STATEMENT_S)
    for part in (
        after_answers, request_log, hosts, form_limits, unreadable, access, in_templates, headers, server_time, endings,
        web, api, webhooks, health, errors,
    ):  # fmt: skip
        part.register(app)
    return app

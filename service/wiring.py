"""The only wiring: the app, its parts, and what the rest of the house is told once."""

from pathlib import Path

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix

from service import (
    access,
    after_answers,
    api,
    errors,
    headers,
    health,
    hosts,
    request_log,
    texts,
    unreadable,
    web,
    webhooks,
)
from service.admission import admitted
from service.config import Config, ConfigError
from service.cookies import Answered, Asked
from service.health.readiness import MAY_BYPASS
from service.stamping import authority_of
from tenants.database import db
from tenants.master_keys import can_open_what_is_stored
from tenants.sealing import use_master_key
from workflows.engine.bell import hang
from workflows.hints import RqBell
from workflows.links import use_base_url
from workflows.mail.words import use_operator_contact
from workflows.witnessing import use_authority, use_heads_file

LARGEST_BODY = 8 * 1024 * 1024
NOT_WITHOUT_END = {"connect_timeout": 5, "tcp_user_timeout": 15_000, "keepalives_idle": 30}
"""A database that cannot be reached any more is given up: after so many seconds, milliseconds, seconds."""


class Service(Flask):
    """One request, one organisation, one transaction: returning commits, raising rolls back."""

    request_class = Asked
    response_class = Answered

    def dispatch_request(self) -> ResponseReturnValue:
        """Let the request in as who it is, where it may be."""
        with admitted():
            return super().dispatch_request()


def create_app(config: Config | None = None) -> Service:
    """Wire everything together. Raises ConfigError when the database's role could look past the walls."""
    config = config or Config.from_environment()
    app = Service(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_size": 10, "max_overflow": 10, "pool_timeout": 10, "connect_args": NOT_WITHOUT_END,
        },
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.base_url.startswith("https://"),
        MELDKETEN=config,
    )
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies)  # type: ignore[method-assign]
    use_master_key(config.master_key_bytes, *config.previous_master_keys_bytes)
    use_base_url(config.base_url)
    use_operator_contact(config.operator_contact)
    use_heads_file(Path(config.heads_file) if config.heads_file else None)
    use_authority(authority_of(config))
    hang(RqBell(config.redis_url))
    db.init_app(app)
    for part in (
        after_answers, request_log, hosts, unreadable, access, texts, headers, web, api, webhooks, health, errors,
    ):  # fmt: skip
        part.register(app)
    _refuse_to_start_over_the_walls(app)
    _refuse_to_start_without_the_key(app)
    return app


def _refuse_to_start_over_the_walls(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        if connection.scalar(MAY_BYPASS):
            raise ConfigError("DATABASE_URL's role owns tables or can bypass row-level security: use meldketen_app.")


def _refuse_to_start_without_the_key(app: Flask) -> None:
    with app.app_context():
        if not can_open_what_is_stored():
            raise ConfigError(
                "MASTER_KEY does not open everything in this database: give the earlier one in PREVIOUS_MASTER_KEYS."
            )

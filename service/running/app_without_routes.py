"""The app of processes without HTTP routes: the database, the keys, the hints, and the settings of the workflows.

Loading pages and API takes one second of processor time. A command, a worker and a clock answer no request, so they
start from here; `service/wiring.py` adds the routes to the same app.
"""

from pathlib import Path
from uuid import UUID

from flask import Flask
from sqlalchemy import make_url, text

from service.config import Config, ConfigError
from service.running.stamping import authority_of
from tenants.database import db
from tenants.keys.master_keys import can_open_what_is_stored
from tenants.sealing import use_master_key
from workflows.engine.hints import Hints, use_hints
from workflows.evidence.witnessing import use_authority, use_heads_file
from workflows.mail.links import use_base_url
from workflows.mail.words import use_operator_contact

NOT_WITHOUT_END = {"connect_timeout": 5, "tcp_user_timeout": 15_000, "keepalives_idle": 30}
"""When a connection to the database counts as lost: seconds, milliseconds, seconds."""

# The role itself, and every role that it could act as or become a member of.
MAY_BYPASS = text("""
    select me.rolcreaterole or me.rolreplication or exists (
      select from pg_roles r
       where pg_has_role(me.oid, r.oid, 'member')
         and (r.rolsuper or r.rolbypassrls or r.rolname = 'meldketen_door'
              or exists (select from pg_class c where c.relowner = r.oid and c.relkind in ('r', 'p'))))
      from pg_roles me where me.rolname = current_user""")


class LateHints:
    """Gives hints by RQ, which is loaded at the first hint, because most commands give none."""

    def __init__(self, redis_url: str) -> None:
        self._redis_url = redis_url
        self._hints: Hints | None = None

    def hint(self, organisations: list[UUID]) -> None:
        """Give one hint for each organisation."""
        if self._hints is None:
            from workflows.running.rq_hints import RqHints

            self._hints = RqHints(self._redis_url)
        self._hints.hint(organisations)


def app_without_routes(config: Config) -> Flask:
    """Make an app that answers no request. Raises ConfigError as `bind` does."""
    app = Flask(__name__, static_folder=None)
    bind(app, config, LateHints(config.redis_url))
    return app


def unchecked_app(config: Config) -> Flask:
    """Make an app for whoever finds out what is wrong with the database: it starts whatever the role and the keys."""
    app = Flask(__name__, static_folder=None)
    _bind_unchecked(app, config, LateHints(config.redis_url), None)
    return app


def bind(app: Flask, config: Config, hints: Hints, longest_statement_s: float | None = None) -> None:
    """Bind the app to its database, and give the workflows their settings.

    `longest_statement_s`: PostgreSQL stops a statement that takes longer; None means no limit. Raises ConfigError when
    the database's role could read other organisations' rows, or when the key does not fit what is stored.
    """
    _bind_unchecked(app, config, hints, longest_statement_s)
    with app.app_context():
        _refuse_to_start_over_the_walls()
        _refuse_to_start_without_the_key()


def _bind_unchecked(app: Flask, config: Config, hints: Hints, longest_statement_s: float | None) -> None:
    app.config.update(
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_size": 10, "max_overflow": 10, "pool_timeout": 10,
            "connect_args": NOT_WITHOUT_END | _options(config.database_url, longest_statement_s),
        },
    )  # fmt: skip
    use_master_key(config.master_key_bytes, *config.previous_master_keys_bytes)
    use_base_url(config.base_url)
    use_operator_contact(config.operator_contact)
    use_heads_file(Path(config.heads_file) if config.heads_file else None)
    use_authority(authority_of(config))
    use_hints(hints)
    db.init_app(app)


def _options(database_url: str, longest_statement_s: float | None) -> dict[str, str]:
    """Return the options of each connection, besides those in the address of the database."""
    if longest_statement_s is None:
        return {}
    named = make_url(database_url).query.get("options", "")
    own = named if isinstance(named, str) else " ".join(named)
    return {"options": f"{own} -c statement_timeout={round(longest_statement_s * 1000)}".strip()}


def _refuse_to_start_over_the_walls() -> None:
    with db.engine.connect() as connection:
        if connection.scalar(MAY_BYPASS):
            raise ConfigError("DATABASE_URL's role owns tables or can bypass row-level security: use meldketen_app.")


def _refuse_to_start_without_the_key() -> None:
    if not can_open_what_is_stored():
        raise ConfigError(
            "MASTER_KEY does not open everything in this database: give the earlier one in PREVIOUS_MASTER_KEYS."
        )

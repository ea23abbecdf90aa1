"""``meldketen release``: bring the database to this version, as its owner."""

import importlib.util
from argparse import Namespace
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config as Alembic
from psycopg.sql import SQL, Identifier, Literal
from sqlalchemy import make_url

from service.config import Config, ConfigError

APP_ROLE = "meldketen_app"
"""What the policies are written for; any other role acts as its member."""


def run(arguments: Namespace) -> int:
    """Migrate the database that the environment names."""
    migrate(Config.from_environment())
    return 0


def migrate(config: Config) -> None:
    """Run every migration that the database has not had yet."""
    alembic = Alembic()
    alembic.set_main_option("script_location", str(migrations()))
    alembic.attributes["url"] = config.owner_url()
    command.upgrade(alembic, "head")
    _let_in(config)


def _let_in(config: Config) -> None:
    """DATABASE_URL's role may log in and act as the app; one that the host has made already is only let in."""
    app = make_url(config.database_url)
    name, password = app.username or APP_ROLE, str(app.password or "")
    owner = make_url(config.owner_url()).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(owner) as connection:
        known = connection.execute("select rolcanlogin from pg_roles where rolname = %s", [name]).fetchone()
        if known is None or not known[0]:
            verb = SQL("create") if known is None else SQL("alter")
            connection.execute(SQL("{} role {} login password {}").format(verb, Identifier(name), Literal(password)))
        if name != APP_ROLE:
            connection.execute(SQL("grant {} to {}").format(Identifier(APP_ROLE), Identifier(name)))


def migrations() -> Path:
    """Where the migrations of this build are."""
    spec = importlib.util.find_spec("migrations")
    if spec is None or not spec.submodule_search_locations:
        raise ConfigError("The migrations are not installed with this program.")
    return Path(next(iter(spec.submodule_search_locations)))

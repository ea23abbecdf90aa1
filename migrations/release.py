"""Bringing a database to this version, as its owner; and letting the service's own role in."""

from pathlib import Path
from typing import Protocol

import psycopg
from psycopg.sql import SQL, Identifier, Literal
from sqlalchemy import make_url

FOLDER = Path(__file__).parent
APP_ROLE = "meldketen_app"
"""What the policies are written for; any other role acts as its member."""


class Installation(Protocol):
    """What the settings of an installation say of its database: an address for the owner, and one for the service."""

    @property
    def database_url(self) -> str:
        """The service's own address of the database, with its role and password."""

    def owner_url(self) -> str:
        """The owner's address."""


def migrate(installation: Installation) -> None:
    """Run every migration that the database has not had yet, and let the service's own role in."""
    from alembic import command  # here, because the web process asks this module for names and needs no Alembic
    from alembic.config import Config

    alembic = Config()
    alembic.set_main_option("script_location", str(FOLDER))
    alembic.attributes["url"] = installation.owner_url()
    command.upgrade(alembic, "head")
    _let_in(installation.owner_url(), installation.database_url)


def _let_in(owner_url: str, app_url: str) -> None:
    """A role that the host has made already is only made a member of the app's."""
    app = make_url(app_url)
    name, password = app.username or APP_ROLE, str(app.password or "")
    owner = make_url(owner_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(owner) as connection:
        known = connection.execute("select rolcanlogin from pg_roles where rolname = %s", [name]).fetchone()
        if known is None or not known[0]:
            verb = SQL("create") if known is None else SQL("alter")
            connection.execute(SQL("{} role {} login password {}").format(verb, Identifier(name), Literal(password)))
        if name != APP_ROLE:
            connection.execute(SQL("grant {} to {}").format(Identifier(APP_ROLE), Identifier(name)))

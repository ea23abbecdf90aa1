"""Bringing a database to this version, as its owner; filling what the workflows declare; letting the service's role in.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg.sql import SQL, Identifier, Literal
from sqlalchemy import Connection, make_url, text

FOLDER = Path(__file__).parent
APP_ROLE = "meldketen_app"
"""What the policies are written for; any other role acts as its member."""
DECLARE = text("""
    insert into human_step (workflow, version, name, other_than, fresh)
    values (:workflow, :version, :name, :other_than, :fresh)
    on conflict do nothing""")
KEPT = text("select workflow, version, name, other_than, fresh from human_step")
LET_PROGRAMS = text("insert into token_scope (act) select unnest(cast(:acts as text[])) on conflict do nothing")
FORBID_PROGRAMS = text("delete from token_scope where act <> all (cast(:acts as text[]))")
IS_THERE = text("select to_regclass('human_step') is not null and to_regclass('token_scope') is not null")


class ReleasedVersionChanged(Exception):
    """This build declares a step of a person otherwise than a released version of its workflow has it."""


@dataclass(frozen=True)
class HumanStep:
    """A person's step in one version of a workflow. `other_than`: the steps that somebody else must have done before;
    `fresh`: whether it decides or sends, so that it takes a second factor just given and a seat that counts."""

    workflow: str
    version: int
    name: str
    other_than: tuple[str, ...]
    fresh: bool


@dataclass(frozen=True)
class Declared:
    """What the code declares and the database holds to: the steps of people in every version of every workflow, and
    the acts that an API token may have."""

    human_steps: tuple[HumanStep, ...]
    token_scopes: tuple[str, ...]


class Installation(Protocol):
    """What the settings of an installation say of its database: an address for the owner, and one for the service."""

    @property
    def database_url(self) -> str:
        """The service's own address of the database, with its role and password."""

    def owner_url(self) -> str:
        """The owner's address."""


def migrate(installation: Installation, declared: Declared) -> None:
    """Run every migration that the database has not had yet, fill what is declared, let the service's own role in.

    Raises ReleasedVersionChanged, as `fill` does; the database then stays as it was.
    """
    from alembic import command  # here, because the web process asks this module for names and needs no Alembic
    from alembic.config import Config

    alembic = Config()
    alembic.set_main_option("script_location", str(FOLDER))
    alembic.attributes["url"] = installation.owner_url()
    alembic.attributes["declared"] = declared
    command.upgrade(alembic, "head")
    _let_in(installation.owner_url(), installation.database_url)


def fill(connection: Connection, declared: Declared) -> None:
    """Write what is declared into the tables that the database's rules ask; before they exist, nothing.

    A step's row is never deleted: a build of before may still end runs of a version that this one does not have. An act
    that a program may not do any more is taken out, because nothing ends later under an earlier list.

    Raises ReleasedVersionChanged when a row differs from what is declared. A released version never changes, so such a
    build is wrong; writing its row would take four eyes from runs that are under way.
    """
    if not connection.scalar(IS_THERE):
        return
    _refuse_changed(connection, declared)
    for step in declared.human_steps:
        connection.execute(DECLARE, {**vars(step), "other_than": list(step.other_than)})
    acts = {"acts": list(declared.token_scopes)}
    connection.execute(FORBID_PROGRAMS, acts)
    connection.execute(LET_PROGRAMS, acts)


def _refuse_changed(connection: Connection, declared: Declared) -> None:
    kept = {
        (row.workflow, row.version, row.name): HumanStep(
            row.workflow, row.version, row.name, tuple(row.other_than), row.fresh
        )
        for row in connection.execute(KEPT)
    }
    for step in declared.human_steps:
        row = kept.get((step.workflow, step.version, step.name), step)
        if row != step:
            raise ReleasedVersionChanged(
                f"step {step.name} of {step.workflow}, version {step.version}, is released with {_rule(row)}; "
                f"this build declares {_rule(step)}; a change needs a new version of the workflow"
            )


def _rule(step: HumanStep) -> str:
    return f"other_than {', '.join(step.other_than) or 'nobody'} and fresh {str(step.fresh).lower()}"


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

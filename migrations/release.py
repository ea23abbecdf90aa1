"""Bringing a database to this version, as its owner; filling what the workflows declare; letting the service's role in.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg.errors import LockNotAvailable
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
RELEASE_LOCK = 6_353_835
"""The number of the advisory lock that a release holds."""
LONGEST_WAIT_S = 600.0
IS_THERE = text("select to_regclass('human_step') is not null and to_regclass('token_scope') is not null")


class ReleaseRefused(Exception):
    """A release that cannot be done now. The message is one line for the operator; the database stays as it was."""


class NewerDatabase(ReleaseRefused):
    """The database is at a migration that this build does not have."""


class ReleaseUnderWay(ReleaseRefused):
    """Another release of the same database did not end in the time that this one waited for it."""


class ReleasedVersionChanged(ReleaseRefused):
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

    A second release of the same database at the same time waits for the first, and finds it done. Raises
    ReleaseUnderWay when that takes more than LONGEST_WAIT_S, NewerDatabase when an older build releases, and
    ReleasedVersionChanged as `fill` does; the database then stays as it was.
    """
    with only_release(installation.owner_url(), LONGEST_WAIT_S) as connection:
        _upgrade(installation.owner_url(), connection, declared)
        _let_in(connection, installation.database_url)


@contextmanager
def only_release(owner_url: str, wait_s: float) -> Iterator[psycopg.Connection]:
    """Hold the lock of releases on this database, on a connection of its own in which each statement is committed.

    Raises ReleaseUnderWay when another release holds the lock for `wait_s` seconds.
    """
    owner = make_url(owner_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(SQL("set lock_timeout = {}").format(Literal(f"{round(wait_s * 1000)}ms")))
        try:
            connection.execute("select pg_advisory_lock(%s)", [RELEASE_LOCK])
        except LockNotAvailable as busy:
            raise ReleaseUnderWay("another release is under way; run it again when that one ended") from busy
        yield connection


def _upgrade(owner_url: str, connection: psycopg.Connection, declared: Declared) -> None:
    from alembic import command  # here, because the web process asks this module for names and needs no Alembic
    from alembic.config import Config

    alembic = Config()
    alembic.set_main_option("script_location", str(FOLDER))
    alembic.attributes["url"] = owner_url
    alembic.attributes["declared"] = declared
    _refuse_newer(connection)
    command.upgrade(alembic, "head")


def _refuse_newer(connection: psycopg.Connection) -> None:
    known = {file.name.partition("_")[0] for file in (FOLDER / "versions").glob("[0-9]*_*.py")}
    [[is_released]] = connection.execute("select to_regclass('alembic_version') is not null").fetchall()
    rows = connection.execute("select version_num from alembic_version").fetchall() if is_released else []
    for [at] in rows:
        if at not in known:
            raise NewerDatabase(f"the database is at {at} and this build ends at {max(known)}; release a newer build")


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
    ours = {(step.workflow, step.version, step.name) for step in declared.human_steps}
    versions = {(workflow, version) for workflow, version, _ in ours}
    for workflow, version, name in sorted(kept.keys() - ours):
        if (workflow, version) in versions:
            raise ReleasedVersionChanged(
                f"step {name} of {workflow}, version {version}, is released as a person's; this build declares it not; "
                "a change needs a new version of the workflow"
            )
    for step in declared.human_steps:
        row = kept.get((step.workflow, step.version, step.name), step)
        if row != step:
            raise ReleasedVersionChanged(
                f"step {step.name} of {step.workflow}, version {step.version}, is released with {_rule(row)}; "
                f"this build declares {_rule(step)}; a change needs a new version of the workflow"
            )


def _rule(step: HumanStep) -> str:
    return f"other_than {', '.join(step.other_than) or 'nobody'} and fresh {str(step.fresh).lower()}"


def _let_in(connection: psycopg.Connection, app_url: str) -> None:
    """A role that the host has made already is only made a member of the app's."""
    app = make_url(app_url)
    name, password = app.username or APP_ROLE, str(app.password or "")
    with connection.transaction():
        known = connection.execute("select rolcanlogin from pg_roles where rolname = %s", [name]).fetchone()
        if known is None or not known[0]:
            verb = SQL("create") if known is None else SQL("alter")
            connection.execute(SQL("{} role {} login password {}").format(verb, Identifier(name), Literal(password)))
        if name != APP_ROLE:
            connection.execute(SQL("grant {} to {}").format(Identifier(APP_ROLE), Identifier(name)))

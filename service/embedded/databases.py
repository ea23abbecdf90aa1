"""The two roles and the databases: the owner migrates, and the app works behind the policies."""

import psycopg
from psycopg import sql

from service.embedded.keys import Keys

DATABASE = "meldketen"
OWNER = "meldketen_owner"
APP = "meldketen_app"
EMPTY = "template1"
RIGHTS = {
    OWNER: "login createrole nosuperuser nocreatedb nobypassrls noreplication",
    APP: "login nocreaterole nosuperuser nocreatedb nobypassrls noreplication",
}

NO_LARGE_OBJECTS = """
    do $$ declare large regprocedure; begin
      for large in select oid from pg_proc where pronamespace = 'pg_catalog'::regnamespace
                      and (proname like 'lo\\_%' or proname in ('loread', 'lowrite')) loop
        execute format('revoke execute on function %s from public', large);
      end loop; end $$"""
"""Functions that read or write files in the database, which no policy guards. Nobody needs them."""


def prepare_roles(superuser_url: str, keys: Keys) -> None:
    """Make both roles, and reset the rights and passwords of roles that exist."""
    passwords = {OWNER: keys.owner_password, APP: keys.app_password}
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        for role, rights in RIGHTS.items():
            if not connection.execute("select 1 from pg_roles where rolname = %s", (role,)).fetchone():
                connection.execute(sql.SQL("create role {}").format(sql.Identifier(role)))
            connection.execute(
                sql.SQL("alter role {} with {} password {}").format(
                    sql.Identifier(role), sql.SQL(rights), sql.Literal(passwords[role])
                )
            )
        # This is what an owner gets that makes the role itself: it may grant the role to a login, and never acts as it.
        admin = sql.SQL("grant {} to {} with admin true, inherit false, set false")
        connection.execute(admin.format(sql.Identifier(APP), sql.Identifier(OWNER)))


def make_database(superuser_url: str, name: str, template: str = EMPTY) -> None:
    """Make a database that only the two roles can enter, unless it is there."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        if connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone():
            return
        # Copying files is twice as fast as copying pages through the log.
        create = sql.SQL("create database {} owner {} template {} strategy file_copy")
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template)))
        closed = "revoke all on database {} from public; grant connect on database {} to {}"
        database = sql.Identifier(name)
        connection.execute(sql.SQL(closed).format(database, database, sql.Identifier(APP)))
    if template != EMPTY:
        return  # A copy keeps what is closed inside a database of ours.
    with psycopg.connect(superuser_url, dbname=name, autocommit=True) as inside:
        inside.execute(NO_LARGE_OBJECTS)


def drop_database(superuser_url: str, name: str) -> None:
    """Remove a database, and end every connection to it."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

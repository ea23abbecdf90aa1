"""Runs the migrations as the owner; the app's own role never changes a table.

What the code declares is filled in the transaction of each migration, so that no row is missing while one is at work,
and once more at the end, for a release without a migration.
"""

from typing import Any

from alembic import context
from sqlalchemy import NullPool, create_engine

from migrations.release import fill

url = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True)["url"]
declared = context.config.attributes.get("declared")


def fill_declared(ctx: Any, **_: Any) -> None:
    """After each migration, in its transaction."""
    if declared is not None:
        fill(ctx.connection, declared)


with create_engine(url, poolclass=NullPool).connect() as connection:
    connection.exec_driver_sql("set lock_timeout = '5s'")
    context.configure(connection=connection, transaction_per_migration=True, on_version_apply=fill_declared)
    with context.begin_transaction():
        context.run_migrations()
    if declared is not None:
        fill(connection, declared)
    connection.commit()

"""Runs the migrations as the owner; the app's own role never changes a table.

One transaction holds the whole upgrade: when a migration fails, the database stays at the version where it was. A
function has its newest text from the first migration that applies its file, and may name a table of a later one, so
nobody else may see a version between. What the code declares is filled after each migration, so that no row is missing
while the next one is at work, and once more at the end, for a release without a migration.
"""

from typing import Any

from alembic import context
from sqlalchemy import NullPool, create_engine

from migrations.release import fill

url = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True)["url"]
declared = context.config.attributes.get("declared")


def fill_declared(ctx: Any, **_: Any) -> None:
    """Fill after each migration, in the transaction of the upgrade."""
    if declared is not None:
        fill(ctx.connection, declared)


with create_engine(url, poolclass=NullPool).connect() as connection:
    connection.exec_driver_sql("set lock_timeout = '5s'")  # this begins the transaction, and Alembic begins no other
    context.configure(connection=connection, on_version_apply=fill_declared)
    with context.begin_transaction():
        context.run_migrations()
    if declared is not None:
        fill(connection, declared)
    connection.commit()

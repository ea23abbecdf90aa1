"""Runs the migrations as the owner; the app's own role never changes a table."""

from alembic import context
from sqlalchemy import NullPool, create_engine

url = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True)["url"]

with create_engine(url, poolclass=NullPool).connect() as connection:
    connection.exec_driver_sql("set lock_timeout = '5s'")
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()

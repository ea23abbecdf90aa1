"""Reads that the driver sends itself: the few questions that every request asks.

SQLAlchemy spends as much processor time on a small statement as the driver and PostgreSQL together. These statements
are sent on the session's own connection, so inside its transaction, and whoever listens to statements hears these too.
"""

from collections.abc import Mapping
from typing import Any

import psycopg
from sqlalchemy.dialects.postgresql import psycopg as dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement

from tenants.database import db

Values = Mapping[str, Any]
DIALECT = dialect.dialect()  # type: ignore[no-untyped-call]


def as_text(statement: ClauseElement) -> str:
    """Return the statement in the driver's own form: `%(name)s` for each value."""
    return str(DIALECT.statement_compiler(DIALECT, statement))


def rows_of(statement: str, values: Values) -> list[tuple[Any, ...]]:
    """Return the rows of a statement in the driver's form. Raises DBAPIError, as SQLAlchemy does."""
    connection = db.session.connection()
    driver: psycopg.Connection[tuple[Any, ...]] = connection.connection.dbapi_connection  # type: ignore[assignment]
    with driver.cursor(binary=True) as cursor:
        for listener in connection.dispatch.before_cursor_execute:
            listener(connection, cursor, statement, values, None, False)
        try:
            return cursor.execute(statement, values).fetchall()
        except psycopg.Error as error:
            if driver.closed:
                connection.invalidate(error)
            raise DBAPIError.instance(statement, dict(values), error, psycopg.Error) from error

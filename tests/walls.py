"""The watch on the walls: no statement names an organisation's table while nobody acts on that connection.

PostgreSQL would answer such a statement with no rows; this finds the code that asks. Doors (functions) may: what they
read, they read inside.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import ConnectionPoolEntry, Pool

from migrations.release import APP_ROLE
from tests.tenants.tables import WALLED

ACTS = "set_config('app.organisation'"
BEFORE = r"\b(?:from|join|into|update|only|table)\s+(?:public\.)?\"?"
NAMES = re.compile(rf"{BEFORE}({'|'.join(WALLED)})\b(?!\s*\()", re.IGNORECASE)


@lru_cache(maxsize=4096)
def walled(statement: str) -> str | None:
    """The first table of an organisation that a statement names."""
    named = NAMES.search(statement)
    return named[1] if named else None


class OverTheWall(AssertionError):
    """A statement on an organisation's table, outside acting_for."""


@contextmanager
def watched() -> Iterator[list[str]]:
    """Meanwhile every statement of the app's role is looked at; what goes over the wall fails, and is listed."""
    caught: list[str] = []

    def look(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if connection.engine.url.username != APP_ROLE:
            return  # the superuser of the tests
        if ACTS in statement:
            connection.info["acts"] = True
        table = walled(statement)
        if table and not connection.info.get("acts"):
            caught.append(statement)
            raise OverTheWall(f"{table}: {statement}")

    def end(connection: Connection) -> None:
        if not connection.invalidated:  # One that the server ended has no information any more.
            connection.info.pop("acts", None)

    def back(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info.pop("acts", None)

    listeners = [(Engine, "before_cursor_execute", look), (Engine, "commit", end), (Engine, "rollback", end),
                 (Pool, "checkin", back)]  # fmt: skip
    for target, name, listener in listeners:
        event.listen(target, name, listener)
    try:
        yield caught
    finally:
        for target, name, listener in listeners:
            event.remove(target, name, listener)

"""The statements that a call sends to the database, however it comes to send them."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from flask import Flask
from sqlalchemy import event

from tenants.database import db


@contextmanager
def statements_of(app: Flask | None = None) -> Iterator[list[str]]:
    """Meanwhile every statement of this app, or of the app whose context this is, is added to the list."""
    seen: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    with app.app_context() if app else nullcontext():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)

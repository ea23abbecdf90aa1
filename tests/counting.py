"""The statements that a call sends to the database, however it comes to send them."""

from collections.abc import Callable, Iterator
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

    with _noted(app, note):
        yield seen


@contextmanager
def values_of(app: Flask, part: str) -> Iterator[list[dict[str, Any]]]:
    """Meanwhile the values of every statement of this app that has this part are added to the list."""
    seen: list[dict[str, Any]] = []

    def note(_c: Any, _k: Any, statement: str, values: dict[str, Any], *_: Any) -> None:
        if part in statement:
            seen.append(values)

    with _noted(app, note):
        yield seen


@contextmanager
def _noted(app: Flask | None, note: Callable[..., None]) -> Iterator[None]:
    with app.app_context() if app else nullcontext():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", note)

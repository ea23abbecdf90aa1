"""A form as it was typed: everything is kept, and each fault stands at its field."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import request
from marshmallow import Schema, ValidationError, fields
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import MultiDict

from service import errors
from tenants.database import db
from tenants.errors import AlreadyDone, NotAllowed, NotFound, Refused

Done = TypeVar("Done")
MOST_ROWS = 1000
ERROR_PAGES = (AlreadyDone, NotAllowed, NotFound)


class Form:
    """What somebody typed, or what a new form begins with; and what was wrong with it."""

    def __init__(self, typed: MultiDict[str, str]) -> None:
        self.typed = typed
        self.faults: list[dict[str, Any]] = []
        self.status = 200

    @classmethod
    def posted(cls) -> "Form":
        """The form of this request."""
        return cls(MultiDict(request.form))

    @classmethod
    def beginning_with(cls, **values: Any) -> "Form":
        """A form that nobody has typed in; None is left blank."""
        pairs = [
            (name.replace("__", "."), str(one))
            for name, value in values.items()
            for one in (value if isinstance(value, list | tuple) else [value])
            if one is not None
        ]
        return cls(MultiDict(pairs))

    def value(self, name: str) -> str:
        """What stands in a field."""
        return self.typed.get(name, "")

    def has(self, name: str, value: object) -> bool:
        """Whether this choice is ticked."""
        return str(value) in self.typed.getlist(name)

    def faults_at(self, name: str) -> list[dict[str, Any]]:
        """What is wrong at this field."""
        return [fault for fault in self.faults if fault["field"] == name]

    def rows(self, name: str, least: int) -> range:
        """The numbers of the rows to show: all that were typed, and some blank ones."""
        return range(max(least, _rows_typed(self.typed, name)))

    def load(self, schema: Schema, **more: Any) -> dict[str, Any] | None:
        """The values, read and checked by the schema; None when there are faults."""
        return self.attempt(lambda: schema.load(typed_document(schema, self.typed) | more))

    def attempt(self, verb: Callable[[], Done]) -> Done | None:
        """Do it or nothing of it; what the domain refuses is told at its field. Refusals of a person propagate."""
        try:
            with db.session.begin_nested():
                return verb()
        except (Refused, ValidationError, ValueError) as error:
            if isinstance(error, ERROR_PAGES | (IntegrityError,)) or not _has_words(error):
                raise
            self._tell(error)
            return None

    def _tell(self, error: Exception) -> None:
        self.status = errors.status_of(error)
        values = getattr(error, "values", None) or {}
        key = getattr(error, "key", "invalid")
        whole = [{"field": "", "key": key, "message": errors.message(key, values)}]
        self.faults += errors.faults_of(error) or whole

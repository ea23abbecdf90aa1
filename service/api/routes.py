"""What all routes of the API share: how input is read and refused, and how a route is named in the specification."""

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import orjson
from flask import Request
from flask_smorest import Blueprint
from marshmallow import ValidationError, missing
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from service.schemas.faults import faults_of
from workflows.accounts.tokens import SCOPES
from workflows.roles import ON_A_VERSION

View = TypeVar("View", bound=Callable[..., Any])
OF_ORGANISATION = "/api/o/<organisation>"
PREFIX = "api_"
"""Pages about the same resource have no such prefix. The specification leaves it out."""
OPEN_TO_ALL: list[dict[str, Any]] = [{}]
REPEATABLE = {"in": "header", "name": "Idempotency-Key", "schema": {"type": "string", "maxLength": 200}}
ON_VERSION = {
    "in": "header", "name": "If-Match", "required": True, "schema": {"type": "string", "maxLength": 40},
    "description": "the ETag of what was looked at; 428 without it, 412 when it has changed since",
}  # fmt: skip
BY_SESSION: list[dict[str, Any]] = [{"session": []}]


def who_may_call(view: Any) -> list[dict[str, Any]]:
    """Return who may call a route: a person's session, and an API token where the act of the route is a scope."""
    act = getattr(view, "does", "")
    return [*BY_SESSION, {"token": [act]}] if act in SCOPES else BY_SESSION


class Reader(FlaskParser):
    """Parses input, and refuses it with the errors of the domain, so that every refusal has one form."""

    def handle_error(self, error: ValidationError, *_: Any, **__: Any) -> NoReturn:
        """Raise each fault at its field. webargs groups the faults by where they stood: body or query."""
        [messages] = error.normalized_messages().values()
        raise faults_of(ValidationError(messages)) from error

    def _raw_load_json(self, req: Request) -> Any:
        """Read the body with orjson, which refuses deep nesting and incomplete characters."""
        body = req.get_data()
        if body and not req.is_json:
            raise UnsupportedMediaType()
        try:
            return orjson.loads(body) if body else missing
        except orjson.JSONDecodeError as error:
            raise BadRequest() from error


class Resource(Blueprint):
    """One resource.

    Each of its routes is a function, and the function's name is the operation's name in the specification.
    """

    ARGUMENTS_PARSER = Reader()

    def __init__(self, name: str, *arguments: Any, **options: Any) -> None:
        super().__init__(f"{PREFIX}{name}", *arguments, **options)

    def arguments(self, schema: Any, **options: Any) -> Callable[[View], View]:
        """Make one instance of the schema for all requests, because making it costs more than reading with it."""
        made: Callable[[View], View] = super().arguments(schema() if isinstance(schema, type) else schema, **options)
        return made

    def _store_endpoint_docs(self, endpoint: str, obj: Any, *arguments: Any, **options: Any) -> None:
        super()._store_endpoint_docs(endpoint, obj, *arguments, **options)
        is_public = getattr(obj, "is_public", False)
        for method, doc in self._docs[endpoint].items():
            if isinstance(doc, dict):
                manual = doc.setdefault("manual_doc", {})
                manual |= {"operationId": endpoint, "security": OPEN_TO_ALL if is_public else who_may_call(obj)}
                manual.setdefault("responses", {})["default"] = "DEFAULT_ERROR"
                if method in ("post", "put") and not is_public and not _cannot_double(obj):
                    manual["parameters"] = [REPEATABLE]
                if getattr(obj, "does", "") in ON_A_VERSION:
                    manual["parameters"] = [*manual.get("parameters", []), ON_VERSION]


def works_once(view: View) -> View:
    """Mark a POST or PUT that is safe to repeat: a code, a challenge, or something that replaces the one before."""
    view.works_once = True  # type: ignore[attr-defined]
    return view


def _cannot_double(view: Any) -> bool:
    return bool(getattr(view, "only_asks", False) or getattr(view, "works_once", False))


def only_asks(view: View) -> View:
    """Mark a POST that changes nothing, so that it is safe to repeat; its body is too large for an address."""
    view.only_asks = True  # type: ignore[attr-defined]
    return view

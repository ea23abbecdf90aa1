"""One table from the domain's refusals to HTTP status and message: problem+json (RFC 9457) in the API, else a page."""

import logging
from typing import Any

from flask import Flask, Response, jsonify
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from marshmallow import ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException

from service.admission.access import is_api
from service.http.conflicts import constraint_of, refusal_of
from service.http.error_page import error_page
from service.http.faults import at_fields, message, refusal_in, values_of
from service.words.texts import has_text, t
from tenants.errors import (
    AlreadyDone,
    Busy,
    Invalid,
    NotAllowed,
    NotFound,
    NotKnown,
    OutOfDate,
    Refused,
    TooOften,
    VersionMissing,
)
from workflows.engine.steps import UnknownDefinition

log = logging.getLogger(__name__)
AGAIN_S = 10
"""How many seconds after a cancelled statement or a lost connection it is worth trying again."""
STATUS: tuple[tuple[type[Exception], int], ...] = (
    (NotFound, 404),
    (NotKnown, 401),
    (NotAllowed, 403),
    (AlreadyDone, 409),
    (OutOfDate, 412),
    (VersionMissing, 428),
    (TooOften, 429),
    (Busy, 503),
    (Invalid, 422),
)


def status_of(error: Exception) -> int:
    """Return the HTTP status of a refusal; 422 for impossible input and for a rule of the law that cannot be applied.
    """
    return next((status for kind, status in STATUS if isinstance(error, kind)), 422)


def problem(status: int, key: str, values: dict[str, Any], errors: list[dict[str, Any]] | None = None) -> Response:
    """Return problem details (RFC 9457), with our message key and the faults by field and line."""
    detail = message(key, values)
    body: dict[str, Any] = {
        "type": f"urn:meldketen:{key}", "title": t(f"errors.http.{status}"), "status": status, "detail": detail,
        "key": key,
    }  # fmt: skip
    if errors:
        body["errors"] = errors
    answer = jsonify(body)
    answer.status_code, answer.content_type = status, "application/problem+json"
    return answer


def _refused(error: Exception) -> ResponseReturnValue:
    refusal = refusal_in(error)
    status, key, values = status_of(refusal), getattr(refusal, "key", "invalid"), values_of(refusal)
    answer = problem(status, key, values, at_fields(refusal)) if is_api() else error_page(status, key, values)
    if isinstance(refusal, TooOften | Busy):
        answer.headers["Retry-After"] = str(values["seconds"])
    return answer


def _refused_by_database(error: DBAPIError) -> ResponseReturnValue:
    """Answer a refusal by the database: two requests at the same moment, or a check that the code left out."""
    refusal = refusal_of(error)
    if refusal is None:
        return _unforeseen(error)
    log.warning("refused by the database: %s %s", type(error.orig).__name__, constraint_of(error) or "")
    return _said_or_unavailable(*refusal)


def _no_connection_free(error: NoConnectionFree) -> ResponseReturnValue:
    """Answer when each connection of this process stayed in use for as long as a request waits for one."""
    log.warning("no connection free: %s", error)
    return _said_or_unavailable(503, "http.503")


def _said_or_unavailable(status: int, key: str) -> Response:
    """Return the answer without values; with a 503, when it is worth trying again."""
    answer = problem(status, key, {}) if is_api() else error_page(status, key, {})
    if status == 503:
        answer.headers["Retry-After"] = str(AGAIN_S)
    return answer


def _of_another_build(error: UnknownDefinition) -> ResponseReturnValue:
    """Answer for a run of a definition that this build lacks, and log it for the operator."""
    key = "run.unknown_definition"
    log.error("unknown definition: %s", error)
    return problem(409, key, {}) if is_api() else error_page(409, key, {})


def _law_refused(error: ValueError) -> ResponseReturnValue:
    if not hasattr(error, "key"):
        raise error
    return _refused(error)


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if error.response is not None:
        return error.response
    key = "csrf" if isinstance(error, CSRFError) else f"http.{status}"
    if not has_text(f"errors.http.{status}"):
        return error
    return problem(status, key, {}) if is_api() else error_page(status, key, {})


def _unforeseen(error: Exception) -> ResponseReturnValue:
    log.exception("unforeseen", exc_info=error)
    return problem(500, "http.500", {}) if is_api() else error_page(500, "http.500", {})


def register(app: Flask) -> None:
    """Register an answer for every error that leaves a view. The transaction was rolled back before."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(ValidationError, _refused)
    app.register_error_handler(ValueError, _law_refused)
    app.register_error_handler(UnknownDefinition, _of_another_build)
    app.register_error_handler(DBAPIError, _refused_by_database)
    app.register_error_handler(NoConnectionFree, _no_connection_free)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)

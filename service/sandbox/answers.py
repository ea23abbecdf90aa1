"""The answers with which SendGrid refuses a request. All have one shape."""

import time
from collections.abc import Sequence
from typing import Any

import orjson
from flask import Response

Error = dict[str, Any]

HELP = "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html"
WRONG_KEY = "The provided authorization grant is invalid, expired, or revoked"
MESSAGES = {
    400: "Bad Request",
    401: WRONG_KEY,
    403: "access forbidden",
    404: "not found",
    405: "method not allowed",
    413: "content too large",
    415: "Content-Type should be application/json.",
    429: "too many requests",
    451: "Unavailable for legal reasons: this account's data region does not allow the request",
    500: "internal server error",
    503: "service unavailable",
}
RATE_LIMIT = 600


def error(message: str, field: str | None = None) -> Error:
    """Return one entry of the list of errors. ``field`` is a path such as personalizations.3.to.0.email."""
    return {"message": message, "field": field, "help": f"{HELP}#message.{field}" if field else None}


def refusal(status: int, errors: Sequence[Error] = ()) -> Response:
    """Return a refusal with SendGrid's body."""
    body = orjson.dumps({"errors": list(errors) or [error(MESSAGES[status])]})
    return Response(body, status, mimetype="application/json")


def too_many(reset_in: float) -> Response:
    """Return a 429 with the moment (epoch, in seconds) from which the sender may try again."""
    answer = refusal(429)
    answer.headers["X-RateLimit-Limit"] = str(RATE_LIMIT)
    answer.headers["X-RateLimit-Remaining"] = "0"
    answer.headers["X-RateLimit-Reset"] = str(int(time.time() + reset_in))
    return answer

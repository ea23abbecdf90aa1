"""The server's moment on every page and answer, so that a page counts by it and never by the clock of a computer."""

import time
from datetime import UTC, datetime, timedelta

from flask import Flask, Response, request

from service.admission.access import seen

HEADER = "Meldketen-Time"
BEGIN, A_MS = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)


def server_ms() -> int:
    """Return the moment of this request in milliseconds since 1970.

    It is the database's, which it told when the login was looked up; this machine's own where nobody is logged in.
    """
    person = seen()
    if person and person.lasting:
        return (person.lasting.asked_at - BEGIN) // A_MS
    return time.time_ns() // 1_000_000


def _tell(answer: Response) -> Response:
    if not (request.endpoint or "").endswith("static"):
        answer.headers[HEADER] = str(server_ms())
    return answer


def register(app: Flask) -> None:
    """Set the header on every answer but that of a file, which a browser keeps; and offer the moment to templates."""
    app.after_request(_tell)
    app.jinja_env.globals["server_ms"] = server_ms

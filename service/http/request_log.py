"""One log line for each request. It has the declared route, never the address, which holds tokens, codes and names."""

import logging
import time
from uuid import uuid4

from flask import Flask, Response, request
from structlog.contextvars import bind_contextvars, clear_contextvars

from service.admission.admission import admission, begin_admission

log = logging.getLogger(__name__)
QUIET = ("health.", "static")


def _begin() -> None:
    clear_contextvars()
    bind_contextvars(request=uuid4().hex)
    begin_admission(time.perf_counter())


def _end(answer: Response) -> Response:
    endpoint = request.endpoint or ""
    quiet = endpoint.startswith(QUIET[0]) or endpoint.endswith(QUIET[1])
    known = admission()
    fields = {
        "method": request.method, "status": answer.status_code,
        "seconds": round(time.perf_counter() - known.begun_s, 4),
        "route": request.url_rule.rule if request.url_rule else None,
        "organisation_id": known.place.organisation_id if known.place else None,
    }  # fmt: skip
    log.log(logging.DEBUG if quiet else logging.INFO, "request", extra=fields)
    return answer


def register(app: Flask) -> None:
    """Log each request. All lines written during a request carry its number."""
    app.before_request_funcs.setdefault(None, []).insert(0, _begin)
    app.after_request(_end)

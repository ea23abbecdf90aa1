"""A refusal as a page: what happened, and what to do next."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, make_response, render_template, request

from service.admission.admission import NOTHING_KNOWN, admission
from service.words.texts import has_text, in_words, t

DESIGNED = (400, 401, 403, 404, 405, 409, 412, 413, 421, 422, 428, 429, 500, 503)


def error_page(status: int, key: str, values: dict[str, Any]) -> Response:
    """The page for a refusal. Reads nothing: its transaction is over."""
    admission().standing = admission().standing or NOTHING_KNOWN
    shown = status if status in DESIGNED else 500
    mentioned = in_words({name: value for name, value in values.items() if name != "key"})
    words = t(f"errors.{key}", **mentioned) if has_text(f"errors.{key}") and not key.startswith("http.") else ""
    # A link would load the form anew, without what was typed: then the browser's own way back is the only one.
    back = None if key == "csrf" else _back()
    page = render_template("error.html", status=shown, title=_title(shown, key), words=words, back=back)
    answer = make_response(page, status)
    if status in (429, 503):
        answer.headers.setdefault("Retry-After", "60")
    return answer


def _title(status: int, key: str) -> str:
    """What a few refusals have of their own; else what their status has."""
    return key if has_text(f"pages.error.{key}.title") else str(status)


def _back() -> str | None:
    """The page with the form that was refused, on this site; the place itself when one cannot go back."""
    came_from = urlsplit(request.referrer or "")
    if request.method == "POST" and came_from.netloc == request.host:
        return came_from.path
    return None

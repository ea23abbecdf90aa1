"""A refusal as a page: what happened, and what the reader can do next."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, make_response, render_template, request

from service.admission.admission import NOTHING_KNOWN, admission
from service.words.moments import in_words
from service.words.texts import has_text, t

DESIGNED = (400, 401, 403, 404, 405, 409, 412, 413, 421, 422, 428, 429, 500, 503)
OF_LINKS = "invitation."
"""How the titles begin for whoever opened a mailed link that works no more: the way on is to log in."""
WITHOUT_ACCOUNT = frozenset({"contact.link_unknown"})
"""The refusals of mailed links that are for people without an account: no page of ours is a way on for them."""


def error_page(status: int, key: str, values: dict[str, Any]) -> Response:
    """Return the page for a refusal.

    It reads nothing from the database, because the transaction is over and the database may be what failed. A session
    that was not looked up before stays unknown: the page shows nobody as logged in.
    """
    known = admission()
    known.is_looked_up, known.standing = True, known.standing or NOTHING_KNOWN
    shown = status if status in DESIGNED else 500
    mentioned = in_words({name: value for name, value in values.items() if name != "key"})
    words = t(f"errors.{key}", **mentioned) if has_text(f"errors.{key}") and not key.startswith("http.") else ""
    # A link would load an empty form, so the only way back to what was typed is the browser's own.
    back = None if key == "csrf" else _back()
    title = _title(shown, key)
    page = render_template(
        "error.html", status=shown, title=title, words=words, back=back, is_ended_link=title.startswith(OF_LINKS),
        has_way_on=key not in WITHOUT_ACCOUNT,
    )
    answer = make_response(page, status)
    if status in (429, 503):
        answer.headers.setdefault("Retry-After", "60")
    return answer


def _title(status: int, key: str) -> str:
    """Return the title of this refusal if it has one of its own, else that of its status."""
    return key if has_text(f"pages.error.{key}.title") else str(status)


def _back() -> str | None:
    """Return the address of the form that was refused, on this site; the current one when there is no way back."""
    came_from = urlsplit(request.referrer or "")
    if request.method == "POST" and came_from.netloc == request.host:
        return came_from.path
    return None

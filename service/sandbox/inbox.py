"""The inbox: a page with every mail, newest first, and each mail as its reader sees it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_datetime
from babel.numbers import format_decimal
from flask import Blueprint, Response, abort, make_response, render_template, request, url_for

from service.sandbox.mailbox import Mailbox, Message
from service.sandbox.outcomes import NAMES
from service.sandbox.state import sandbox
from service.sandbox.texts import LANGUAGES, TEXTS
from workflows.law.periods import AMSTERDAM
from workflows.plurals import form

blueprint = Blueprint("inbox", __name__, static_folder="static", static_url_path="/static/sandbox")

PAGE = 50
LIST_POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# A mail has its own styles, in a frame that inherits this policy. Scripts and pictures from elsewhere are not loaded.
MAIL_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src data:; frame-src 'self'; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
# A link in a mail opens in a new tab, because the frame itself may not load another address.
OPEN_BESIDE = '<base target="_blank">'


@blueprint.get("/")
def newest() -> Response:
    """Show the newest mails, or those to one address. ``before`` is the number at which the page before stopped."""
    search, before = request.args.get("to", "").strip(), request.args.get("before", 0, int)
    newest_first = list(islice(_backwards(sandbox().mailbox, search, before), PAGE + 1))
    page, more = newest_first[:PAGE], len(newest_first) > PAGE
    values = {"page": page, "more": more, "search": search, "before": before}
    return _page("inbox.html", LIST_POLICY, sums=sandbox().mailbox.summary(), names=NAMES, **values)


@blueprint.get("/mail/<int:number>")
def mail(number: int) -> Response:
    """Show one mail as its reader sees it."""
    message = sandbox().mailbox.get(number)
    if message is None:
        abort(404)
    read = sandbox().mailbox.read(message)
    return _page("mail.html", MAIL_POLICY, message=message, read=read, open_beside=OPEN_BESIDE)


def not_found() -> Response:
    """Answer for an address that leads nowhere."""
    answer = _page("not_found.html", LIST_POLICY)
    answer.status_code = 404
    return answer


def _backwards(mailbox: Mailbox, search: str, before: int) -> Iterator[Message]:
    wanted = search.lower()
    last = len(mailbox.messages) if before <= 0 else min(before - 1, len(mailbox.messages))
    for number in range(last, 0, -1):
        message = mailbox.messages[number - 1]
        if wanted in message.address.lower():
            yield message


def _page(template: str, policy: str, **values: Any) -> Response:
    language = request.args.get("lang", LANGUAGES[0])
    if language not in LANGUAGES:
        language = LANGUAGES[0]
    shown = {"t": TEXTS[language], "lang": language, "link": _links(language), "here": _here, **values}
    answer = make_response(render_template(template, **shown, **_formats(language)))
    answer.headers["Content-Security-Policy"] = policy
    return answer


def _here(language: str) -> str:
    return urlencode({**request.args.to_dict(), "lang": language})


def _links(language: str) -> Any:
    def link(endpoint: str, **values: Any) -> str:
        wanted = {"lang": language if language != LANGUAGES[0] else None, **values}
        return url_for(endpoint, **{name: value for name, value in wanted.items() if value not in (None, "")})

    return link


def _formats(language: str) -> dict[str, Any]:
    def moment(epoch: float) -> str:
        local = datetime.fromtimestamp(epoch, UTC).astimezone(AMSTERDAM)
        return format_datetime(local, "EEE d MMM y, HH:mm:ss", locale=language)

    def number(value: int) -> str:
        return str(format_decimal(value, locale=language))

    def counted(key: str, count: int) -> str:
        return form(TEXTS[language], key, {"count": count}, language).format(count=number(count))

    return {"moment": moment, "number": number, "counted": counted}

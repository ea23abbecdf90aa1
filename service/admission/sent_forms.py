"""A form of a page does what it was sent for once: sent again, it leads to what the first made.

Every form of a page of an organisation carries a key, which is made with the page and signed for its reader there. Who
sends a form again with other values runs into the version of its subject, or is asked whether they mean a second one:
views that make or decide something each time have the mark `makes_new`. A browser that goes back loads the page anew,
with another key, and fills in what was typed. So a form of those views is also known by what its sender filled in. One
without a key of its sender is shown again, with another key. When a form did what it was sent for, its draft ends.

What somebody filled in is kept as a hash with our own secret, so that nobody can try out passwords on it.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from uuid import UUID, uuid4

from flask import current_app, make_response, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeSerializer

from service.admission.access import is_api, mark_of, seen
from service.admission.admission import admission
from tenants.form_drafts import end_draft
from tenants.idempotency import LED_ON, SentForm, form_sent_before, keep_where_it_led
from tenants.isolation import database_now

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
DRAFT_ID, DRAFT_NUMBER, DRAFT_TAB, DRAFT_OF = "draft_id", "draft_number", "draft_tab", "draft_of"
"""The fields of a long form that say which draft its page continues (service/web/drafts.py)."""
FORM_KEY, MEANT = "form_key", "meant_again"
"""The key of a form, and the field of a form whose sender was asked and means another one like it."""
OF_ONE_PAGE = frozenset({
    "csrf_token", FORM_KEY, MEANT, DRAFT_ID, DRAFT_NUMBER, DRAFT_TAB, DRAFT_OF, "form_id", "checked", "listed", "send",
    "whole",
})  # fmt: skip
"""Fields that differ each time a page is made, so they are no part of what somebody filled in."""
WHAT_WAS_SHOWN = frozenset({"version", "seen", "began"})
"""Fields that say what a page showed. They differ when a page is made again after its form did something."""
SHORT_FORMS_ARE_KNOWN = timedelta(days=1)
"""How long a form without a draft is known by what was filled in: the same on another day is meant. One with a draft is
known for as long as where it led is kept."""


class SentBefore(Exception):
    """This form did what it was sent for before: its sender is led there, or asked whether they mean another one."""

    def __init__(self, form: SentForm, asks: bool) -> None:
        super().__init__(form.led_to)
        self.form, self.asks = form, asks


def makes_new(view: View) -> View:
    """Mark a view whose form makes or decides something, with an entry of its own, each time it is sent on purpose."""
    view.makes_new = True  # type: ignore[attr-defined]
    return view


def keeps_draft(view: View) -> View:
    """Mark a view that leads to another page while its form goes on: neither its key nor its draft ends."""
    view.keeps_draft = True  # type: ignore[attr-defined]
    return view


def led_to(address: str) -> None:
    """Say that the form of this request made something that its answer shows once; sent again it leads there."""
    admission().led_to = address


def form_key() -> str:
    """Return the key of the forms of this page; blank where nobody acts for an organisation.

    A form that is shown again keeps the key that it was sent with.
    """
    known = admission()
    if not known.form_key:
        sent = request.form.get(FORM_KEY, "") if request.method == "POST" else ""
        known.form_key = sent if _is_mine(sent) else new_key()
    return known.form_key


def new_key() -> str:
    """Return another key for the reader of this page; blank where nobody acts for an organisation."""
    known, person = admission(), seen()
    if known.place is None or person is None:
        return ""
    return _signer().dumps([uuid4().hex, str(person.id), str(known.place.organisation_id)])


def answered(view: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """Return the answer of this request's view. Inside its transaction. Raises SentBefore."""
    known = admission()
    if request.method != "POST" or is_api() or _marked("keeps_draft"):
        return view()
    sent = _sent()
    known.lacks_key = sent is None and known.place is not None and _marked("makes_new")
    if sent is not None:
        _refuse_again(sent)
    answer = make_response(view())
    leads_on = answer.headers.get("Location", "") if answer.status_code == LED_ON else ""
    known.is_done = bool(known.led_to or leads_on)
    if known.is_done and known.place is not None:
        _note_done(sent, known.led_to or leads_on)
    return answer


def _note_done(sent: "_Sent | None", address: str) -> None:
    """Keep where this form led, and end its draft."""
    if sent is not None:
        for key in sent.keys:
            keep_where_it_led(key, sent.content, address)
    _end_draft()


@dataclass(frozen=True)
class _Sent:
    """The key of the form that was sent, and of what was filled in where that is asked about; the hash of its content.
    """

    key: str
    content_key: str | None
    content: bytes

    @property
    def keys(self) -> list[str]:
        return [key for key in (self.key, self.content_key) if key]


def _sent() -> _Sent | None:
    """Return the keys of this form; None when it carries none that is its sender's."""
    carried, person = request.form.get(FORM_KEY, ""), seen()
    if not _is_mine(carried) or person is None:
        return None
    of_whom = f"page|{person.id}|{request.path}"
    filled_in = _content(but=OF_ONE_PAGE | WHAT_WAS_SHOWN).hex() if _marked("makes_new") else ""
    content_key = _hash(f"{of_whom}|{filled_in}") if filled_in else None
    return _Sent(_hash(f"{of_whom}|{_signer().loads(carried)[0]}"), content_key, _content(but=OF_ONE_PAGE))


def _refuse_again(sent: _Sent) -> None:
    """Raise SentBefore, but for a form with other values that is guarded by the version of its subject."""
    earlier = form_sent_before(sent.key, sent.content)
    if earlier is not None and (earlier.request_hash == sent.content or _marked("makes_new")):
        raise SentBefore(earlier, asks=earlier.request_hash != sent.content)
    if sent.content_key is None or MEANT in request.form:
        return
    alike = form_sent_before(sent.content_key, sent.content)
    if alike is not None and (DRAFT_ID in request.form or database_now() - alike.at < SHORT_FORMS_ARE_KNOWN):
        raise SentBefore(alike, asks=True)


def _content(but: frozenset[str]) -> bytes:
    """Return the hash of what somebody filled in, files too, without the fields in `but`."""
    hashed = hmac.new(current_app.config["SECRET_KEY"].encode(), digestmod=hashlib.sha256)
    for name, value in sorted(pair for pair in request.form.items(multi=True) if pair[0] not in but):
        hashed.update(f"{len(name)}|{name}|{len(value)}|{value}|".encode("utf-8", "surrogatepass"))
    for name, file in request.files.items(multi=True):
        hashed.update(f"{name}|{file.filename}|".encode("utf-8", "surrogatepass") + file.read())
        file.seek(0)
    return hashed.digest()


def _is_mine(key: str) -> bool:
    """Return whether we gave this key to the sender at this organisation."""
    known, person = admission(), seen()
    try:
        _, *whose = _signer().loads(key)
    except (BadData, TypeError, ValueError):
        return False
    return person is not None and known.place is not None and whose == [
        str(person.id), str(known.place.organisation_id)
    ]  # fmt: skip


def _marked(mark: str) -> bool:
    known = admission()
    return bool(mark_of(known.view, known.method, mark))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="a form of one page")


def _end_draft() -> None:
    person = seen()
    try:
        draft_id = UUID(request.form.get(DRAFT_ID, ""))
    except ValueError:
        return
    if person is not None:
        end_draft(person.id, draft_id)

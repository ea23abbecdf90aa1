"""What follows when a form of a page did what it was sent for: the draft of its sender ends."""

from collections.abc import Callable
from uuid import UUID

from flask import make_response, request
from flask.typing import ResponseReturnValue

from service.admission.access import is_api, mark_of, seen
from service.admission.admission import admission
from tenants.form_drafts import end_draft

DRAFT_ID, DRAFT_NUMBER, DRAFT_TAB = "draft_id", "draft_number", "draft_tab"
"""The fields of a long form that say which draft its page continues (service/web/drafts.py)."""
DONE = 303
"""A form that did what it was sent for leads to another page. One that is shown again has another status."""


def answered(view: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """Return the answer of this request's view. Inside its transaction."""
    if request.method != "POST" or is_api():
        return view()
    answer = make_response(view())
    known = admission()
    if answer.status_code == DONE and known.place and not mark_of(known.view, known.method, "keeps_draft"):
        _end_draft()
    return answer


def keeps_draft(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Mark a view that leads to another page and after which the draft of the form goes on."""
    view.keeps_draft = True  # type: ignore[attr-defined]
    return view


def _end_draft() -> None:
    person, sent = seen(), request.form.get(DRAFT_ID, "")
    try:
        draft_id = UUID(sent)
    except ValueError:
        return
    if person is not None:
        end_draft(person.id, draft_id)

"""Keeping what somebody typed into a long form, and throwing it away. Both are about their own draft alone."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import UUID, uuid4

from flask import Blueprint, Response, current_app, flash, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from service.admission.access import mark_of, may, seat_for, unattended, user
from service.admission.admission import admission
from service.admission.sent_forms import keeps_draft
from service.web.drafts import NotKept, draft_about, page_of_form, page_typed, to_keep, view_of_form
from service.web.forms import Form
from service.web.typed_texts import texts_typed
from service.words.moments import local_moment
from service.words.texts import t
from tenants.errors import KeyDestroyed, NotAllowed, NotFound, Refused
from tenants.form_drafts import (
    About,
    DraftEnded,
    DraftsFull,
    DraftTooLarge,
    Page,
    Saved,
    drafts_of,
    end_draft,
    save_draft,
)

blueprint = Blueprint("form_drafts", __name__, url_prefix="/o/<organisation>/drafts/<form>")
WHY_NOT_KEPT: dict[type[Exception], str] = {
    DraftEnded: "ended", DraftTooLarge: "too_large", DraftsFull: "full", KeyDestroyed: "no_key", NotAllowed: "joined",
}  # fmt: skip
"""Why a draft is not kept: each with its own words."""


@blueprint.post("", defaults={"subject_id": None})
@blueprint.post("/<uuid:subject_id>")
@may("read")
@unattended
@keeps_draft
def save(form: str, subject_id: UUID | None) -> ResponseReturnValue:
    """Keep what this page of the form holds as its sender's own draft. It is no sign of a person by itself."""
    about, typed = draft_about(user().id, form, subject_id), Form.posted().typed
    try:
        saved = save_draft(about, page_typed(typed), to_keep(typed))
    except tuple(WHY_NOT_KEPT) as refusal:
        return _not_kept(about, typed, WHY_NOT_KEPT[type(refusal)])
    words = t("drafts.saved", moment=local_moment(saved.saved_at, "time"))
    if _wants_json():
        kept = {"draft_id": str(saved.draft_id), "draft_number": saved.number, "beside": _beside(about, saved)}
        return jsonify(words=words, **kept)
    flash(words)
    return redirect(page_of_form(about, saved.draft_id), 303)


@blueprint.get("/removal/<uuid:draft_id>", defaults={"subject_id": None})
@blueprint.get("/<uuid:subject_id>/removal/<uuid:draft_id>")
@may("read")
def ask_removal(form: str, subject_id: UUID | None, draft_id: UUID) -> ResponseReturnValue:
    """Ask whether the draft may go, because nobody can bring it back. Raises NotFound when it is gone already."""
    about = draft_about(user().id, form, subject_id)
    if all(draft.id != draft_id for draft in drafts_of(about)):
        raise NotFound("not_found")
    return render_template("draft_removal.html", back=page_of_form(about, draft_id))


@blueprint.post("/removal/<uuid:draft_id>", defaults={"subject_id": None})
@blueprint.post("/<uuid:subject_id>/removal/<uuid:draft_id>")
@may("read")
def remove(form: str, subject_id: UUID | None, draft_id: UUID) -> ResponseReturnValue:
    """Throw the draft away, and show the form as it is without it."""
    about = draft_about(user().id, form, subject_id)
    end_draft(user().id, draft_id)
    flash(t("drafts.gone"))
    return redirect(page_of_form(about), 303)


def _beside(about: About, saved: Saved) -> str:
    """Return the address of the form with its newest draft, which another page made; blank when there is none."""
    return page_of_form(about) if saved.is_beside else ""


def _not_kept(about: About, typed: MultiDict[str, str], why: str) -> ResponseReturnValue:
    """Say that nothing was kept, and why. What was typed stands on the page as before."""
    words = t(f"drafts.not_kept.{why}")
    page = Page(uuid4(), 0, uuid4()) if why == "ended" else page_typed(typed)
    if _wants_json():
        goes_on = {"draft_id": str(page.draft_id), "draft_number": page.number} if why == "ended" else {}
        return jsonify(words=words, **goes_on), 409
    if any(file.filename for file in request.files.values()):
        words = f"{words} {t('drafts.files')}"
    return make_response(_shown_again(NotKept(about, page, typed, words)), 409)


def _shown_again(refused: NotKept) -> str | Response:
    """Return the page of the form with what was typed in it; where it shows no such form any more, with what was typed
    to read and copy."""
    endpoint, subject = view_of_form(refused.about)
    view, known = current_app.view_functions[endpoint], admission()
    known.not_kept, seat = refused, seat_for(mark_of(view, "get", "does"))
    at = page_of_form(refused.about)
    if seat is not None:
        known.seat = seat
        with suppress(Refused), _as_if_asked_at(at, endpoint):
            answer = make_response(view(**subject))
            if refused.is_shown:
                return answer
    texts = texts_typed(refused.typed.items(multi=True))
    return render_template("draft_not_kept.html", words=refused.words, at=at, texts=texts)


@contextmanager
def _as_if_asked_at(address: str, endpoint: str) -> Iterator[None]:
    """Let what a page makes of its own address, such as its links and its place in the menu, be that of this one."""
    before = request.path, request.url_rule
    request.path, request.url_rule = address, next(current_app.url_map.iter_rules(endpoint))
    try:
        yield
    finally:
        request.path, request.url_rule = before


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"

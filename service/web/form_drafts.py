"""Keeping what somebody typed into a long form, and throwing it away. Both are about their own draft alone."""

from uuid import UUID, uuid4

from flask import Blueprint, flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from service.admission.access import may, unattended, user
from service.admission.sent_forms import keeps_draft
from service.web.drafts import draft_about, page_of_form, page_typed, to_keep
from service.web.forms import Form
from service.words.moments import local_moment
from service.words.texts import t
from tenants.errors import KeyDestroyed, NotFound
from tenants.form_drafts import About, DraftEnded, DraftsFull, DraftTooLarge, Saved, drafts_of, end_draft, save_draft

blueprint = Blueprint("form_drafts", __name__, url_prefix="/o/<organisation>/drafts/<form>")


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
    except (DraftEnded, DraftTooLarge, DraftsFull, KeyDestroyed) as refusal:
        return _not_kept(about, refusal)
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


def _not_kept(about: About, refusal: Exception) -> ResponseReturnValue:
    """Say that nothing was kept, and why. What was typed stands on the page as before."""
    why = {DraftEnded: "ended", DraftTooLarge: "too_large", DraftsFull: "full"}.get(type(refusal), "no_key")
    words = t(f"drafts.not_kept.{why}")
    if _wants_json():
        return jsonify(words=words, **({"draft_id": str(uuid4()), "draft_number": 0} if why == "ended" else {})), 409
    flash(words)
    return redirect(page_of_form(about), 303)


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"

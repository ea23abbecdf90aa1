"""The AP's form of one breach: its sums, what is missing, and a page to fill it in, in the form's own order."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, allowed, may, place
from service.admission.viewer import viewer
from service.schemas.breach import FormAnswersSchema
from service.web.form_answers import BLANK_ROWS, PARTS, changed_answers, form_of
from service.web.forms import Form
from service.words.moments import local_moment
from service.words.texts import locale, t
from tenants.register.breaches import Breach
from workflows.dossiers.breach import dossier_of
from workflows.law.ap_form import FilledForm
from workflows.law.ap_form.model import the_form
from workflows.law.ap_form.plain import as_json
from workflows.notification.form_answers import write_answers

blueprint = Blueprint("ap_form", __name__, url_prefix="/o/<organisation>/breaches/<uuid:breach_id>/form")


@blueprint.get("")
@may("read")
def shown(breach_id: UUID) -> ResponseReturnValue:
    """Show the whole form, with every answer and its state."""
    dossier = dossier_of(breach_id, viewer())
    filled = dossier.form
    return _page(dossier.breach, filled, form_of(filled))


@blueprint.post("")
@may("answer_form")
def save(breach_id: UUID) -> ResponseReturnValue:
    """Save the changes of the page, all of them or none."""
    dossier = dossier_of(breach_id, viewer())
    filled, form = dossier.form, Form.posted()
    answers = changed_answers(form.typed, form_of(filled).typed, filled)
    read = form.load(FormAnswersSchema(), answers=answers) if answers else None
    if read is not None:
        with form.showing_refusals():
            write_answers(breach_id, read["answers"], actor(), form.version_seen())
    if form.faults:
        return _page(dossier.breach, filled, form), form.status
    flash(t("ap_form.saved", count=len(answers)))
    chapter = request.form.get("chapter", "")
    there = next((candidate.id for candidate in the_form().chapters if candidate.id == chapter), None)
    return redirect(url_for(".shown", organisation=place().slug, breach_id=breach_id, _anchor=there), 303)


def card_of(filled: FilledForm) -> dict[str, Any]:
    """Return the sums and the questions that hold up sending, for the page of the breach."""
    plain = as_json(filled, locale())
    questions = {q["id"]: q for chapter in plain["chapters"] for q in chapter["questions"]}
    held = {name: [questions[q] for q in ids] for name, ids in plain["blocks"].items()}
    missing = [q for q in questions.values() if q["state"] == "missing"]
    return {"sums": plain["sums"], "total": plain["shown"], "missing": missing, "blocks": held}


def words_of(question: dict[str, Any]) -> str:
    """Return an answer in words."""
    value = question["value_label"]
    if question["type"] == "datetime" and isinstance(value, str):
        return local_moment(datetime.fromisoformat(value))
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
    return ", ".join(str(part) for part in parts if part is not None) or "–"


def _page(breach_row: Breach, filled: FilledForm, form: Form) -> str:
    labels = {question.question.id: question.question.label.say(locale()) for question in filled.questions}
    plain = as_json(filled, locale())
    others = {name for entry in form.changed for name in entry.details.get("questions", ())}
    answered = [row for chapter in plain["chapters"] for row in chapter["questions"] if row["id"] in others]
    return render_template(
        "ap_form.html", breach=breach_row, filled=plain, answered=answered, card=card_of(filled), form=form,
        labels=labels, roles=the_form().words["roles"], words_of=words_of, parts_of=PARTS,
        may_write=allowed("answer_form") and breach_row.submitted_at is None, blank_rows=BLANK_ROWS,
    )  # fmt: skip

"""The AP's form of one breach: its sums, what is missing, and a page to fill it in, in the form's own order."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from babel.dates import format_date
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, allowed, may, place
from service.admission.viewer import viewer
from service.schemas.breach import FormAnswersSchema
from service.web.ap_questions import entries_of_answers, questions_of
from service.web.drafts import with_draft
from service.web.form_answers import (
    BLANK_ROWS,
    PARTS,
    changed_answers,
    form_of,
    refuse_long_lists,
    refuse_unread_answers,
)
from service.web.forms import Form
from service.web.merging import begin, bring_together
from service.words.moments import local_moment
from service.words.texts import locale, t
from workflows.dossiers.breach import Dossier, dossier_of
from workflows.engine.runs import run_about
from workflows.law.ap_form import FilledForm, open_questions
from workflows.law.ap_form.answers import State
from workflows.law.ap_form.model import the_form
from workflows.law.ap_form.plain import as_json, changes_as_json
from workflows.notification.ap_dossier import sources_of
from workflows.notification.ap_notification import AP_NOTIFICATION
from workflows.notification.form_answers import write_answers
from workflows.notification.sent_form import still_open

blueprint = Blueprint("ap_form", __name__, url_prefix="/o/<organisation>/breaches/<uuid:breach_id>/form")


@blueprint.get("")
@may("read")
def shown(breach_id: UUID) -> ResponseReturnValue:
    """Show the form to fill in; its answers alone to somebody who may not, and to everybody once it was sent."""
    dossier = dossier_of(breach_id, viewer())
    return _page(dossier, form_of(dossier.form)) if may_write(dossier) else _answers_page(dossier)


@blueprint.get("/answers")
@may("read")
def answers(breach_id: UUID) -> ResponseReturnValue:
    """Show the answers alone, in the form's order, to copy into the AP's form and to print."""
    return _answers_page(dossier_of(breach_id, viewer()))


@blueprint.post("")
@may("answer_form")
def save(breach_id: UUID) -> ResponseReturnValue:
    """Save the changes of the page, all of them or none. What others changed meanwhile stands beside them.

    The run is locked first, so what is compared is what is stored when these answers are.
    """
    run_about(AP_NOTIFICATION.name, breach_id, lock=True)
    dossier = dossier_of(breach_id, viewer())
    filled, form = dossier.form, Form.posted()
    others = _bring_together(form, dossier)
    changed = changed_answers(form.typed, form_of(filled).typed, filled)
    with form.showing_refusals():
        refuse_unread_answers(changed)
        refuse_long_lists(changed, filled)
    read = form.load(FormAnswersSchema(), answers=changed) if changed and not form.faults else None
    if read is not None and not form.beside:
        with form.showing_refusals():
            version = form.version_seen()
            write_answers(breach_id, read["answers"], actor(), version if others is None else dossier.breach.version)
    if form.faults or form.beside:
        return _page(dossier, form), form.status
    flash(t("ap_form.saved", count=len(changed)))
    if others:
        flash(t("merging.others", count=others))
    chapter = request.form.get("chapter", "")
    there = next((candidate.id for candidate in the_form().chapters if candidate.id == chapter), None)
    return redirect(url_for(".shown", organisation=place().slug, breach_id=breach_id, _anchor=there), 303)


def _bring_together(form: Form, dossier: Dossier) -> int | None:
    if dossier.breach.submitted_at is not None:
        return None
    entries = entries_of_answers(dossier.history)
    return bring_together(form, form_of(dossier.form).typed, questions_of(dossier.form), entries.get)


def _answers_page(dossier: Dossier) -> str:
    return render_template("ap_answers.html", **_names(dossier))


def card_of(filled: FilledForm, now: FilledForm) -> dict[str, Any]:
    """Return what is open, the questions that hold up sending, and the sums of what is open and of the rest by its
    state: "empty" is what may stay without an answer.

    `now` is the form as it is asked now: an open question of a form that was sent and that ended does not apply.
    """
    plain = as_json(filled, locale())
    questions = {q["id"]: q for chapter in plain["chapters"] for q in chapter["questions"]}
    held = {name: [questions[q] for q in ids] for name, ids in plain["blocks"].items()}
    unanswered, ended = still_open(filled, now), {*open_questions(filled)} - {*still_open(filled, now)}
    said = dict.fromkeys(unanswered, "open") | dict.fromkeys(ended, State.NOT_APPLICABLE.value)
    states = Counter(said.get(q, row["state"]) for q, row in questions.items())
    return {
        "sums": states + Counter({"empty": states["missing"]}), "total": plain["shown"],
        "open": [questions[q] for q in unanswered], "open_ids": unanswered, "blocks": held,
        "first": {row["id"] for row in held["preliminary"]},
    }  # fmt: skip


def words_of(question: dict[str, Any]) -> str:
    """Return an answer in words; empty when there is none."""
    value = question["value_label"]
    if question["type"] == "datetime" and isinstance(value, str):
        return local_moment(datetime.fromisoformat(value), "whole")
    if question["type"] == "date" and isinstance(value, str):
        return format_date(date.fromisoformat(value), "d MMMM y", locale=locale())
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
    return ", ".join(str(part) for part in parts if part is not None)


@dataclass(frozen=True)
class LaterAnswer:
    """One question that is answered otherwise since the form was sent: its answer now, and as it was sent.

    None where there is no answer; `asked`: whether the form asks it now.
    """

    q: str | None
    label: str
    asked: bool
    after: str | None
    before: str | None


def later_answers(dossier: Dossier) -> list[LaterAnswer]:
    """Return what became known since the form was sent, in the form's order; nothing where the form was not kept."""
    if dossier.sent is None:
        return []
    changed = changes_as_json(dossier.sent.form, dossier.form, locale())
    return [_later(row["before"], row["after"]) for row in changed]


def _later(before: dict[str, Any] | None, after: dict[str, Any] | None) -> LaterAnswer:
    question = after or before or {}
    return LaterAnswer(question["q"], question["label"], after is not None, _words_if_any(after), _words_if_any(before))


def _words_if_any(row: dict[str, Any] | None) -> str | None:
    return None if row is None or row["state"] == State.MISSING.value else _answered(row).words


@dataclass(frozen=True)
class AnsweredQuestion:
    """One answered question as it is copied and printed: its number in the AP's form, its name, and its answer.

    `copies`: whether the answer is a value to enter there; "not applicable" is none.
    """

    id: str
    q: str | None
    label: str
    words: str
    copies: bool


@dataclass(frozen=True)
class AnsweredChapter:
    """One chapter of the AP's form with the questions that have an answer."""

    nr: int
    label: str
    rows: list[AnsweredQuestion]


def answered_chapters(filled: dict[str, Any]) -> list[AnsweredChapter]:
    """Return the answers in the form's order, without questions and chapters that have none."""
    chapters = [
        AnsweredChapter(chapter["nr"], chapter["label"], [
            _answered(row) for row in chapter["questions"] if row["state"] != State.MISSING.value
        ]) for chapter in filled["chapters"]
    ]  # fmt: skip
    return [chapter for chapter in chapters if chapter.rows]


def _answered(row: dict[str, Any]) -> AnsweredQuestion:
    value = words_of(row)
    is_filled = row["state"] == State.FILLED.value
    words = value if is_filled else f"{value} ({row['state_label']})" if value else row["state_label"]
    return AnsweredQuestion(row["id"], row["q"], row["label"], words, is_filled and bool(value))


def _names(dossier: Dossier) -> dict[str, Any]:
    """Return what both pages of the form use."""
    plain = as_json(dossier.form_as_sent, locale())
    return {
        "breach": dossier.breach, "now": dossier.now, "filled": plain, "answered": answered_chapters(plain),
        "card": card_of(dossier.form_as_sent, dossier.form), "may_write": may_write(dossier),
        "later": later_answers(dossier), "sent_form": dossier.sent, "beside_answers": dossier.beside_answers,
    }  # fmt: skip


def _drafted(form: Form, filled: FilledForm) -> frozenset[str]:
    """Return the questions that the draft on the page answers otherwise than what is saved."""
    if form.is_posted or form.own_draft is None or form.own_draft.saved_at is None:
        return frozenset()
    return frozenset(changed_answers(form.typed, form_of(filled).typed, filled))


def may_write(dossier: Dossier) -> bool:
    """Return whether the viewer may answer questions of the form, which is so until it was sent."""
    return allowed("answer_form") and dossier.breach.submitted_at is None


def _page(dossier: Dossier, form: Form) -> str:
    names, form = _names(dossier), with_draft(form, "ap_form", dossier.breach.id, dossier.breach.version)
    if dossier.breach.submitted_at is None:
        entries = entries_of_answers(dossier.history)
        begin(form, form_of(dossier.form).typed, questions_of(dossier.form), entries.get)
    rows = [row for chapter in names["filled"]["chapters"] for row in chapter["questions"]]
    others = {name for entry in form.changed for name in entry.details.get("questions", ())}
    return render_template(
        "ap_form.html", **names, meanwhile=[row for row in rows if row["id"] in others], form=form,
        drafted=_drafted(form, dossier.form), labels={row["id"]: row["label"] for row in rows},
        roles=the_form().words["roles"], words_of=words_of,
        parts_of=PARTS, blank_rows=BLANK_ROWS, sources=sources_of(dossier.breach, dossier.form),
    )  # fmt: skip

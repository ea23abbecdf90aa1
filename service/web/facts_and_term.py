"""What becomes known or changes after a breach was recorded: more facts, a term that the authority moved."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, may, place
from service.admission.sent_forms import makes_new
from service.schemas.breach import AwarenessSchema, MovedTermSchema
from service.schemas.facts import SupplementSchema
from service.typed.document import facts_document
from service.typed.known import facts_known
from service.typed.moments import moment_of
from service.web.breaches import page_of
from service.web.drafts import with_draft
from service.web.forms import Form
from service.web.layout import local_input, moment_known
from service.web.merged_forms import entry_of_fact, questions_of_facts
from service.web.merged_judgements import (
    begin_or_show,
    entry_about,
    questions_of_awareness,
    questions_of_term,
    show_others_first,
)
from service.web.merging import EntryOf, begin, bring_together
from service.words.texts import t
from tenants.errors import Invalid
from tenants.register.breaches import Breach, breach
from tenants.register.own_acts import first_own_acts
from workflows.engine.runs import run_about
from workflows.law import vocabulary
from workflows.law.vocabulary import EXEMPTING
from workflows.notification.ap_clock import moved_term_of
from workflows.notification.ap_notification import AP_NOTIFICATION, is_approved_to_notify
from workflows.notification.moved_term import move_term
from workflows.notification.own_awareness import state_awareness
from workflows.notification.supplement import look_at_changes, supplement_facts

blueprint = Blueprint("facts_and_term", __name__, url_prefix="/o/<organisation>/breaches/<uuid:breach_id>")


@blueprint.get("/facts")
@may("supplement")
def ask_facts(breach_id: UUID) -> ResponseReturnValue:
    """Show the form with the known facts, to add to them (Art. 33(4))."""
    breach_row = breach(breach_id)
    return _facts_page(breach_row, _known(breach_row))


@blueprint.post("/facts")
@may("supplement")
def supplement(breach_id: UUID) -> ResponseReturnValue:
    """Store the facts, and flag what was decided before. What others changed meanwhile stands beside them.

    The run is locked first, so what is compared is what is stored when these facts are.
    """
    run_about(AP_NOTIFICATION.name, breach_id, lock=True)
    form, row = Form.posted(), breach(breach_id)
    others = _bring_together(form, row)
    if form.beside:
        return _facts_page(row, form), form.status
    kept = {name: value for name, value in (row.facts or {}).items() if name in EXEMPTING}
    values = form.load(SupplementSchema(), facts=kept | facts_document(form.typed))
    if values is not None and row.measures and "measures" in form.typed and values["measures"] is None:
        form.refuse(Invalid("facts.measures_stay", "measures"))
    elif values is not None:
        with form.showing_refusals():
            version = form.version_seen()
            supplement_facts(breach_id, by=actor(), version=version if others is None else row.version, **values)
    if others and not form.faults:
        flash(t("merging.others", count=others))
    return _answer(breach_id, form, "supplement.done") or (_facts_page(breach(breach_id), form), form.status)


@blueprint.get("/term")
@may("move_term")
def ask_term(breach_id: UUID) -> ResponseReturnValue:
    """Show the form for what the authority announced about the term."""
    breach_row = breach(breach_id)
    return _term_page(breach_row, Form.beginning_with(_term_known(breach_row)))


@blueprint.post("/term")
@may("move_term")
@makes_new
def move(breach_id: UUID) -> ResponseReturnValue:
    """Set the term to what the authority announced, with its source."""
    form, now = Form.posted(), Form.beginning_with(_term_known(breach(breach_id))).typed
    show_others_first(form, now, questions_of_term(), _moved(breach_id))
    values = None if form.beside or form.is_out_of_date else form.load(MovedTermSchema())
    if values is not None:
        announced = (values["until"], values["reason"], values["source"])
        with form.showing_refusals():
            move_term(breach_id, *announced, actor(), form.version_seen())
    page = _term_page(breach(breach_id), form) if form.faults or form.beside else ""
    return _answer(breach_id, form, "term.done") or (page, form.status)


@blueprint.get("/awareness")
@may("state_awareness")
def ask_awareness(breach_id: UUID) -> ResponseReturnValue:
    """Show the form for the moment when this organisation itself became aware."""
    breach_row = breach(breach_id)
    return _awareness_page(breach_row, Form.beginning_with(awareness_known(breach_row)))


@blueprint.post("/awareness")
@may("state_awareness")
@makes_new
def state_own_awareness(breach_id: UUID) -> ResponseReturnValue:
    """Store the organisation's own moment, which decides its clock. The processor's statement stays in the history."""
    form, row = Form.posted(), breach(breach_id)
    before = awareness_known(row)
    show_others_first(form, Form.beginning_with(before).typed, questions_of_awareness(), _stated(breach_id))
    values = None if form.beside or form.is_out_of_date else form.load(AwarenessSchema())
    if values is not None:
        values["before_found"] = bool(values["before_found"])
        typed = {"aware_at": moment_of(form.typed, "aware_at"), "aware_at_fold": form.value("aware_at_fold")}
        if before and all(value == before.get(name, "") for name, value in typed.items()):
            # The field shows minutes. Whoever does not change it keeps the seconds.
            values["aware_at"] = own_statement(row)[0]
        with form.showing_refusals():
            state_awareness(breach_id, by=actor(), version=form.version_seen(), **values)
    typed_at = values["aware_at"] if values else None
    page = _awareness_page(breach(breach_id), form, typed_at) if form.faults or form.beside else ""
    done = "awareness.done_later" if row.later_aware_at else "awareness.done"
    return _answer(breach_id, form, done) or (page, form.status)


@blueprint.post("/seen")
@may("see_changes")
def seen(breach_id: UUID) -> ResponseReturnValue:
    """Record that somebody saw the changed facts.

    The decision stays as it is, and so does what they typed in a step.
    """
    form = Form.posted()
    with form.showing_refusals():
        form.typed["version"] = str(look_at_changes(breach_id, actor(), form.version_seen()).version)
    done = "seen_done" if breach(breach_id).decision else "seen_assessed_done"
    words = form.faults[0]["message"] if form.faults else t(f"breach.changes.{done}")
    if not form.kept():
        return _to(breach_id, words)
    if not form.faults:
        flash(words)
    return page_of(breach_id, form), form.status


def _term_known(breach_row: Breach) -> dict[str, str]:
    kept = moved_term_of(breach_row.moved_term) if breach_row.moved_term else None
    return {"until": local_input(kept.until), "reason": kept.reason, "source": kept.source} if kept else {}


def _term_page(breach_row: Breach, form: Form) -> str:
    now = Form.beginning_with(_term_known(breach_row)).typed
    begin_or_show(form, now, questions_of_term(), _moved(breach_row.id))
    return render_template("term.html", breach=breach_row, form=form)


def _awareness_page(breach_row: Breach, form: Form, typed_at: datetime | None = None) -> str:
    now = Form.beginning_with(awareness_known(breach_row)).typed
    begin_or_show(form, now, questions_of_awareness(), _stated(breach_row.id))
    return render_template(
        "awareness.html", breach=breach_row, form=form, typed_at=typed_at, acts=first_own_acts(breach_row.id),
        asks_approval_again=is_approved_to_notify(breach_row),
    )


def _facts_page(breach_row: Breach, form: Form) -> str:
    form = with_draft(form, "facts", breach_row.id, breach_row.version)
    begin(form, _known(breach_row).typed, questions_of_facts(), _entries_of(breach_row))
    return render_template(
        "supplement.html", breach=breach_row, form=form, vocabulary=vocabulary,
        asks_approval_again=is_approved_to_notify(breach_row),
    )


def _known(breach_row: Breach) -> Form:
    return Form.beginning_with(facts_known(breach_row) | {"measures": breach_row.measures})


def _bring_together(form: Form, breach_row: Breach) -> int | None:
    return bring_together(form, _known(breach_row).typed, questions_of_facts(), _entries_of(breach_row))


def _moved(breach_id: UUID) -> EntryOf:
    return entry_about(breach_id, "breach.term_moved")


def _stated(breach_id: UUID) -> EntryOf:
    return entry_about(breach_id, "breach.own_awareness", "breach.later_awareness")


def _entries_of(breach_row: Breach) -> EntryOf:
    return lambda name: entry_of_fact(breach_row.id, name)


def _answer(breach_id: UUID, form: Form, done: str) -> ResponseReturnValue | None:
    return None if form.faults or form.beside else _to(breach_id, t(done))


def _to(breach_id: UUID, words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(url_for("web.breaches.shown", organisation=place().slug, breach_id=breach_id), 303)


def awareness_known(breach: Breach) -> dict[str, str]:
    """Return what the controller itself stated about its awareness, to correct it; empty without a statement."""
    own_at, reason = own_statement(breach)
    if own_at is None:
        return {}
    earlier = {"before_found": "true"} if breach.found_at and own_at < breach.found_at else {}
    return moment_known("aware_at", own_at) | {"reason": reason or ""} | earlier


def own_statement(breach: Breach) -> tuple[datetime | None, str | None]:
    """Return the newest moment that the controller itself stated, and why, even when it waits for a second person."""
    if breach.later_aware_at is not None:
        return breach.later_aware_at, breach.later_aware_reason
    return (breach.became_aware_at, breach.own_aware_reason) if breach.own_aware_stated_at else (None, None)

"""The way through an assessment, one question on a screen. What is answered is kept until the judgement is recorded.

The last screen sends everything to the one step "assess" (service/steps.py), as the form on one page does.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import may, place
from service.admission.sent_forms import keeps_draft
from service.admission.viewer import viewer
from service.typed.known import assessment_known
from service.web.assessing import asked_of_people
from service.web.assessment_answers import answered, standing
from service.web.assessment_screens import (
    JUDGEMENT,
    KNOWN,
    LAST,
    MARK,
    Screen,
    faults_on,
    fields_of,
    form_with,
    screen_of,
    sent_again,
)
from service.web.drafts import with_draft
from service.web.forms import Form
from service.web.merged_judgements import began_of_assessment, begin_or_show, entry_about, questions_of_judgement
from service.web.merging import BEGAN
from service.words.texts import t
from service.words.whole_numbers import MOST_IN_A_LONG_COLUMN, whole_of
from tenants.form_drafts import Typed, keep_answers
from workflows.dossiers.breach import Dossier, dossier_of
from workflows.law import vocabulary
from workflows.notification.advising import digest_of
from workflows.notification.changed_facts import last_recorded

blueprint = Blueprint("assessment", __name__, url_prefix="/o/<organisation>/breaches/<uuid:breach_id>/assess")


@blueprint.get("/", defaults={"screen": ""})
@blueprint.get("/<screen>")
@may("assess")
def shown(breach_id: UUID, screen: str) -> ResponseReturnValue:
    """Show this screen, or the first question without an answer; the page of the breach when nobody is to assess it."""
    dossier = dossier_of(breach_id, viewer())
    if not is_open(dossier):
        return redirect(url_for("web.breaches.shown", organisation=place().slug, breach_id=breach_id), 303)
    return page_of_screen(dossier, screen_of(dossier.breach, dossier.draft, screen))


@blueprint.post("/<screen>")
@may("assess")
@keeps_draft
def save(breach_id: UUID, screen: str) -> ResponseReturnValue:
    """Keep the answers of this screen, and go on to the next question or to the screen that was asked for."""
    dossier, form = dossier_of(breach_id, viewer()), Form.posted()
    draft = _answered(screen, form, dossier)
    read = form_with(dossier.breach, draft)
    read.faults = faults_on(screen, draft)
    if read.faults:
        read.status = 422
        return page_of_screen(dossier, screen_of(dossier.breach, draft, screen, read)), read.status
    keep_answers(breach_id, dossier.who.id, draft)
    address: dict[str, Any] = {"organisation": place().slug, "breach_id": breach_id, "screen": form.value("to")}
    return redirect(url_for(".shown", **address), 303)


def _answered(screen: str, form: Form, dossier: Dossier) -> Typed:
    """Return the draft with the answers of this screen.

    Those of the last screen go with what its page began with, so that it asks about what somebody else changed since.
    Whoever confirms what is recorded has seen which of their answers are outdated, so these end. They confirm what
    their page showed: when another fact was recorded meanwhile, it is asked again.
    """
    draft, breach = dossier.draft, dossier.breach
    if screen != KNOWN:
        began = {BEGAN: [whole]} if screen == LAST and (whole := began_of_assessment(form, breach)) else {}
        return answered(draft, fields_of(screen), form, breach) | began
    now = digest_of(breach)
    confirmed = form.value(KNOWN) or now
    return {**(standing(draft, breach) if confirmed == now else draft), KNOWN: [str(confirmed)]}


def is_open(dossier: Dossier) -> bool:
    """Return whether the viewer can assess this breach now: it is their turn, and the organisation is aware of it."""
    turn = dossier.turn("assess") if dossier.can_be_asked("assess") else None
    return turn is not None and turn.hindrance is None and dossier.breach.became_aware_at is not None


def last_screen(dossier: Dossier, form: Form | None) -> Screen | None:
    """Return the last screen with a form that was sent from it; None for another form, or when it has no place there.

    A fault at a field of another screen is shown on the form that has every field.
    """
    if form is None or not form.value(MARK) or not is_open(dossier):
        return None
    here = {"", "version", *fields_of(LAST)}
    if any(fault["field"] not in here for fault in form.faults):
        return None
    form = sent_again(dossier.breach, dossier.draft, form)
    return screen_of(dossier.breach, dossier.draft, LAST, form)


def _recorders(dossier: Dossier) -> Callable[[str], str | None]:
    """Return which name recorded a fact last: that of a person here, or the processor's; None when nobody knows."""
    last = {name: entry.actor_name or t("labels.erased") for name, entry in last_recorded(dossier.history).items()}
    return lambda name: last.get(name) or last.get("") or dossier.breach.processor_name


def page_of_screen(dossier: Dossier, screen: Screen) -> str:
    """Return the page of one screen. The last one shows what its reader typed there and did not send."""
    if screen.name == LAST:
        draft = with_draft(screen.form, "judgement", dossier.breach.id, only=(*JUDGEMENT, "version", BEGAN))
        now = Form.beginning_with(assessment_known(dossier.breach)).typed
        entry = entry_about(dossier.breach.id, "ap_notification.assess")
        begin_or_show(draft, now, questions_of_judgement(), entry)
        screen = replace(screen, form=draft)
    return render_template(
        "assessment.html", breach=dossier.breach, screen=screen, form=screen.form, advised=screen.advised,
        assess=asked_of_people(), by=_recorders(dossier), vocabulary=vocabulary, now=dossier.now,
        history=dossier.history,
        changed=dossier.changed_since(whole_of(request.form.get("seen", ""), MOST_IN_A_LONG_COLUMN)), mark=MARK,
    )  # fmt: skip

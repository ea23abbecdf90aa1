"""The page of one breach: its dossier in the reader's language, and the forms on it."""

from dataclasses import replace
from typing import Any

from flask import url_for

from service.admission.access import place
from service.web.actor_names import know_names
from service.web.ap_form import card_of
from service.web.assessing import advised_of, advised_while_typing, asked_of_people
from service.web.assessment_screens import form_with
from service.web.facts_changed import facts_changed_words
from service.web.forms import Form
from service.web.passing_on import passing_on_of
from service.web.steps import next_step, too_late
from service.web.whose_turn import coming_words, decided_words
from service.words.delay_reasons import own_words, suggestion
from workflows.dossiers.breach import Dossier
from workflows.law import vocabulary
from workflows.notification.advising import departure_reason

OF_THE_DOSSIER = (
    "breach", "run", "history", "notice", "now", "path", "workflow", "clock", "stuck", "unknown_definition",
    "late_without_move", "alone", "still_due",
    "notice_held", "open_step", "asks_reasons", "may_confirm", "confirm_first",
    "role_of",
)  # fmt: skip


def page_names(dossier: Dossier, form: Form | None = None, asked: str | None = None) -> dict[str, Any]:
    """Return the names that breach.html and its parts use. `form` is what was typed; `asked` is the step to show."""
    know_names(dossier.history)
    breach, now = dossier.breach, dossier.now
    step = next_step(dossier, breach, form, asked)
    assessing = step is not None and step.turn.step == "assess" and not step.turn.hindrance
    if step and assessing and not step.form.is_posted:
        step = replace(step, form=form_with(breach, dossier.draft))
    step = step and step.with_own_draft(breach)
    return {name: getattr(dossier, name) for name in OF_THE_DOSSIER} | {
        "of": dossier.organisation, "next": step, "too_late": too_late(form, step),
        "vocabulary": vocabulary, "decided": decided_words(dossier, dossier.alone), "coming": coming_words(dossier),
        "card": card_of(dossier.form_as_sent, dossier.form), "sent_form": dossier.sent,
        "facts_changed": facts_changed_words(dossier),
        "assessing": assessing, "assess": asked_of_people() if assessing else None,
        "answered": bool(dossier.draft), "departure": departure_reason(breach),
        "advised": advised_while_typing(step.form, breach) if step and assessing else advised_of(breach),
        "advice_at": url_for("web.breaches.advise", organisation=place().slug, breach_id=breach.id),
        "retry_form": Form.beginning_with({}), **passing_on_of(breach),
        "delay": suggestion(breach, now), "own_words": own_words(breach, now),
    }  # fmt: skip

"""Answers to the authority's form, as they become known (Art. 33(3), (4)); a changed answer takes another approval."""

from typing import Any
from uuid import UUID

from tenants.history.entries import Actor, Entry, record
from tenants.register.breaches import Breach
from tenants.register.breaches import breach as breach_of
from workflows.engine.runs import run_about
from workflows.notification.ap_notification import (
    AP_NOTIFICATION,
    prepare_again,
    read_form_answers,
    refuse_once_submitted,
)


def write_answers(breach_id: UUID, answers: dict[str, Any], by: Actor, version: int | None = None) -> Breach:
    """Store answers to the AP's form until it was sent in; an answer that differs from the approved one takes another
    approval.

    Raises NotFound, OutOfDate, Invalid once it was sent in, AnswerRefused, and NotAllowed for an API token.
    """
    run = run_about(AP_NOTIFICATION.name, breach_id, lock=True)
    breach = breach_of(breach_id, version, lock=True)
    refuse_once_submitted(breach)
    before = breach.draft
    breach.answer_form(read_form_answers(answers))
    details: dict[str, Any] = {"questions": sorted(answers)}
    if breach.draft != before:
        details |= prepare_again(breach, run, by)
    record([Entry("breach", breach_id, "breach.form_answered", by, details, {}, breach.version, breach.terms_name)])
    breach.version += 1
    return breach

"""Notification to the authority (Art. 33(1), (3), (4)): a controller assesses, drafts, approves by four eyes, submits.

The decision not to notify goes the same way: a second person agrees to it before the law's exception ends the run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tenants.database import db
from tenants.errors import Invalid, NotAllowed
from tenants.form_drafts import end_answers
from tenants.history.entries import Actor
from tenants.isolation import database_now
from tenants.register.breaches import Breach, breaches_by_id
from tenants.register.escalations import report_decision
from workflows.engine.progress import restart_clock, settle
from workflows.engine.runs import Run, run_about
from workflows.engine.steps import RETURNED, Act, Approval, Human, Start, Unless, Workflow
from workflows.law import gdpr
from workflows.law.advice.departing import departs, reason_is_due
from workflows.law.ap_form.answers import read_answers
from workflows.law.order_of_moments import refuse_impossible
from workflows.law.periods import AMSTERDAM, is_late
from workflows.notification.advising import (
    advice_about,
    decided_by_risk,
    digest_of,
    enisa_of,
    facts_changed_since_decision,
    to_store,
)
from workflows.notification.ap_clock import AUTHORITY_CLOCK, authority_period, earliest_period
from workflows.notification.approved import FLAGGED, changed, rests_on
from workflows.notification.sent_form import form_to_keep
from workflows.roles import MAY

NOTIFY = "notify"
DO_NOT_NOTIFY = "do_not_notify"
STAYS = "stays"
"""The mark for an assessment that leaves the severity as it is."""


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """Art. 33(1), 34(1): what a person makes of the risk. Without `facts` the facts and the numbers stay as they are.

    `departure_reason` where it departs from the advice; `people_exception` is one of gdpr.PEOPLE_EXCEPTIONS. Answers
    left out (None) and a severity left out (STAYS) stay as they are; a severity of None is taken back.
    """

    risk: str
    reason: str
    facts: dict[str, Any] | None = None
    people_min: int | None = None
    people_max: int | None = None
    people_estimate: bool | None = None
    departure_reason: str | None = None
    severity_answers: Mapping[str, Any] | None = None
    authority_severity: str | None = STAYS
    edpb_severity: str | None = STAYS
    people_exception: str | None = None
    people_reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Art. 33(3): notify or not (NOTIFY, DO_NOT_NOTIFY), with the reasons.

    `answers` to the authority's form, by the id of the question, are kept with the decision.
    """

    decision: str
    reason: str
    answers: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Submission:
    """Art. 33(1): when the form was sent in, its number at the authority, and the reasons for a delay."""

    submitted_at: datetime
    authority_number: str
    late_reason: str | None = None


def assess(breach: Breach, act: Act[Assessment]) -> None:
    """Art. 33(1): the facts as far as known, how likely a risk is, and why. Only somebody who is aware can assess.

    A person decides: what departs from the advice goes with its reason. A reason typed where nothing departs stays in
    the history, with the other values of the act. Raises Invalid when it has none, and before anybody here is aware.
    """
    if breach.became_aware_at is None:
        raise Invalid("breach.confirm_receipt_first")
    refuse_once_submitted(breach)
    new = act.values
    if new.facts is not None:
        breach.know_facts(new.facts, new.people_min, new.people_max, new.people_estimate)
    breach.assess_risk(new.risk, new.reason, new.people_exception, new.people_reason)
    _score(breach, new)
    advice, decided = advice_about(breach), decided_by_risk(breach)
    if reason_is_due(advice, decided, new.departure_reason):
        raise Invalid("assessment.departs_from_advice", "departure_reason", duties=departs(advice, decided))
    is_departure = bool(departs(advice, decided))
    breach.rest_on(to_store(advice), digest_of(breach), new.departure_reason if is_departure else None)


def end_own_answers(breach: Breach, values: dict[str, Any], by: Actor) -> dict[str, Any]:
    """Remove what whoever assesses had kept of their answers until now; return the values of the act as they are."""
    if by.id is not None:
        end_answers(breach.id, by.id)
    return values


def draft(breach: Breach, act: Act[Draft]) -> None:
    """Art. 33(3): notify or not, with the reasons.

    Raises Invalid for not notifying where the law's exception does not hold.
    """
    refuse_once_submitted(breach)
    new = act.values
    if new.decision == DO_NOT_NOTIFY and not gdpr.authority_is_exempt(breach):
        raise Invalid("decision.duty_to_notify", "decision")
    breach.draft_decision(new.decision, new.reason)
    breach.answer_form(read_form_answers(new.answers))


def approve(breach: Breach, act: Act[Approval]) -> str | None:
    """Four eyes: another person agrees with everything that the decision rests on, or returns it with what is wrong.

    People who answered the form, moved the term or stated a later moment of awareness prepared it too. Raises
    NotAllowed for somebody who prepared it, and Invalid for returning it without a reason.
    """
    if act.values.agrees:
        if not act.alone and {act.by.id, act.by.for_id} & breach.preparers:
            raise NotAllowed("step.four_eyes", step="approve")
        if breach.later_aware_at is not None:
            act.notes["later_moment"] = count_from_later_moment(breach, act.at)
        breach.approve_decision(act.at, digest_of(breach), rests_on(breach))
        act.notes["rests_on"] = breach.approved_on
        return None
    if not act.values.reason:
        raise Invalid("field.reason_required", "reason")
    return RETURNED


def count_from_later_moment(breach: Breach, at: datetime) -> dict[str, Any]:
    """Art. 33(1): let the later moment that was stated count from now on; returns what is recorded of that."""
    before = {"became_aware_at": breach.became_aware_at, "how": breach.aware_how, "due_at": breach.due_at}
    run = run_about(AP_NOTIFICATION.name, breach.id)
    breach.agree_to_later_awareness()
    count_from_own_moment(breach, run, at)
    return {"became_aware_at": breach.became_aware_at, "due_at": breach.due_at, "before": before}


def count_from_own_moment(breach: Breach, run: Run, at: datetime) -> None:
    """Set both ends of the period by the moment that counts; a running clock gets the new moments."""
    assert breach.became_aware_at is not None
    breach.terms = gdpr.terms_on(breach.became_aware_at.astimezone(AMSTERDAM).date()).to_store()
    period = authority_period(breach)
    assert period is not None
    breach.alarm_at, breach.due_at = period.alarm_at, period.due_at
    restart_clock(AUTHORITY_CLOCK, run, period, at)


def prepare_again(breach: Breach, run: Run, by: Actor) -> dict[str, Any]:
    """Note who changed what is approved, so that another person approves it, and undo an approval of what it was.

    Returns what is recorded of an undone approval. Raises NotAllowed for an API token, because whoever holds it may be
    another person than its maker, and could approve what they wrote by it.
    """
    if not by.is_a_person:
        raise NotAllowed("decision.needs_a_person")
    breach.note_preparer(by.id, by.for_id)
    return undo_approval(breach, run)


def undo_approval(breach: Breach, run: Run) -> dict[str, Any]:
    """Undo the approval of a notification that was not sent; returns what is recorded of that, nothing without one."""
    if not is_approved_to_notify(breach):
        return {}
    breach.decided_at = breach.decided_on = None
    settle(AP_NOTIFICATION.as_of(run.version), run, breach, database_now())
    return {"to_be_approved_again": True}


def is_approved_to_notify(breach: Breach) -> bool:
    """Whether the notification is approved, so that a change of what the decision rests on takes another approval."""
    return breach.decided_at is not None and breach.decision == NOTIFY and breach.submitted_at is None


def refuse_once_submitted(breach: Breach) -> None:
    """Raise Invalid when the form was sent in: its content is final."""
    if breach.submitted_at is not None:
        raise Invalid("breach.already_submitted")


def read_form_answers(answers: dict[str, Any] | None) -> dict[str, Any]:
    """Return the answers as given, once the form is sure that it can read them."""
    typed = answers or {}
    read_answers(typed)
    return typed


def _score(breach: Breach, new: Assessment) -> None:
    """Three scales, each for itself: ENISA's from its questions, the AP's and the EDPB's as a person sees them."""
    answers = breach.severity_answers if new.severity_answers is None else new.severity_answers
    if answers is not None:
        breach.severity_answers, breach.enisa = dict(answers), enisa_of(answers, breach)
    if new.authority_severity != STAYS:
        breach.authority_severity = new.authority_severity
    if new.edpb_severity != STAYS:
        breach.edpb_severity = new.edpb_severity


def submit(breach: Breach, act: Act[Submission]) -> None:
    """Art. 33(1): record that the form was sent in; the history keeps its answers as they are now.

    The period counts from the earliest moment that anybody stated, so that a later moment that counts does not hide a
    delay. Raises Invalid after the end of the period without reasons for the delay.
    """
    sent = act.values
    _refuse_unless_as_approved(breach, act)
    period = earliest_period(breach)
    if period is None:
        raise Invalid("breach.confirm_receipt_first")
    refuse_impossible({"became_aware_at": breach.became_aware_at, "submitted_at": sent.submitted_at})
    if gdpr.late_reason_is_due(sent.submitted_at, period, sent.late_reason):
        raise Invalid("submission.late_reason_required", "late_reason")
    late_reason = sent.late_reason if is_late(sent.submitted_at, period) else None
    breach.record_submission(sent.submitted_at, sent.authority_number, late_reason)


def _refuse_unless_as_approved(breach: Breach, act: Act[Submission]) -> None:
    """Raise Invalid when something else than what was approved would be sent; somebody must have seen later facts,
    which is recorded."""
    breach.sent_as = rests_on(breach)
    different = changed(breach.approved_on, breach.sent_as)
    if set(different) - {FLAGGED}:
        raise Invalid("submission.not_as_approved")
    if facts_changed_since_decision(breach):
        raise Invalid("submission.see_changes_first")
    act.notes.update({"sent_as": breach.sent_as, "changed_since_approval": different})


def authority_is_exempt(breach: Breach) -> bool:
    """Art. 33(1): decided not to notify, and the risk is unlikely. Unknown is never an exception."""
    return breach.decision == DO_NOT_NOTIFY and gdpr.authority_is_exempt(breach)


def tell_processor(breach: Breach, state: str) -> None:
    """Tell the processor the outcome, and not the reasons."""
    period = authority_period(breach)
    if breach.escalation_id is None or period is None:
        return
    late = breach.submitted_at is not None and is_late(breach.submitted_at, period)
    outcome = "not_notified" if state == "exempt" else ("notified_late" if late else "notified")
    db.session.flush()
    report_decision(breach.id, outcome)


def is_decided(breach: Breach) -> bool:
    """Whether the approval still stands: it is undone when what it rests on changes."""
    return breach.decided_at is not None


def _definition(
    version: int, approves: tuple[str, ...], submits: tuple[str, ...] = (), earlier: tuple[Workflow, ...] = ()
) -> Workflow:
    """`approves` and `submits` name the steps that whoever does this one had no part in."""
    return Workflow(
        name="ap_notification",
        law="Art. 33",
        subject_kind="breach",
        load=breaches_by_id,
        clocks=(AUTHORITY_CLOCK,),
        steps=(
            Human(name="assess", law="Art. 33(1)", by=MAY["assess"], records=assess, values=Assessment,
                  again=True, prepares=end_own_answers),
            Human(name="draft", law="Art. 33(3)", by=MAY["draft"], records=draft, values=Draft, again=True),
            Human(name="approve", law="Art. 24", by=MAY["approve"], records=approve, values=Approval,
                  other_than=approves, fresh=True, returns_to="draft", holds=is_decided, not_by_preparers=True),
            Start(name="tell-people", law="Art. 34(1)", workflow="bulk_notice", when=gdpr.data_subjects_must_be_told),
            Unless(name="exempt", law="Art. 33(1)", rule=authority_is_exempt),
            Human(name="submit", law="Art. 33(1)", by=MAY["submit"], records=submit, values=Submission,
                  fresh=True, other_than=submits, keeps=form_to_keep),
        ),
        ended=tell_processor,
        version=version,
        earlier=earlier,
    )  # fmt: skip


AP_NOTIFICATION = _definition(
    3, ("assess", "draft"), ("assess", "draft", "approve"),
    earlier=(_definition(1, ("draft",)), _definition(2, ("draft",), ("draft", "approve"))),
)  # fmt: skip
"""Whoever assesses and drafts, approves, and submits: three people (3). Before, who assessed could approve (2), and who
drafted could submit (1); a run ends under the definition that it began under."""

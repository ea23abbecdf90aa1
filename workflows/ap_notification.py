"""Notification to the authority (Art. 33(1), (3), (4)): a controller assesses, drafts, approves by four eyes, submits.

The decision not to notify goes the same way: a second person agrees to it before the law's exception ends the run.
"""

from typing import Any

from tenants.database import db
from tenants.errors import Invalid
from tenants.escalations import report_decision
from tenants.history import Actor, Entry, record
from tenants.isolation import acting_organisation
from tenants.organisations import the_acting_organisation
from tenants.references import next_reference
from tenants.register import Breach, breaches_by_id
from tenants.users import APPROVER, PRIVACY_OFFICER
from workflows import gdpr
from workflows.ap_clock import AUTHORITY_CLOCK, authority_period
from workflows.engine.advance import begin
from workflows.engine.steps import RETURNED, Act, Human, Start, Unless, Workflow
from workflows.vocabulary import refuse_unknown_facts

NOTIFY = "notify"
DO_NOT_NOTIFY = "do_not_notify"


def assess(breach: Breach, act: Act) -> None:
    """Art. 33(1): how likely a risk is, with the reason. Only somebody who is aware can assess."""
    if breach.became_aware_at is None:
        raise Invalid("breach.confirm_receipt_first")
    if breach.submitted_at is not None:
        raise Invalid("breach.already_submitted")
    breach.assess_risk(
        act.values["risk"], act.values["reason"], act.values.get("people_exception"), act.values.get("people_reason")
    )


def draft(breach: Breach, act: Act) -> None:
    """Art. 33(3): notify or not, with the reasons. Not to notify is possible only where the law's exception holds."""
    if breach.submitted_at is not None:
        raise Invalid("breach.already_submitted")
    decision = act.values["decision"]
    if decision == DO_NOT_NOTIFY and not gdpr.authority_is_exempt(breach):
        raise Invalid("decision.duty_to_notify", "decision")
    breach.draft_decision(decision, act.values["reason"], dict(act.values.get("answers") or {}))


def approve(breach: Breach, act: Act) -> str | None:
    """Four eyes: another person agrees, or returns it with what is wrong."""
    if act.values["agrees"]:
        breach.approve_decision(act.at)
        return None
    if not act.values.get("reason"):
        raise Invalid("field.reason_required", "reason")
    return RETURNED


def submit(breach: Breach, act: Act) -> None:
    """Art. 33(1): the form was sent in. After the end of the period the reasons for the delay are demanded."""
    at, number = act.values["submitted_at"], act.values["authority_number"]
    period = authority_period(breach)
    if period is None or at < breach.became_aware_at:
        raise Invalid("submission.before_awareness", "submitted_at")
    if gdpr.late_reason_is_due(at, period, act.values.get("late_reason")):
        raise Invalid("submission.late_reason_required", "late_reason")
    breach.record_submission(at, number, act.values.get("late_reason") if gdpr.is_late(at, period) else None)


def authority_is_exempt(breach: Breach) -> bool:
    """Art. 33(1): decided not to notify, and the risk is unlikely. Unknown is never an exception."""
    return breach.decision == DO_NOT_NOTIFY and gdpr.authority_is_exempt(breach)


def tell_processor(breach: Breach, state: str) -> None:
    """The processor learns the outcome, not the reasons."""
    period = authority_period(breach)
    if breach.escalation_id is None or period is None:
        return
    late = breach.submitted_at is not None and gdpr.is_late(breach.submitted_at, period)
    outcome = "not_notified" if state == "exempt" else ("notified_late" if late else "notified")
    db.session.flush()
    report_decision(breach.id, outcome)


OFFICERS = frozenset({PRIVACY_OFFICER})
APPROVERS = frozenset({APPROVER, PRIVACY_OFFICER})

AP_NOTIFICATION = Workflow(
    name="ap_notification",
    law="Art. 33",
    subject_kind="breach",
    load=breaches_by_id,
    clocks=(AUTHORITY_CLOCK,),
    steps=(
        Human(name="assess", law="Art. 33(1)", by=OFFICERS, records=assess, again=True),
        Human(name="draft", law="Art. 33(3)", by=OFFICERS, records=draft, again=True),
        Human(name="approve", law="Art. 24", by=APPROVERS, records=approve, other_than="draft", returns_to="draft"),
        Start(name="tell-people", law="Art. 34(1)", workflow="bulk_notice", when=gdpr.data_subjects_must_be_told),
        Unless(name="exempt", law="Art. 33(1)", rule=authority_is_exempt),
        Human(name="submit", law="Art. 33(1)", by=OFFICERS, records=submit),
    ),
    ended=tell_processor,
)


def open_breach(values: dict[str, Any], by: Actor) -> Breach:
    """A breach that the organisation found itself, in its own register: it is aware, and the clock runs."""
    refuse_unknown_facts(values.get("facts") or {})
    breach = Breach(
        **values, organisation_id=acting_organisation(), reference=next_reference("breach"), origin="own",
        aware_how="own", financial_undertaking=the_acting_organisation().financial_undertaking,
    )  # fmt: skip
    period = gdpr.authority_period(breach.became_aware_at)  # type: ignore[arg-type]
    breach.alarm_at, breach.due_at = period.alarm_at, period.due_at
    breach.terms = {"name": period.terms, "hours": period.hours}
    db.session.add(breach)
    db.session.flush()
    begin(AP_NOTIFICATION, breach)
    known = {"became_aware_at": breach.became_aware_at, "facts": breach.facts}
    record([Entry("breach", breach.id, "breach.opened", by, known)])
    return breach

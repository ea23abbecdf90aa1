"""Mail whose fate is unknown, or that was stopped: a person sees the evidence, chooses, and says why."""

from uuid import UUID

from tenants.errors import Invalid
from tenants.history import Actor, Entry, record
from tenants.isolation import acting_organisation, database_now
from workflows.engine.bell import ring_after_commit
from workflows.mail.decisions import (
    EVIDENCE_WINDOW,
    GIVE_UP,
    RESEND,
    RESUME,
    batch_of,
    choices_for,
    give_up,
    resend,
    resume,
)

ACTS = {RESEND: resend, RESUME: resume, GIVE_UP: give_up}
KINDS = {"notice": "notice", "escalation": "escalation"}
"""Which mail has a history of its own; any other stands in its organisation's."""


def settle(batch_id: UUID, choice: str, reason: str, by: Actor) -> int:
    """A person settles a batch: `resend` what is unknown, `resume` what was stopped, or `give_up` and use the next
    channel. How many people it is about. The choice and its reason stay in the history of what it was about.

    Raises Invalid without a reason, for a choice that it does not have, or for a resend while events may still come;
    NotFound; AlreadyDone when it is settled.
    """
    if not reason.strip():
        raise Invalid("field.reason_required", "reason")
    found = batch_of(batch_id)
    possible = choices_for(found["state"])
    if choice not in possible:
        raise Invalid("field.not_a_choice", "choice", choices=", ".join(possible))
    if choice == RESEND and found["answered_at"] + EVIDENCE_WINDOW > database_now():
        raise Invalid("mail.evidence_may_come", "choice")
    people = ACTS[choice](batch_id)
    details = {"batch": batch_id, "choice": choice, "reason": reason, "people": people}
    kind = KINDS.get(found["purpose"], "organisation")
    subjects = sorted(found["abouts"]) if kind != "organisation" else [acting_organisation()]
    record(Entry(kind, subject, "mail.settled", by, details) for subject in subjects)
    ring_after_commit(acting_organisation())
    return people

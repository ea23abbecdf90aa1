"""What a person decides about mail that was stopped or whose outcome is unknown, and that a machine may not repeat."""

from uuid import UUID

from tenants.errors import Invalid
from tenants.history.entries import SYSTEM, Actor, Entry, record
from tenants.isolation import acting_for, acting_organisation, database_now
from tenants.register.notices import notice
from workflows.engine.hints import hint_after_commit
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
from workflows.mail.reminding import tell_of_unconfirmed
from workflows.mail.unconfirmed import (
    COUNT_AS_NOT_REACHED,
    MOST,
    UNCONFIRMED_CHOICES,
    count_as_not_reached,
    look_again,
    notices_to_look_at,
    unconfirmed_notices,
    unconfirmed_to_settle,
    wait_longer,
)

ACTS = {RESEND: resend, RESUME: resume, GIVE_UP: give_up}
KINDS = {"notice": "notice", "escalation": "escalation"}
"""The purposes of mail whose decisions stand in the history of its subject; any other stands in the organisation's."""


def settle(batch_id: UUID, choice: str, reason: str, by: Actor) -> int:
    """Carry out what a person chose for a batch; returns how many people it is about.

    `resend` sends mail of unknown outcome again, `resume` lets stopped mail go, `give_up` leaves the readers to the
    next channel. The choice and its reason are recorded in the history of the subject. Raises Invalid without a reason,
    for a choice that this batch does not have, and for a resend while events may still come; NotFound; AlreadyDone when
    it is settled.
    """
    _refuse_without_reason(reason)
    batch = batch_of(batch_id)
    _refuse_unless_among(choices_for(batch["state"]), choice)
    if choice == RESEND and batch["answered_at"] + EVIDENCE_WINDOW > database_now():
        raise Invalid("mail.evidence_may_come", "choice")
    people = ACTS[choice](batch_id)
    details = {"batch": batch_id, "choice": choice, "people": people}
    kind = KINDS.get(batch["purpose"], "organisation")
    subjects = sorted(batch["abouts"]) if kind != "organisation" else [acting_organisation()]
    record(Entry(kind, subject, "mail.settled", by, details, {"reason": reason}) for subject in subjects)
    hint_after_commit(acting_organisation())
    return people


def settle_unconfirmed(notice_id: UUID, choice: str, reason: str, by: Actor) -> int:
    """Carry out what a person chose for a notice's readers whose last event never came; returns how many they are.

    `wait` waits another UNCONFIRMED_AFTER; `count_as_not_reached` leaves them to the next channel. Raises Invalid
    without a reason or for another choice; NotFound; AlreadyDone when no such reader is left.
    """
    _refuse_without_reason(reason)
    _refuse_unless_among(UNCONFIRMED_CHOICES, choice)
    waiting = unconfirmed_to_settle(notice(notice_id).id)
    people = waiting.people
    if choice == COUNT_AS_NOT_REACHED:
        people = count_as_not_reached(notice_id)
    else:
        wait_longer(notice_id)
    details = {"choice": choice, "people": people, "batches": waiting.batches, "since": waiting.since}
    record([Entry("notice", notice_id, "mail.settled", by, details, {"reason": reason})])
    hint_after_commit(acting_organisation())
    return people


def tell_unconfirmed(organisation: UUID, most: int = MOST) -> int:
    """Mail the people of this organisation about notices with readers whose last event never came.

    It looks at the `most` notices whose moment came first, and returns how many of these it mailed about.
    """
    with acting_for(organisation):
        looked_at = notices_to_look_at(most)
        waiting = unconfirmed_notices() if looked_at else []
        notices = [row for row in waiting if row.notice_id in looked_at]
        if notices:
            people = sum(row.people for row in notices)
            tell_of_unconfirmed(notice(notices[0].notice_id).breach_id, people)
            record(Entry("notice", row.notice_id, "mail.unheard", SYSTEM, {"people": row.people}) for row in notices)
        look_again(looked_at, [row.notice_id for row in notices])
        return len(notices)


def _refuse_without_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("field.reason_required", "reason")


def _refuse_unless_among(possible: tuple[str, ...], choice: str) -> None:
    if choice not in possible:
        raise Invalid("field.not_a_choice", "choice", choices=", ".join(possible))

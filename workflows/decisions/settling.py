"""Mail of unknown fate, stopped, or never heard of: a person sees the evidence, chooses, and says why."""

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
from workflows.mail.reminding import tell_of_silence
from workflows.mail.silence import (
    COUNT_AS_NOT_REACHED,
    MOST,
    SILENCE_CHOICES,
    count_as_not_reached,
    look_again,
    notices_to_look_at,
    silence_to_settle,
    silences,
    wait_longer,
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
    _refuse_without(reason)
    found = batch_of(batch_id)
    _refuse_unless_among(choices_for(found["state"]), choice)
    if choice == RESEND and found["answered_at"] + EVIDENCE_WINDOW > database_now():
        raise Invalid("mail.evidence_may_come", "choice")
    people = ACTS[choice](batch_id)
    details = {"batch": batch_id, "choice": choice, "people": people}
    kind = KINDS.get(found["purpose"], "organisation")
    subjects = sorted(found["abouts"]) if kind != "organisation" else [acting_organisation()]
    record(Entry(kind, subject, "mail.settled", by, details, {"reason": reason}) for subject in subjects)
    hint_after_commit(acting_organisation())
    return people


def settle_silence(notice_id: UUID, choice: str, reason: str, by: Actor) -> int:
    """A person settles that the last event of a notice's readers never came: `wait` another window, or
    `count_as_not_reached` and use the next channel. How many people it is about.

    Raises Invalid without a reason or for another choice; NotFound; AlreadyDone when there is nobody (any more).
    """
    _refuse_without(reason)
    _refuse_unless_among(SILENCE_CHOICES, choice)
    found = silence_to_settle(notice(notice_id).id)
    people = found.people
    if choice == COUNT_AS_NOT_REACHED:
        people = count_as_not_reached(notice_id)
    else:
        wait_longer(notice_id)
    details = {"choice": choice, "people": people, "batches": found.batches, "since": found.since}
    record([Entry("notice", notice_id, "mail.settled", by, details, {"reason": reason})])
    hint_after_commit(acting_organisation())
    return people


def tell_silences(organisation: UUID, most: int = MOST) -> int:
    """Mail the people of this organisation about notices with readers whose last event never came, of the `most` whose
    moment came first; how many notices."""
    with acting_for(organisation):
        looked_at = notices_to_look_at(most)
        found = [silence for silence in silences() if silence.notice_id in looked_at] if looked_at else []
        if found:
            people = sum(silence.people for silence in found)
            tell_of_silence(notice(found[0].notice_id).breach_id, people)
            record(Entry("notice", one.notice_id, "mail.unheard", SYSTEM, {"people": one.people}) for one in found)
        look_again(looked_at, [silence.notice_id for silence in found])
        return len(found)


def _refuse_without(reason: str) -> None:
    if not reason.strip():
        raise Invalid("field.reason_required", "reason")


def _refuse_unless_among(possible: tuple[str, ...], choice: str) -> None:
    if choice not in possible:
        raise Invalid("field.not_a_choice", "choice", choices=", ".join(possible))

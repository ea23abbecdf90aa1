"""Communication to data subjects (Art. 34): list, text with its four parts, approval by another, sending, following."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import object_session

from tenants.database import db
from tenants.errors import Invalid, NotAllowed
from tenants.files.parts import end_before
from tenants.history.entries import SYSTEM, Actor, Entry, record
from tenants.isolation import acting_organisation, database_now
from tenants.organisations.organisations import the_acting_organisation
from tenants.register.breaches import Breach
from tenants.register.notices import Notice, new_check_code, notice_of_breach, notices_by_id
from workflows.engine import advance
from workflows.engine.steps import RETURNED, Act, Approval, Clock, Heard, Human, Job, Nothing, Step, Workflow
from workflows.law import gdpr
from workflows.law.periods import Period
from workflows.mail.batches import Addressee, clear_recipients, is_to_be_planned, plan_notice, sums
from workflows.mail.limits import NOT_VERIFIED, Hold, held, hold
from workflows.mail.listing import add_recipients
from workflows.mail.reminding import remind_people
from workflows.mail.states import ON_THE_WAY, PLANNED
from workflows.mail.unconfirmed import UNCONFIRMED_AFTER
from workflows.mail.unmailed import Unmailed
from workflows.notice.notice_mail import filling_of
from workflows.notice.open_places import open_place_in
from workflows.notification.approved import changed, sends
from workflows.roles import MAY


@dataclass(frozen=True, kw_only=True)
class Recipients:
    """Art. 34(1): how many people of the stored list get mail. The list itself is too large for an act.

    `is_taken_back`: the list is blank again, because the file that it came from was taken back.
    """

    count: int
    is_taken_back: bool = False


@dataclass(frozen=True, kw_only=True)
class NoticeText:
    """Art. 34(2): the subject, and the four parts of gdpr.NOTICE_PARTS; None is a part that is missing."""

    subject: str
    nature: str | None = None
    contact: str | None = None
    consequences: str | None = None
    measures: str | None = None

    @property
    def parts(self) -> dict[str, str]:
        """The four parts by name; a missing one is blank."""
        return {part: getattr(self, part) or "" for part in gdpr.NOTICE_PARTS}


def store_recipients(notice: Notice, values: dict[str, Any], _: Actor) -> dict[str, Any]:
    """Replace the list of people by `recipients`; return how many of them get mail.

    The run is locked: of two lists at the same time the last one stands.

    An Addressee gets the notice as mail, one mail with who shares the address; an Unmailed is told in another way.
    Raises Invalid once the notice was approved.
    """
    _refuse_once_approved(notice)
    clear_recipients(notice.id)
    add_recipients(notice.id, values["recipients"])
    end_before(notice.id)  # the list that a file made is another one now, so nobody can undo that file
    is_taken_back = {"is_taken_back": True} if values.get("is_taken_back") else {}
    return {"count": sums(notice.id, "notice")[PLANNED], **is_taken_back}


def note_recipients(notice: Notice, act: Act[Recipients]) -> str | None:
    """Confirm the list as it stands: this list is to be approved. Raises Invalid for a list with nobody to mail."""
    _refuse_once_approved(notice)
    if act.values.is_taken_back:
        return RETURNED
    if not act.values.count:
        raise Invalid("notice.nobody", "recipients")
    return None


def write_text(notice: Notice, act: Act[NoticeText]) -> None:
    """Art. 34(2): store the text with its four parts. Raises Invalid for a missing part, and for an open place of the
    proposal (open_places.py), each at its own field."""
    _refuse_once_approved(notice)
    missing = gdpr.missing_notice_parts(act.values.parts)
    if missing:
        raise Invalid("notice.part_missing", missing[0], part=missing[0])
    for name, words in {"subject": act.values.subject, **act.values.parts}.items():
        if place := open_place_in(words):
            raise Invalid("notice.open_place", name, place=place)
    notice.subject, notice.prepared_by = act.values.subject, []
    for part, content in act.values.parts.items():
        setattr(notice, part, content)


def approve(notice: Notice, act: Act[Approval]) -> str | None:
    """Four eyes: another person agrees with text, list and sender, or returns the notice with what is wrong.

    Raises Invalid for a return without its reason, and for a missing part of the text; NotAllowed for whoever changed a
    setting that stands in it since it was written.
    """
    if not act.values.agrees:
        if not act.values.reason:
            raise Invalid("field.reason_required", "reason")
        return RETURNED
    _refuse_preparers(notice, act, "approve")
    missing = gdpr.missing_notice_parts(notice.parts)
    if missing:
        raise Invalid("notice.part_missing", missing[0], part=missing[0])
    notice.approved_at, notice.approved_on = act.at, _sends(notice)
    act.notes["rests_on"] = notice.approved_on
    if object_session(notice):
        end_before(notice.id)
    return None


def send(notices: list[Notice]) -> Iterable[UUID]:
    """Plan every recipient into batches; each batch is sent once.

    A notice that waits for a proof of the organisation, or for the operator, is written and not sent: its clock goes
    on, and its step is done when it is let go.
    """
    now, is_proven = database_now(), the_acting_organisation().verified_at is not None
    going = []
    for row in notices:
        if is_to_be_planned(row.id):
            why = hold("notice") if is_proven else Hold(NOT_VERIFIED, None)
            plan_notice(row.id, "notice", filling_of(row), row.locale, why)
            if why:
                record([Entry("notice", row.id, "notice.held", SYSTEM, {"why": why.held_for})])
        if held("notice", row.id) is None:
            row.sent_at, row.look_at = now, now + UNCONFIRMED_AFTER
            people = sum(sums(row.id, "notice").values())
            record([Entry("notice", row.id, "notice.sent", SYSTEM, {"sent_at": now, "people": people})])
            going.append(row.id)
    return going


def follow(notices: list[Notice]) -> Iterable[UUID]:
    """Return the notices whose every reader is accounted for: reached, or known to need another channel.

    A person decides about readers whose last event never comes (mail_decisions.py).
    """
    return [row.id for row in notices if not _on_the_way(row.id)]


def _on_the_way(notice_id: UUID) -> bool:
    readers = sums(notice_id, "notice")
    return any(readers[state] for state in ON_THE_WAY)


def without_undue_delay(notice: Notice) -> Period:
    """Art. 34(1) names no hours: return our own target, counted from the moment when the notice was begun."""
    return gdpr.people_period(notice.created_at)


def remind_of_notice(heard: list[Heard]) -> None:
    """Mail the people who can act that a notice must be sent."""
    remind_people("tell-people", heard)


def release(notice: Notice, act: Act[Nothing]) -> None:
    """Let the notice go, as a third person. Raises Invalid when text, list or sender is not as it was approved, and
    NotAllowed as `approve` does."""
    _refuse_preparers(notice, act, "release")
    if changed(notice.approved_on, _sends(notice)):
        raise Invalid("notice.not_as_approved")
    act.notes["sent_as"] = notice.approved_on


def _refuse_preparers(notice: Notice, act: Act[Any], step: str) -> None:
    if not act.alone and {act.by.id, act.by.for_id} & notice.preparers:
        raise NotAllowed("step.four_eyes", step=step)


def is_approved(notice: Notice) -> bool:
    """Whether the approval still stands: it is undone when what it rests on changes."""
    return notice.approved_at is not None


def _sends(notice: Notice) -> dict[str, str]:
    """Return the digests of what is sent. In memory there is no organisation that fills it."""
    return sends(notice, filling_of(notice) if object_session(notice) else {})


PREPARED = (
    Human(name="recipients", law="Art. 34(1)", by=MAY["recipients"], records=note_recipients, values=Recipients,
          again=True, undoes=frozenset({"approve"}), prepares=store_recipients),
    Human(name="text", law="Art. 34(2)", by=MAY["text"], records=write_text, values=NoticeText, again=True),
)  # fmt: skip
SENT = (Job(name="send", law="Art. 34(1)", does=send), Job(name="follow", law="Art. 34(1)", does=follow))


def _approved(*other_than: str) -> Human:
    return Human(
        name="approve", law="Art. 24", by=MAY["approve"], records=approve, values=Approval, other_than=other_than,
        fresh=True, returns_to="text", holds=is_approved, not_by_preparers=True,
    )  # fmt: skip


RELEASED = Human(
    name="release", law="Art. 34(1)", by=MAY["release"], records=release, fresh=True,
    other_than=("recipients", "text", "approve"), not_by_preparers=True,
)  # fmt: skip


def _definition(version: int, steps: tuple[Step, ...], earlier: tuple[Workflow, ...] = ()) -> Workflow:
    clock = Clock(
        name="tell-people", law="Art. 34(1)", until="send", period=without_undue_delay,
        remind=(timedelta(hours=24), timedelta(hours=4)), heard=remind_of_notice,
    )  # fmt: skip
    return Workflow(
        name="bulk_notice", law="Art. 34", subject_kind="notice", load=notices_by_id, clocks=(clock,), steps=steps,
        version=version, earlier=earlier,
    )  # fmt: skip


BULK_NOTICE = _definition(
    2, (*PREPARED, _approved("recipients", "text"), RELEASED, *SENT),
    earlier=(_definition(1, (*PREPARED, _approved("text"), *SENT)),),
)  # fmt: skip


def begin(breach: Breach, by: Actor = SYSTEM) -> Notice:
    """Begin the notice about this breach, once; its run begins with the list of people. The law demands it, so no
    person chose it."""
    existing = notice_of_breach(breach.id)
    if existing is not None:
        return existing
    new = Notice(
        organisation_id=acting_organisation(), breach_id=breach.id, check_code=new_check_code(),
        locale=the_acting_organisation().locale, created_at=database_now(), version=1,
    )  # fmt: skip
    db.session.add(new)
    db.session.flush()
    advance.begin(BULK_NOTICE, new)
    about = {"notice": new.id}
    record([Entry("breach", breach.id, "notice.begun", by, about), Entry("notice", new.id, "notice.begun", by)])
    return new


def begin_by_choice(breach: Breach, by: Actor) -> Notice:
    """Begin a notice that the law does not demand: telling people is never forbidden."""
    return begin(breach, by)


def upload_recipients(
    notice_id: UUID, people: Iterable[Addressee | Unmailed], by: Actor, role: str, version: int | None = None
) -> None:
    """Replace the list of people and confirm it as a step."""
    advance.complete(BULK_NOTICE, notice_id, "recipients", by, role, {"recipients": people}, version)


def take_back_recipients(notice_id: UUID, by: Actor, role: str) -> None:
    """Make the list blank again, so that its step waits for another one."""
    advance.complete(BULK_NOTICE, notice_id, "recipients", by, role, {"recipients": [], "is_taken_back": True})


def _refuse_once_approved(notice: Notice) -> None:
    """Refuse changes to what was approved. If its digests differ already, it is written and approved again."""
    if notice.approved_at is not None and not (notice.sent_at is None and changed(notice.approved_on, _sends(notice))):
        raise Invalid("notice.already_approved")
    notice.approved_at = notice.approved_on = None

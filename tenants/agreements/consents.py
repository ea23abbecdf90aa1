"""Consent: which processors the acting organisation accepts in its register, and which ask it to."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.driver_reads import as_text, rows_of
from tenants.history.entries import crossed
from tenants.isolation import acting_organisation

ASKED, ACCEPTED, REFUSED, ENDED = "asked", "accepted", "refused", "ended"
MINE = text("""
    select processor_id, name, state, how, at, register is not null as waits, messages from processors_of_mine()""")
WAITS_FOR_ME = """state = 'asked' or messages @> '[{"acknowledged_at": null}]'"""
IN_FULL = text("select processor_id, kvk_number, verified_at, agreements, incidents from requests_in_full()")
# state: of the processor whose register, or whose message, it is; null when it does not wait any more.
ASKED_OF_ME = text("""
    with mine as materialized (select state, register, messages from processors_of_mine())
    select a.id, a.office, a.title, a.found_at,
           (select m.state from mine m
             where m.register = a.id or m.messages @> jsonb_build_array(jsonb_build_object('breach_id', a.id)) limit 1)
      from asked_of_me(:ids) a""")
CONFIRM = text("select confirm_waiting(:breach, :name)")
ANSWER = text("select answer_processor(:processor, :answer, :by)")

CONFIRMED = as_text(text("""
    select controller_id from consent
     where processor_id = :office and state = :accepted and controller_id = any(cast(:controllers as uuid[]))"""))


class Consent(Record):
    """One controller's answer to one processor. `how` says how it was given: by the processor's link, when asked, or
    carried over from an earlier version."""

    __tablename__ = "consent"

    controller_id: Mapped[UUID] = mapped_column(primary_key=True)
    processor_id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str]
    how: Mapped[str]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]


@dataclass(frozen=True)
class StatedAgreement:
    """An agreement with the acting organisation, as an office states it. hours_to_notify None: "without undue delay";
    contacts in the order of writing; services: a service and the role of the office in it."""

    client_number: str
    controller_name: str
    hours_to_notify: int | None
    contacts: list[dict[str, str]]
    services: dict[str, str]
    in_force_from: date
    in_force_to: date | None


@dataclass(frozen=True)
class Request:
    """An office whose messages wait, and the oldest twenty agreements that it states with the acting organisation.

    `verified_at` is None when nothing was proven of the office; else its KvK number was.
    """

    kvk_number: str | None
    verified_at: datetime | None
    agreements: list[StatedAgreement]


@dataclass(frozen=True)
class Processor:
    """One processor of the acting organisation.

    `waits` says that it has a register of its own for this organisation, which moves here when the processor is
    accepted. `messages` are the breaches in that register, newest first, at most fifty.
    """

    processor_id: UUID
    name: str
    state: str
    how: str
    at: datetime
    waits: bool
    messages: list[dict[str, Any]]
    request: Request | None = None

    @property
    def has_unread(self) -> bool:
        """Whether the receipt of a message is not confirmed yet, whatever was answered before (Art. 33(1))."""
        return any(message["acknowledged_at"] is None for message in self.messages)

    @property
    def needs_somebody(self) -> bool:
        """Whether the processor waits for an answer, or a message of it for a reader."""
        return self.state == ASKED or self.has_unread

    @property
    def answers(self) -> tuple[str, ...]:
        """Return the answers that can be given now. The door answer_processor uses the same rule: can_be_answered in
        SQL."""
        if self.state == ACCEPTED:
            return (ENDED,)
        accepted = (ACCEPTED,) if self.waits else ()
        return (*accepted, REFUSED) if self.state in (ASKED, ENDED) else accepted


def processors() -> list[Processor]:
    """Return the acting organisation's processors by name: accepted, refused, ended, and asking. Only a verified
    organisation is asked."""
    return [Processor(*row) for row in db.session.execute(MINE)]


def processors_in_full() -> list[Processor]:
    """By name, with what each office states that can be accepted, and the office's reference of each message."""
    stated = {row.processor_id: row for row in db.session.execute(IN_FULL)}
    return [_in_full(row, stated[row.processor_id]) if row.processor_id in stated else row for row in processors()]


def _in_full(asking: Processor, row: Any) -> Processor:
    messages = [message | {"reference": row.incidents.get(message["breach_id"])} for message in asking.messages]
    agreements = [_stated(agreement) for agreement in row.agreements]
    return replace(asking, messages=messages, request=Request(row.kvk_number, row.verified_at, agreements))


def _stated(agreement: dict[str, Any]) -> StatedAgreement:
    until = agreement["in_force_to"]
    days = {
        "in_force_from": date.fromisoformat(agreement["in_force_from"]),
        "in_force_to": date.fromisoformat(until) if until else None,
    }
    return StatedAgreement(**agreement | days)


@dataclass(frozen=True)
class Asking:
    """What an office asked or wrote before the acting organisation accepted it.

    `title` and `found_at` are those of the breach that it wrote about, None when it asks to be accepted. `office` is
    None when it does not wait any more. `state` is the earlier answer.
    """

    id: UUID
    office: str | None = None
    title: str | None = None
    found_at: datetime | None = None
    state: str | None = None


def askings_by_id(ids: Iterable[UUID]) -> dict[UUID, Asking]:
    """Return what offices asked or wrote, by the id of their register or of the breach, in one query."""
    wanted = list(ids)
    askings = {row.id: Asking(*row) for row in db.session.execute(ASKED_OF_ME, {"ids": wanted})}
    return {wanted_id: askings.get(wanted_id, Asking(wanted_id)) for wanted_id in wanted}


def confirm_waiting(breach_id: UUID, by_name: str) -> datetime | None:
    """Confirm the receipt of a message that waits at an office. Returns the moment, or None when it was confirmed
    before."""
    moment: datetime | None = db.session.scalar(CONFIRM, {"breach": breach_id, "name": by_name})
    crossed()
    return moment


def confirmed_among(controllers: Iterable[UUID]) -> set[UUID]:
    """Return those of the acting office's clients that accepted it, in one query."""
    values = {"office": acting_organisation(), "accepted": ACCEPTED, "controllers": list(controllers)}
    return {controller for controller, in rows_of(CONFIRMED, values)}


def answer_processor(processor_id: UUID, answer: str, by_user: UUID | None) -> int | None:
    """Accept, refuse or end a processor. Returns how many breaches came along, or None when it cannot be answered
    so."""
    moved: int | None = db.session.scalar(ANSWER, {"processor": processor_id, "answer": answer, "by": by_user})
    crossed()
    return moved

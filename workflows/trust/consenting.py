"""An organisation answers a processor (Art. 28): it accepts it in its register, refuses it, or ends it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.agreements.consents import Processor, answer_processor, confirm_waiting, processors, processors_in_full
from tenants.errors import AlreadyDone, NotFound
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import acting_organisation, database_now
from workflows.accounts.seating import refuse_unless_seat_counts
from workflows.engine.hints import hint_after_commit
from workflows.law import gdpr


def processors_with_clocks() -> list[Processor]:
    """Return the processors by name. A waiting message has both ends of the period of Art. 33(1), once its office
    stated a moment.

    They are the ends of the clock in the register: `alarm_at`, which people see and are reminded of, and `due_at`.
    """
    rows = processors_in_full()
    for message in (message for each in rows for message in each.messages):
        message["alarm_at"], message["due_at"] = _ends(message["stated_aware_at"])
    return rows


def processors_to_see_to() -> list[Processor]:
    """Return the processors that wait for an answer or a reader, or with a waiting message whose term still runs, with
    its clock."""
    now = database_now()
    return [row for row in processors_with_clocks() if row.needs_somebody or running_messages(row, now)]


def running_messages(asking: Processor, now: datetime) -> list[dict[str, Any]]:
    """Return the messages of a processor with clocks whose period of Art. 33(1) runs at `now`, whatever was answered to
    it."""
    return [message for message in asking.messages if (until := message["alarm_at"]) and _moment(until) > now]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _ends(stated_at: str | None) -> tuple[str | None, str | None]:
    if stated_at is None:
        return None, None
    period = gdpr.authority_period(datetime.fromisoformat(stated_at))
    return period.alarm_at.isoformat(), period.due_at.isoformat()


def answer(processor_id: UUID, answered: str, by: Actor) -> int:
    """Accept, refuse or end a processor in one act. On acceptance everything that waited moves into the register.

    Returns how many breaches moved. Raises NotFound when this processor neither asks nor was accepted, AlreadyDone when
    it cannot be answered so (now), NotAllowed without a second factor of at most five minutes ago: what moves does not
    move back.
    """
    refuse_unless_seat_counts(by)
    asking = processor(processor_id)
    moved = answer_processor(processor_id, answered, by.id) if answered in asking.answers else None
    if moved is None:
        raise AlreadyDone("processor.answered")
    details = {"processor": asking.name, "processor_id": processor_id, "breaches": moved}
    record([Entry("organisation", acting_organisation(), f"consent.{answered}", by, details)])
    hint_after_commit(acting_organisation())
    return moved


def confirm_receipt(processor_id: UUID, breach_id: UUID, by: Actor) -> datetime:
    """Art. 33(2): confirm that the message arrived; it accepts nothing. Both histories record it. Returns the moment.

    Raises NotFound when this processor wrote no such message that waits, AlreadyDone when receipt is confirmed.
    """
    asking = processor(processor_id)
    message = next((candidate for candidate in asking.messages if candidate["breach_id"] == str(breach_id)), None)
    if message is None:
        raise NotFound("processor.no_message")
    moment = confirm_waiting(breach_id, by.name)
    if moment is None:
        raise AlreadyDone("processor.received")
    details = {"processor": asking.name, "processor_id": processor_id, "breach": breach_id, "title": message["title"]}
    record([Entry("organisation", acting_organisation(), "consent.receipt_confirmed", by, details)])
    hint_after_commit(processor_id)
    return moment


def processor(processor_id: UUID) -> Processor:
    """Return one processor of the acting organisation. Raises NotFound."""
    row = next((candidate for candidate in processors() if candidate.processor_id == processor_id), None)
    if row is None:
        raise NotFound("processor.unknown")
    return row

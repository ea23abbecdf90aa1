"""Delivery events from SendGrid's Event Webhook, already verified: kept once, in any order, as a set."""

import re
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from tenants.database import db
from tenants.history.entries import crossed
from workflows.mail.reasons import fit_to_keep

RECORD = text("select organisation_id from record_mail_events(cast(:events as jsonb))")
# Not open and click: who reads a statutory notice is not followed, even if the account's settings say so.
KEPT = frozenset(
    {
        *("processed", "deferred", "delivered", "bounce", "dropped"),
        *("spamreport", "unsubscribe", "group_unsubscribe", "group_resubscribe"),
    }
)
RETURNED = ("bounce", "dropped")
"""What the history of an office says of a contact."""
BLOCKED = "blocked"
"""The type of a bounce that says nothing of the address: the receiving server refuses for a while."""
LONGEST_ID = 100
OURS = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LAST_MOMENT = 253_402_300_799
"""The end of the year 9999: nothing was delivered after it."""


def record(events: list[dict[str, Any]]) -> list[UUID]:
    """Keep the events about our mail; return the organisations with something to look at. Inside acting_for_nobody."""
    ours = [kept for kept in map(_kept, events) if kept]
    if not ours:
        return []
    if any(event["event"] in RETURNED for event in ours):
        crossed()
    return list(db.session.scalars(RECORD, {"events": orjson.dumps(ours).decode()}))


def _kept(event: Any) -> dict[str, Any] | None:
    try:
        what, event_id, at = event["event"], event["sg_event_id"], event["timestamp"]
        reader, batch = event["m"], event["b"]
        if what not in KEPT or not (_is_id(event_id) and OURS.fullmatch(reader) and OURS.fullmatch(batch)):
            return None
        if not 0 <= at <= LAST_MOMENT:
            return None
        reason = str(event.get("reason") or event.get("response") or "")
        kind = BLOCKED if event.get("type") == BLOCKED else None
        return {"id": event_id, "m": reader, "b": batch, "event": what, "at": at, "type": kind,
                "reason": fit_to_keep(reason) or None}  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_ID and value.isascii() and value.isprintable()

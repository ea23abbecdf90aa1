"""Delivery events from SendGrid's Event Webhook, already verified: kept once, in any order, as a set."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from workflows.mail.reasons import fit_to_keep

RECORD = text("select organisation_id from record_mail_events(cast(:events as jsonb))")
# Not open and click: who reads a statutory notice is not followed, even if the account's settings say so.
KEPT = frozenset(
    {
        *("processed", "deferred", "delivered", "bounce", "dropped"),
        *("spamreport", "unsubscribe", "group_unsubscribe", "group_resubscribe"),
    }
)
LONGEST_ID = 100


def record(events: list[dict[str, Any]]) -> list[UUID]:
    """Inside acting_for_nobody: keep what is about our mail; the organisations with something to look at."""
    ours = [kept for kept in map(_kept, events) if kept]
    if not ours:
        return []
    return list(db.session.scalars(RECORD, {"events": json.dumps(ours)}))


def _kept(event: Any) -> dict[str, Any] | None:
    try:
        if event["event"] not in KEPT or not _is_id(event["sg_event_id"]):
            return None
        return {
            "id": event["sg_event_id"],
            "m": str(UUID(event["m"])),
            "b": str(UUID(event["b"])),
            "event": event["event"],
            "at": datetime.fromtimestamp(event["timestamp"], UTC).isoformat(),
            "reason": fit_to_keep(str(event.get("reason") or event.get("response") or "")) or None,
        }
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError):
        return None


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_ID and value.isascii() and value.isprintable()

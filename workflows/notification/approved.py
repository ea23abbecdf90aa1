"""What an approval rests on: a digest of each part, kept with it and compared before anything is sent (Art. 5(2), 24).

Facts that become known later (Art. 33(4)) are never held up: they are flagged, and somebody sees them before the form
is recorded as sent. Any other part that changes is put before the second person again.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from tenants.register.breaches import Breach
from tenants.register.notices import Notice
from workflows.notification.advising import digest_of

FLAGGED = "facts"
OF_BREACH: Mapping[str, tuple[str, ...]] = {
    "facts": ("facts", "people_min", "people_max", "financial_undertaking"),
    "description": ("title", "description", "cause", "consequences", "measures"),
    "moments": ("found_at", "happened_from", "happened_until", "became_aware_at", "aware_how", "terms"),
    "term": ("moved_term", "alarm_at", "due_at"),
    "assessment": ("risk", "risk_reason", "people_exception", "people_reason", "advice", "departure_reason",
                   "severity_answers", "enisa", "authority_severity", "edpb_severity"),
    "decision": ("decision", "decision_reason"),
    "answers": ("draft",),
}  # fmt: skip
"""The columns of a breach that its decision rests on, by part."""
OF_NOTICE: Mapping[str, tuple[str, ...]] = {
    "text": ("subject", "nature", "contact", "consequences", "measures"),
    "appearance": ("locale", "check_code"),
}
"""The columns of a notice that are sent. The list of people is another part, and so is what fills the mail."""


def rests_on(breach: Breach) -> dict[str, str]:
    """Return a digest of each part of what is decided about this breach."""
    parts = {part: _digest([getattr(breach, name) for name in names]) for part, names in OF_BREACH.items()}
    return parts | {FLAGGED: digest_of(breach)}


def sends(notice: Notice, filling: Mapping[str, str]) -> dict[str, str]:
    """Return a digest of each part of what this notice sends, and to whom.

    `filling` is all that fills its mail: the name of the sender, of the organisation, where an answer goes.
    """
    parts = {part: _digest([getattr(notice, name) for name in names]) for part, names in OF_NOTICE.items()}
    return parts | {"recipients": notice.list_digest() or "", "filling": _digest(sorted(filling.items()))}


def changed(approved: Mapping[str, str] | None, now: Mapping[str, str]) -> list[str]:
    """Return the parts that differ from what was approved; none for an approval from before these digests.

    A part that was no part yet when it was approved does not differ.
    """
    return [part for part, digest in now.items() if approved is not None and approved.get(part, digest) != digest]


def _digest(values: list[Any]) -> str:
    return sha256(json.dumps(values, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)

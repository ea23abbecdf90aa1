"""What becomes of a mail, told by its address: the part before the @, or a +tag in it, begins with a word.

bounce...   processed, bounce (type bounce); the next one is dropped: Bounced Address
blocked...  processed, bounce (type blocked); no list remembers it
drop...     dropped: Unsubscribed Address
defer...    processed, deferred, delivered two seconds later
spam...     processed, delivered, spamreport; the next one is dropped: Spam Reporting Address
others      processed, delivered
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DEFERRED_FOR = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One event of a mail: its kind, how many seconds after acceptance, and the fields only this kind has."""

    event: str
    after: float = 0.0
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """All that happens to one mail. ``end`` is what is true when it is over."""

    name: str
    end: str
    steps: tuple[Step, ...]
    suppressed_as: str | None = None


def _dropped(reason: str) -> Outcome:
    return Outcome("dropped", "dropped", (Step("dropped", 0.0, {"reason": reason, "status": "5.0.0"}),))


PROCESSED = Step("processed")
ACCEPTED_BY_HOST = {"response": "250 2.0.0 OK"}
NO_SUCH_MAILBOX = {
    "type": "bounce",
    "reason": "550 5.1.1 The email account that you tried to reach does not exist.",
    "status": "5.1.1",
    "bounce_classification": "Invalid Address",
}
REFUSED_BY_POLICY = {
    "type": "blocked",
    "reason": "550 5.7.1 Message refused by the policy of the receiving mail server.",
    "status": "5.7.1",
    "bounce_classification": "Reputation",
}
TRY_LATER = {"response": "451 4.7.1 Please try again later.", "attempt": "1"}

DELIVERED = Outcome("delivered", "delivered", (PROCESSED, Step("delivered", 0.0, ACCEPTED_BY_HOST)))
BY_WORD = {
    "bounce": Outcome(
        "bounce", "bounced", (PROCESSED, Step("bounce", 0.0, NO_SUCH_MAILBOX)), "Bounced Address"
    ),
    "blocked": Outcome("blocked", "bounced", (PROCESSED, Step("bounce", 0.0, REFUSED_BY_POLICY))),
    "drop": _dropped("Unsubscribed Address"),
    "defer": Outcome(
        "deferred",
        "delivered",
        (PROCESSED, Step("deferred", 0.0, TRY_LATER), Step("delivered", DEFERRED_FOR, ACCEPTED_BY_HOST)),
    ),
    "spam": Outcome(
        "spamreport", "delivered", (*DELIVERED.steps, Step("spamreport", 0.0)), "Spam Reporting Address"
    ),
}
# The word stands at the start of the address or of a +tag. The first such word counts.
ASKED = re.compile(rf"(?:^|\+)({'|'.join(BY_WORD)})")
SUPPRESSED = {reason: _dropped(reason) for reason in ("Bounced Address", "Spam Reporting Address")}
BYPASSES = {
    "Bounced Address": "bypass_bounce_management",
    "Spam Reporting Address": "bypass_spam_management",
}
NAMES = (DELIVERED.name, *dict.fromkeys(outcome.name for outcome in BY_WORD.values()))
ENDS = ("delivered", "bounced", "dropped")


def by_address(address: str) -> Outcome:
    """Return the outcome that this address asks for."""
    asked = ASKED.search(address.rpartition("@")[0].lower())
    return BY_WORD[asked[1]] if asked else DELIVERED


def suppressed(reason: str, mail: Mapping[str, Any]) -> Outcome | None:
    """Return the outcome "dropped" for this reason, unless the mail's own settings bypass that list."""
    settings = mail.get("mail_settings", {})
    for name in ("bypass_list_management", BYPASSES[reason]):
        if settings.get(name, {}).get("enable"):
            return None
    return SUPPRESSED[reason]

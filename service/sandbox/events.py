"""The events of a mail, in the form and with the signature of SendGrid's Event Webhook."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from typing import Any

import orjson

from service.sandbox.mailbox import Mailbox, Message

# One number stands for an event: the message's number combined with the step in its outcome.
STEPS = 4


def numbers_of(message: Message) -> range:
    """Return the numbers of all events of this message."""
    return range(message.number * STEPS, message.number * STEPS + len(message.outcome.steps))


def happens_at(message: Message, event: int) -> float:
    """Return the moment (epoch, in seconds) when this event of the message takes place."""
    return message.request.send_at + message.outcome.steps[event % STEPS].after


def as_body(mailbox: Mailbox, events: Iterable[int]) -> bytes:
    """Return the raw body of one POST, one event a line, so a receiver that verifies a re-serialised body fails."""
    lines = (orjson.dumps(event_of(mailbox.messages[event // STEPS - 1], event)) for event in events)
    return b"[" + b",\r\n".join(lines) + b"]\r\n"


def event_of(message: Message, event: int) -> dict[str, Any]:
    """Return one event. Custom args stand beside SendGrid's own keys, which have priority."""
    step = message.outcome.steps[event % STEPS]
    message_id = message.request.message_id
    return {
        **orjson.loads(message.extra),
        "email": message.address,
        "timestamp": int(happens_at(message, event)),
        "smtp-id": f"<{message_id}@sandbox>",
        "event": step.event,
        "sg_event_id": _event_id(message_id, message.place, event % STEPS),
        "sg_message_id": f"{message_id}.filter-sandbox-{message.place}.0",
        **step.fields,
    }


def _event_id(message_id: str, place: int, step: int) -> str:
    """Return the id of an event. It is the same after a restart, so a receiver can recognise a duplicate."""
    digest = hashlib.sha256(f"{message_id}/{place}/{step}".encode()).digest()
    return urlsafe_b64encode(digest[:18]).decode()

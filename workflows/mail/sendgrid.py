"""SendGrid's v3 mail/send: one request in one deadline, and an answer always.

Not by SendGrid's library: that has no deadline for a whole exchange, and writes keys and addresses to the log.
"""

import json
import time
from datetime import UTC, datetime
from http.client import HTTPMessage
from typing import Any

import orjson

from workflows.mail.reasons import fit_to_keep
from workflows.mail.sender import Accepted, Answer, Mail, Person, Rejected, Stopped, TryAgain, Unknown
from workflows.mail.sender_names import without_signs
from workflows.outside.exchanges import Deadline, NotSent, Question, ask

NO_TRACKING = {
    "click_tracking": {"enable": False, "enable_text": False},
    "open_tracking": {"enable": False},
    "subscription_tracking": {"enable": False},
    "ganalytics": {"enable": False},
}
SEND = "/v3/mail/send"
MOST_BYTES = 1024 * 1024
"""The most bytes of an answer: a refusal names each address that it is about."""
TIMEOUT_S = 8.0
"""Seconds for one exchange: a worker that is asked to stop has ten, and what it sent must be answered by then."""


class SendGridSender:
    """Sends through SendGrid, or whatever speaks like it at `host` (the EU's, the sandbox)."""

    def __init__(
        self, api_key: str, host: str, from_address: str, from_name: str, timeout_s: float = TIMEOUT_S
    ) -> None:
        if not api_key or not host:
            raise ValueError("SendGrid needs a key and a host")
        self._api_key = api_key
        self._host = host.rstrip("/")
        self._from = {"email": from_address, "name": from_name}
        self._timeout_s = timeout_s

    def send(self, mail: Mail) -> Answer:
        """Send one request, once. A failure before any byte was sent may be tried again; after that the outcome is
        unknown."""
        headers = {"Authorization": f"Bearer {self._api_key}", "Content-Type": "application/json"}
        question = Question("POST", self._host + SEND, orjson.dumps(self.request(mail)), headers)
        try:
            reply = ask(question, Deadline(time.monotonic() + self._timeout_s, MOST_BYTES))
        except NotSent:
            return TryAgain()
        except Exception as error:
            return Unknown(type(error).__name__)
        if reply.status == 202:
            return Accepted(reply.headers.get("X-Message-Id", ""))
        return _refused(reply.status, reply.headers, reply.body)

    def request(self, mail: Mail) -> dict[str, Any]:
        request: dict[str, Any] = {
            "personalizations": [_personalization(person) for person in mail.people],
            "from": self._from_of(mail),
            "subject": mail.subject,
            "content": [
                {"type": "text/plain", "value": mail.text},
                {"type": "text/html", "value": mail.html},
            ],
            "tracking_settings": NO_TRACKING,
        }
        return request | ({"reply_to": {"email": mail.reply_to}} if mail.reply_to else {})

    def _from_of(self, mail: Mail) -> dict[str, str]:
        """Return the sender as the reader sees it: people know the organisation, and the service after it."""
        if not mail.on_behalf_of:
            return self._from
        return self._from | {"name": f"{without_signs(mail.on_behalf_of)} via {self._from['name']}"}


def _personalization(person: Person) -> dict[str, Any]:
    name = without_signs(person.name)  # the salutation is as it was written
    reader = {"email": person.address} | ({"name": name} if name else {})
    return {"to": [reader], "substitutions": person.substitutions, "custom_args": person.custom}


def _refused(status: int, headers: HTTPMessage, body: bytes) -> Answer:
    if status >= 500 or status < 400:
        return Unknown(f"status {status}")
    if status == 429:
        return TryAgain(_moment(headers.get("X-RateLimit-Reset")))
    errors = _errors(body)
    reason = fit_to_keep("; ".join(str(error.get("message")) for error in errors)) or f"status {status}"
    if status == 400 and _about_readers(errors):
        return Rejected(status, reason)
    return Stopped(status, reason)


def _about_readers(errors: list[dict[str, Any]]) -> bool:
    """Whether the refusal is about readers. If it is about the mail itself alone, halving the batch finds no reader at
    fault."""
    fields = [str(error.get("field") or "personalizations") for error in errors]
    return not fields or any(field.startswith("personalizations") for field in fields)


def _errors(body: bytes) -> list[dict[str, Any]]:
    try:
        return [error for error in json.loads(body)["errors"] if isinstance(error, dict)]
    except (ValueError, KeyError, TypeError):
        return []


def _moment(reset: str | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(reset or "nan"), UTC)
    except (ValueError, OverflowError, OSError):
        return None

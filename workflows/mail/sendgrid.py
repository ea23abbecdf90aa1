"""SendGrid's v3 mail/send, with what the library lacks: a time limit, silence in the logs, an answer always.

A new client for every batch: the library keeps headers on the client, and no connection anyway.
"""

import json
import logging
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from socket import gaierror
from typing import Any
from urllib.error import URLError

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from workflows.mail.reasons import fit_to_keep
from workflows.mail.sender import Accepted, Answer, Mail, Person, Rejected, Stopped, TryAgain, Unknown

NO_TRACKING = {
    "click_tracking": {"enable": False, "enable_text": False},
    "open_tracking": {"enable": False},
    "subscription_tracking": {"enable": False},
    "ganalytics": {"enable": False},
}
# Nothing was said to SendGrid yet when one of these happened.
BEFORE_THE_REQUEST = (ConnectionRefusedError, gaierror, ssl.SSLCertVerificationError)

# At DEBUG the library writes the key and all addresses to the log; a filter holds, whatever level is set.
logging.getLogger("python_http_client.client").addFilter(lambda record: record.levelno >= logging.WARNING)


TIMEOUT_S = 8.0
"""Seconds for one request: a worker that is asked to stop has ten, and what it sent must have its answer by then."""


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
        """One request, once."""
        client = SendGridAPIClient(api_key=self._api_key, host=self._host)
        client.client.timeout = self._timeout_s
        try:
            response = client.send(self.request(mail))
        except HTTPError as refusal:
            return _refused(refusal.status_code, refusal.headers or {}, refusal.body or b"")
        except URLError as error:
            before = isinstance(error.reason, BEFORE_THE_REQUEST)
            return TryAgain() if before else Unknown(type(error.reason).__name__)
        except Exception as error:
            return Unknown(type(error).__name__)
        if response.status_code != 202:
            return Unknown(f"status {response.status_code}")
        return Accepted(response.headers.get("X-Message-Id", ""))

    def request(self, mail: Mail) -> dict[str, Any]:
        request: dict[str, Any] = {
            "personalizations": [_personalization(person) for person in mail.people],
            "from": self._from,
            "subject": mail.subject,
            "content": [
                {"type": "text/plain", "value": mail.text},
                {"type": "text/html", "value": mail.html},
            ],
            "tracking_settings": NO_TRACKING,
        }
        return request | ({"reply_to": {"email": mail.reply_to}} if mail.reply_to else {})


def _personalization(person: Person) -> dict[str, Any]:
    # SendGrid takes no comma or semicolon in a name.
    name = " ".join(person.name.replace(",", " ").replace(";", " ").split())
    reader = {"email": person.address} | ({"name": name} if name else {})
    return {"to": [reader], "substitutions": person.substitutions, "custom_args": person.custom}


def _refused(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
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
    """False when only the mail itself is at fault: then no splitting would find a reader to blame."""
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

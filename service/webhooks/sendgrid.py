"""SendGrid's Event Webhook: check the signature over the raw body, and record the events."""

import binascii
import logging
import re
from typing import Any

import orjson
from flask import Blueprint, request
from sendgrid.helpers.eventwebhook import EventWebhook
from sendgrid.helpers.eventwebhook.eventwebhook_header import EventWebhookHeader
from werkzeug.exceptions import BadRequest, Unauthorized

from service.admission.access import public
from tenants.isolation import after_commit, database_now
from workflows.engine.hints import hint_now
from workflows.mail.events import record

log = logging.getLogger(__name__)
SECONDS = re.compile("[0-9]{1,12}")
A_DAY_S = 24 * 3600
LARGEST_BODY = 5 * 1024 * 1024


def blueprint(public_keys: tuple[str, ...]) -> Blueprint:
    """Make the route with these keys; there are several while a key is replaced. An invalid key stops the start."""
    verifiers = [EventWebhook(key) for key in public_keys]
    routes = Blueprint("webhooks", __name__, url_prefix="/webhooks")

    @routes.post("/sendgrid")
    @public
    def take_events() -> tuple[str, int]:
        """Store the events, and wake the workers."""
        organisations = record(_events(_signed_body(verifiers)))
        after_commit(lambda: hint_now(organisations))
        return "", 204

    return routes


def _signed_body(verifiers: list[EventWebhook]) -> str:
    request.max_content_length = LARGEST_BODY
    raw = request.get_data(cache=False)
    signature = request.headers.get(EventWebhookHeader.SIGNATURE)
    timestamp = request.headers.get(EventWebhookHeader.TIMESTAMP)
    if not signature or not timestamp:
        raise Unauthorized()
    try:
        body = raw.decode()
    except UnicodeDecodeError as error:
        raise BadRequest() from error
    if not any(_is_signed(verifier, body, signature, timestamp) for verifier in verifiers):
        raise Unauthorized()
    if not _is_recent(timestamp):
        log.warning("signed events of another day were refused")
        raise Unauthorized()
    return body


def _is_recent(timestamp: str) -> bool:
    """Return whether the post is at most a day old by the database's clock. An older post may be a repetition."""
    if not SECONDS.fullmatch(timestamp):
        return False
    return abs(float(timestamp) - database_now().timestamp()) <= A_DAY_S


def _is_signed(verifier: EventWebhook, body: str, signature: str, timestamp: str) -> bool:
    try:
        return bool(verifier.verify_signature(body, signature, timestamp))
    except (binascii.Error, ValueError):
        return False


def _events(body: str) -> list[dict[str, Any]]:
    try:
        events = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest() from error
    if not isinstance(events, list):
        raise BadRequest()
    return events

"""Settings and counters for tests and trials. SendGrid has nothing like them."""

from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Blueprint, Response, request

from service.sandbox.answers import error, refusal
from service.sandbox.faults import fault_errors
from service.sandbox.mailbox import Message
from service.sandbox.state import sandbox

blueprint = Blueprint("control", __name__, url_prefix="/sandbox")

USUAL_PAGE, LARGEST_PAGE = 100, 1000


@blueprint.get("/faults")
def faults() -> Response:
    """Return the failures that are still to come."""
    return _json(sandbox().faults.as_json())


@blueprint.put("/faults")
def set_faults() -> Response:
    """Replace the failures. faults.py describes the words."""
    try:
        wanted = orjson.loads(request.get_data())
    except orjson.JSONDecodeError:
        return refusal(400, [error("The body is not JSON.")])
    errors = fault_errors(wanted)
    if errors:
        return refusal(400, errors)
    sandbox().faults.replace(wanted)
    return faults()


@blueprint.delete("/faults")
def clear_faults() -> Response:
    """Clear all failures."""
    sandbox().faults.replace({})
    return Response(status=204)


@blueprint.get("/log")
def log() -> Response:
    """Return the sums. addresses_twice: who got one mail (same subject, same custom arg n) more than once."""
    return _json({**sandbox().mailbox.summary(), "events": sandbox().courier.counts()})


@blueprint.get("/messages")
def messages() -> Response:
    """Return mail as its readers see it, oldest first, after a number; filtered by exact address and subject."""
    after, limit = request.args.get("after", 0, int), request.args.get("limit", USUAL_PAGE, int)
    to, subject = request.args.get("to", ""), request.args.get("subject", "")
    mailbox = sandbox().mailbox
    matching = mailbox.to_address(to) if to else iter(mailbox.messages[max(0, after) :])
    hits = (m for m in matching if m.number > after and subject in ("", m.subject))
    page = [hit for hit, _ in zip(hits, range(max(1, min(limit, LARGEST_PAGE))), strict=False)]
    return _json([as_json(message) for message in page])


def as_json(message: Message) -> dict[str, Any]:
    """Return one message as JSON."""
    read = sandbox().mailbox.read(message)
    at = datetime.fromtimestamp(message.request.at, UTC).isoformat()
    return {
        "id": message.number,
        "message_id": message.request.message_id,
        "at": at,
        "outcome": message.outcome.name,
        **read,
    }


def _json(value: Any) -> Response:
    return Response(orjson.dumps(value), mimetype="application/json")

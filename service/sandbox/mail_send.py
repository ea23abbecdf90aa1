"""POST /v3/mail/send, answered as SendGrid does: 202 only when the mail is safe on the disk."""

import hmac
import select
import socket
import time
from typing import Any

import orjson
from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from service.sandbox.answers import error, refusal, too_many
from service.sandbox.faults import FaultRule
from service.sandbox.rules import errors_in
from service.sandbox.state import sandbox

blueprint = Blueprint("v3", __name__, url_prefix="/v3")

MAY_SEND = "mail.send"
MOST_THROWN_AWAY = 128 * 1024 * 1024
PIECE = 1024 * 1024


@blueprint.before_request
def read_it_all() -> None:
    """Read the whole body first. Otherwise the sender would get a broken pipe instead of an answer."""
    try:
        request.get_data()
    except RequestEntityTooLarge:
        source = request.environ["wsgi.input"]
        left = MOST_THROWN_AWAY
        while left > 0 and (piece := source.read(PIECE)):
            left -= len(piece)
        raise


@blueprint.before_request
def require_key() -> Response | None:
    """Refuse a sender without the API key."""
    header = request.headers.get("Authorization", "")
    if not header:
        return refusal(401, [error("authorization required")])
    wanted = f"Bearer {sandbox().settings.api_key}"
    return None if hmac.compare_digest(header.encode(), wanted.encode()) else refusal(401)


@blueprint.post("/mail/send")
def send() -> Response:
    """Accept mail for up to 1,000 people, or say which field is wrong."""
    if MAY_SEND not in sandbox().account.scopes:
        return refusal(403)
    body = request.get_data()
    fault = sandbox().faults.take()
    if fault and not fault.accepts:
        return _fail(fault)
    refused = _refused(body)
    if refused:
        if fault:
            sandbox().faults.give_back(fault)
        return refused
    return _accept(orjson.loads(body), fault)


def _refused(body: bytes) -> Response | None:
    if request.mimetype != "application/json":
        return refusal(415)
    try:
        mail = orjson.loads(body)
    except orjson.JSONDecodeError:
        return refusal(400)
    errors = errors_in(mail)
    return refusal(400, errors) if errors else None


def _accept(mail: dict[str, Any], fault: FaultRule | None) -> Response:
    if mail.get("mail_settings", {}).get("sandbox_mode", {}).get("enable"):
        return Response(status=200)
    messages = sandbox().mailbox.accept(mail)
    sandbox().courier.bring(messages)
    if fault:
        failed = _fail_after(fault)
        if failed:
            return failed
    answer = Response(status=202)
    answer.headers["X-Message-Id"] = messages[0].request.message_id
    return answer


def _fail(fault: FaultRule) -> Response:
    if fault.kind == "drop_before_accepting":
        return _drop_connection()
    if fault.kind == "429":
        return too_many(fault.reset_in)
    return refusal(int(fault.kind))


def _fail_after(fault: FaultRule) -> Response | None:
    if fault.kind == "slow":
        time.sleep(fault.seconds)
        return None
    if fault.kind == "500_after_accepting":
        return refusal(500)
    if fault.kind == "timeout_after_accepting":
        # A readable connection means that the sender closed it, because nothing follows a request.
        select.select([_connection()], [], [], fault.seconds)
    return _drop_connection()


def _drop_connection() -> Response:
    _connection().shutdown(socket.SHUT_RDWR)
    # gunicorn finds the socket closed when it writes this, and logs nothing.
    return Response(status=500)


def _connection() -> socket.socket:
    return request.environ["gunicorn.socket"]

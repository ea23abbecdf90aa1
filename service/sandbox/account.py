"""What SendGrid's API tells about an account: what its key may do, who may send, where its events go.

`PUT /sandbox/account` changes it for a test, with the same names as the dataclass Account.
"""

import base64
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from cryptography.hazmat.primitives import serialization
from flask import Blueprint, Response, request

from service.sandbox.answers import error, refusal
from service.sandbox.keys import ensure_private_key
from service.sandbox.mail_send import MAY_SEND, require_key
from service.sandbox.settings import SandboxSettings
from service.sandbox.state import sandbox

blueprint = Blueprint("account", __name__, url_prefix="/v3")
blueprint.before_request(require_key)
control = Blueprint("account_control", __name__, url_prefix="/sandbox")
HOOKS, DOMAINS, SENDERS = "user.webhooks.event.settings.read", "whitelabel.read", "sender_verification_eligible"
SCOPES = (MAY_SEND, HOOKS, DOMAINS, SENDERS)
HOOK_ID = "77d4a5da-7015-11ed-a1eb-0242ac120002"


@dataclass(slots=True)
class Account:
    """One account: `senders` are verified addresses, `domains` authenticated ones; `hook_key` signs the events."""

    scopes: list[str]
    senders: list[str]
    domains: list[str]
    hook_url: str
    hook_enabled: bool
    hook_key: str


def new_account(settings: SandboxSettings) -> Account:
    """Return an account that is set up right for the product that these settings are of."""
    senders = [settings.mail_from] if settings.mail_from else []
    key = ensure_private_key(settings.private_key_path).public_key()
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    url = settings.webhook_url or ""
    return Account(list(SCOPES), senders, [], url, bool(url), base64.b64encode(der).decode())


@blueprint.get("/scopes")
def scopes() -> Response:
    """Return what the key may do. Callers use it to check that the sandbox runs and that the key is right."""
    return _json({"scopes": sandbox().account.scopes})


@blueprint.get("/verified_senders")
def verified_senders() -> Response:
    """Return every address that was verified by itself."""
    rows = [{"id": number, "from_email": address, "verified": True, "locked": False}
            for number, address in enumerate(sandbox().account.senders, 1)]  # fmt: skip
    return _if_allowed(SENDERS, lambda: {"results": rows})


@blueprint.get("/whitelabel/domains")
def domains() -> Response:
    """Return every domain that was authenticated."""
    rows = [{"id": number, "domain": name, "valid": True, "legacy": False, "default": number == 1}
            for number, name in enumerate(sandbox().account.domains, 1)]  # fmt: skip
    return _if_allowed(DOMAINS, lambda: rows)


@blueprint.get("/user/webhooks/event/settings/all")
def hooks() -> Response:
    """Return all Event Webhooks. One that signs has its public key beside it."""
    return _if_allowed(HOOKS, lambda: {"max_allowed": 5, "webhooks": [_hook()] if sandbox().account.hook_url else []})


@blueprint.get("/user/webhooks/event/settings")
@blueprint.get("/user/webhooks/event/settings/<hook_id>")
def hook(hook_id: str = HOOK_ID) -> Response:
    """Return one Event Webhook; without an id the oldest."""
    return _one(hook_id, _hook)


@blueprint.get("/user/webhooks/event/settings/signed")
@blueprint.get("/user/webhooks/event/settings/signed/<hook_id>")
def signed(hook_id: str = HOOK_ID) -> Response:
    """Return the public key of one Event Webhook; without an id that of the oldest. It is blank when none signs."""
    return _one(hook_id, lambda: {"id": hook_id, "public_key": sandbox().account.hook_key})


@control.put("/account")
def change() -> Response:
    """Change the named parts of the account; the others stay."""
    wanted, account = orjson.loads(request.get_data()), sandbox().account
    strange = set(wanted) - set(asdict(account))
    if strange:
        return refusal(400, [error(f"There is no {name}.", name) for name in sorted(strange)])
    for name, value in wanted.items():
        setattr(account, name, value)
    return _json(asdict(account))


def _hook() -> dict[str, Any]:
    account = sandbox().account
    events = ("delivered", "processed", "dropped", "bounce", "deferred", "spam_report")
    row = {"id": HOOK_ID, "enabled": account.hook_enabled, "url": account.hook_url, **dict.fromkeys(events, True)}
    return row | ({"public_key": account.hook_key} if account.hook_key else {})


def _one(hook_id: str, row: Callable[[], dict[str, Any]]) -> Response:
    if hook_id != HOOK_ID or not sandbox().account.hook_url:
        return refusal(404, [error("Invalid id provided.")])
    return _if_allowed(HOOKS, row)


def _if_allowed(scope: str, answer: Callable[[], Any]) -> Response:
    return _json(answer()) if scope in sandbox().account.scopes else refusal(403)


def _json(value: Any) -> Response:
    return Response(orjson.dumps(value), mimetype="application/json")

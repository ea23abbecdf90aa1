"""SendGrid, at the host that is set: does it take the key, is the sender verified, and do its events come back to us?
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from service.config import Config
from service.doctor.asking import Heard, get
from service.doctor.findings import Finding, ok, unknown, wrong

SEND = "mail.send"
HOOK = "/webhooks/sendgrid"
HOOKS = "/v3/user/webhooks/event/settings"


def check_sendgrid(config: Config) -> Iterator[Finding]:
    """Ask what the key may do, who may send, and where events go. A key that may not ask that leaves it unknown."""
    scopes = _asked(config, "/v3/scopes")
    if scopes.status != 200:
        yield _no_answer(config, scopes)
        return
    if SEND not in _list(scopes.json(), "scopes"):
        yield wrong("key.may_not_send")
        return
    yield ok("key.sends", host=_host(config))
    yield _sender(config)
    yield from _webhook(config)


def _host(config: Config) -> str:
    """Return the host alone: a key may stand in any other part of the address."""
    return urlsplit(config.sendgrid_host).hostname or ""


def _asked(config: Config, path: str) -> Heard:
    return get(config.sendgrid_host + path, {"Authorization": f"Bearer {config.sendgrid_api_key}"})


def _no_answer(config: Config, heard: Heard) -> Finding:
    if not heard.status:
        return wrong("key.silent", host=_host(config), fault=heard.fault)
    if heard.status == 401:
        return wrong("key.refused", host=_host(config))
    if heard.status == 403:
        return wrong("key.may_not_send")
    return unknown("key.status", host=_host(config), status=heard.status)


def _sender(config: Config) -> Finding:
    """Return whether the sender's address is verified, or its domain authenticated: one of both is enough."""
    address = config.mail_from.lower()
    senders, domains = _asked(config, "/v3/verified_senders"), _asked(config, "/v3/whitelabel/domains")
    single = any(row.get("verified") and str(row.get("from_email")).lower() == address
                 for row in _rows(senders.json(), "results"))  # fmt: skip
    domain = address.rpartition("@")[2]
    whole = any(row.get("valid") and _is_within(domain, str(row.get("domain")).lower())
                for row in _rows(domains.json(), ""))  # fmt: skip
    if single or whole:
        return ok("sender.verified", address=config.mail_from)
    if senders.status == domains.status == 200:
        return wrong("sender.not_verified", address=config.mail_from)
    return unknown("sender.may_not_look", address=config.mail_from)


def _is_within(domain: str, authenticated: str) -> bool:
    return domain == authenticated or domain.endswith(f".{authenticated}")


def _webhook(config: Config) -> Iterator[Finding]:
    url = config.base_url + HOOK
    heard = _asked(config, f"{HOOKS}/all")
    if heard.status != 200:
        yield unknown("webhook.may_not_look", url=url)
        return
    hooks = [hook for hook in _rows(heard.json(), "webhooks") if str(hook.get("url")).rstrip("/") == url]
    if not hooks:
        yield wrong("webhook.none", url=url)
    elif not any(hook.get("enabled") for hook in hooks):
        yield wrong("webhook.off", url=url)
    else:
        yield ok("webhook.on", url=url)
    for hook in hooks[:1]:
        yield _signing_key(config, hook)


def _signing_key(config: Config, hook: dict[str, Any]) -> Finding:
    key = hook.get("public_key")
    if not key:
        heard = _asked(config, f"{HOOKS}/signed/{hook.get('id')}")
        key = _object(heard.json()).get("public_key") if heard.status == 200 else None
        if heard.status not in (200, 404):
            return unknown("signature.may_not_look")
    if not key:
        return wrong("signature.off")
    return ok("signature.known") if key in config.sendgrid_webhook_public_keys else wrong("signature.other_key")


def _rows(answer: Any, name: str) -> list[dict[str, Any]]:
    """Return the objects in the list at this name of an answer, or in the answer itself."""
    return [row for row in _list(answer, name) if isinstance(row, dict)]


def _list(answer: Any, name: str) -> list[Any]:
    """Return the list at this name of an answer, or the answer itself; empty when it is no list."""
    rows = answer.get(name) if name and isinstance(answer, dict) else answer
    return rows if isinstance(rows, list) else []


def _object(answer: Any) -> dict[str, Any]:
    """Return an answer that is an object; any other answer says nothing."""
    return answer if isinstance(answer, dict) else {}

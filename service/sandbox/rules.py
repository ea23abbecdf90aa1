"""The rules of the real mail/send that its OpenAPI file lacks. Each yields errors that name the field."""

import re
import time
from collections.abc import Iterator
from typing import Any

import orjson

from service.sandbox.answers import Error, error
from service.sandbox.reading import Mail, custom_args_of, kind_of, readers
from service.sandbox.schema import NEEDS_PERSONALIZATION, NEEDS_TO, schema_errors

MOST_RECIPIENTS = 1000
MOST_BYTES = 10_000
FURTHEST_AHEAD = 72 * 3600
# RFC 5321: 64 octets before the @, and 254 in all.
WORD = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
MAILBOX = re.compile(rf"(?=.{{1,254}}\Z){WORD}(\.{WORD})*@(?P<host>.+)", re.I | re.A)
HOST = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])\Z", re.I | re.A)
OWN_HEADERS = frozenset((
    "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding",
    "to", "from", "subject", "reply-to", "cc", "bcc",
))  # fmt: skip
SPECIAL = re.compile(r'[()<>\[\]:@"\\]')
"""Signs that make another address of a display name (RFC 5322). This is stricter than SendGrid says."""
TOO_MANY = "There is a limit of 1000 total recipients (to + cc + bcc) per request."
TOO_MANY_BYTES = "The total size of your {} may not exceed 10,000 bytes per personalization object."
WRONG_ORDER = "If present, text/plain and text/html must be the first content, in this order."
NO_TEMPLATES = "The template_id was not found. This sandbox keeps no templates: send content."
INVALID = "Does not contain a valid address."
NOT_UNIQUE = (
    "Each email address in the personalization block should be unique between to, cc, and bcc. "
    "We found the first duplicate instance of [{}] in the {} field."
)
NEEDS_SUBJECT = (
    "The subject is required. You can get around this requirement if you use a template with a subject "
    "defined or if every personalization has a subject defined."
)
NEEDS_CONTENT = (
    "Unless a valid template_id is provided, the content parameter is required. There must be at least one "
    "defined content block. We typically suggest both text/plain and text/html blocks are included, but only "
    "one block is required."
)


def errors_in(mail: Any) -> list[Error]:
    """Return every reason why SendGrid would refuse this request; empty when it would accept it."""
    errors = schema_errors(mail)
    return errors or [problem for rule in RULES for problem in rule(mail)]


def is_address(value: str) -> bool:
    """Return whether SendGrid accepts this as an address (ASCII, a host with a dot)."""
    hit = MAILBOX.match(value)
    return hit is not None and value.index("@") <= 64 and HOST.match(hit["host"]) is not None


def _recipients(mail: Mail) -> Iterator[Error]:
    if not mail["personalizations"]:
        yield error(NEEDS_PERSONALIZATION, "personalizations")
    for index, personalization in enumerate(mail["personalizations"]):
        if not personalization["to"]:
            yield error(NEEDS_TO, f"personalizations.{index}.to")
    if sum(1 for _ in readers(mail)) > MOST_RECIPIENTS:
        yield error(TOO_MANY, "personalizations")


def _addresses(mail: Mail) -> Iterator[Error]:
    for _, reader, field in readers(mail):
        if not is_address(reader["email"]):
            yield error(INVALID, f"{field}.email")
        if set(reader.get("name") or "") & {",", ";"}:
            yield error("The name may not contain a comma or a semicolon.", f"{field}.name")
        elif SPECIAL.search(reader.get("name") or ""):
            yield error("The name holds a sign that stands for an address. Leave it out.", f"{field}.name")


def _once(mail: Mail) -> Iterator[Error]:
    seen = set()
    for _, reader, field in readers(mail):
        key = reader["email"].lower()
        if key in seen:
            yield error(NOT_UNIQUE.format(reader["email"], field.rpartition(".")[0]), field)
        seen.add(key)


def _sender(mail: Mail) -> Iterator[Error]:
    for prefix, holder in _holders(mail):
        if "from" in holder and not is_address(holder["from"]["email"]):
            yield error(INVALID, f"{prefix}from.email")


def _reply_to(mail: Mail) -> Iterator[Error]:
    if "reply_to" in mail and "reply_to_list" in mail:
        yield error("Use either reply_to or reply_to_list, not both.", "reply_to_list")
    if "reply_to" in mail and not is_address(mail["reply_to"]["email"]):
        yield error(INVALID, "reply_to.email")
    for place, reader in enumerate(mail.get("reply_to_list", ())):
        if not is_address(reader["email"]):
            yield error(INVALID, f"reply_to_list.{place}.email")


def _subject(mail: Mail) -> Iterator[Error]:
    if not mail.get("subject") and not all(p.get("subject") for p in mail["personalizations"]):
        yield error(NEEDS_SUBJECT, "subject")


def _content(mail: Mail) -> Iterator[Error]:
    if mail.get("template_id"):
        yield error(NO_TEMPLATES, "template_id")
    elif not mail.get("content"):
        yield error(NEEDS_CONTENT, "content")
    kinds = [kind_of(part) for part in mail.get("content", ())]
    order = [kind for kind in ("text/plain", "text/html") if kind in kinds]
    if kinds[: len(order)] != order:
        yield error(WRONG_ORDER, "content")


def _custom_args(mail: Mail) -> Iterator[Error]:
    for index, personalization in enumerate(mail["personalizations"]):
        field = f"personalizations.{index}.custom_args" if "custom_args" in personalization else "custom_args"
        arguments = custom_args_of(mail, personalization)
        if not all(isinstance(value, str) for value in arguments.values()):
            yield error("Invalid type. The value of every custom arg must be a string.", field)
        if len(orjson.dumps(arguments)) >= MOST_BYTES:
            yield error(TOO_MANY_BYTES.format("custom_args"), field)


def _substitutions(mail: Mail) -> Iterator[Error]:
    for index, personalization in enumerate(mail["personalizations"]):
        if len(orjson.dumps(personalization.get("substitutions", {}))) > MOST_BYTES:
            yield error(TOO_MANY_BYTES.format("substitutions"), f"personalizations.{index}.substitutions")


def _headers(mail: Mail) -> Iterator[Error]:
    for prefix, holder in _holders(mail):
        for name in holder.get("headers", ()):
            if name.lower() in OWN_HEADERS:
                yield error(f"The header {name} is reserved and may not be set.", f"{prefix}headers.{name}")


def _schedule(mail: Mail) -> Iterator[Error]:
    for prefix, holder in _holders(mail):
        if holder.get("send_at", 0) > time.time() + FURTHEST_AHEAD:
            yield error("Scheduling more than 72 hours in advance is forbidden.", f"{prefix}send_at")
    if mail.get("batch_id"):
        yield error("invalid batch id: this sandbox keeps no batches.", "batch_id")


def _holders(mail: Mail) -> Iterator[tuple[str, Mail]]:
    yield "", mail
    for index, personalization in enumerate(mail["personalizations"]):
        yield f"personalizations.{index}.", personalization


RULES = (
    _recipients, _addresses, _once, _sender, _reply_to, _subject, _content,
    _custom_args, _substitutions, _headers, _schedule,
)  # fmt: skip

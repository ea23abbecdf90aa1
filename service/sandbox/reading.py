"""One mail as its reader sees it: the texts of the request with this reader's own substitutions."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

KINDS = ("to", "cc", "bcc")
Mail = Mapping[str, Any]


def readers(mail: Mail) -> Iterator[tuple[Mail, Mail, str]]:
    """Return everyone who gets this mail, in a fixed order: (personalization, {email, name}, its place)."""
    for index, personalization in enumerate(mail["personalizations"]):
        for kind in KINDS:
            for place, reader in enumerate(personalization.get(kind, ())):
                yield personalization, reader, f"personalizations.{index}.{kind}.{place}"


def subject_of(mail: Mail, personalization: Mail) -> str:
    """Return the subject that this reader sees."""
    return fill(personalization.get("subject") or mail.get("subject", ""), personalization)


def fill(text: str, personalization: Mail) -> str:
    """Return the text with the substitutions filled in, in one pass.

    Text that was filled in is not searched or escaped.
    """
    substitutions = personalization.get("substitutions")
    if not substitutions:
        return text
    tags = sorted((tag for tag in substitutions if tag and tag in text), key=len, reverse=True)
    return re.sub("|".join(map(re.escape, tags)), lambda hit: substitutions[hit[0]], text) if tags else text


def custom_args_of(mail: Mail, personalization: Mail) -> dict[str, Any]:
    """Return the mail's custom args, overridden by the reader's own."""
    return {**mail.get("custom_args", {}), **personalization.get("custom_args", {})}


def kind_of(part: Mail) -> str:
    """Return a content block's type without its parameters."""
    return part["type"].partition(";")[0].strip().lower()


def as_read(mail: Mail, place: int) -> dict[str, Any]:
    """Return what the reader at this place in the request finds in the inbox."""
    personalization, reader, _ = list(readers(mail))[place]
    sender = personalization.get("from") or mail["from"]
    parts = {kind_of(part): part["value"] for part in reversed(mail["content"])}
    return {
        "from": sender["email"],
        "from_name": sender.get("name", ""),
        "to": reader["email"],
        "name": reader.get("name", ""),
        "subject": subject_of(mail, personalization),
        "text": fill(parts.get("text/plain", ""), personalization),
        "html": fill(parts.get("text/html", ""), personalization),
        "custom_args": custom_args_of(mail, personalization),
    }

"""Turns marshmallow's errors into the domain's: each fault with its key, its field and the values of its message."""

from collections.abc import Iterator
from typing import Any

from marshmallow import ValidationError

from tenants.errors import Invalid, ManyInvalid, Refused


class Key(str):
    """A message key that carries the values its text mentions; marshmallow takes it for a message."""

    values: dict[str, Any]

    def __new__(cls, key: str, **values: Any) -> "Key":
        made = super().__new__(cls, key)
        made.values = values
        return made

    def format(self, *_: object, **__: object) -> "Key":
        """Return the key itself. Marshmallow calls this to fill in a message."""
        return self


def keys_of(refusal: Refused) -> list[Key]:
    """Return the faults of a domain refusal as keys, to raise in a ValidationError."""
    faults = refusal.faults if isinstance(refusal, ManyInvalid) else [refusal]
    return [Key(fault.key, **fault.values) for fault in faults]


def faults_of(error: ValidationError) -> ManyInvalid:
    """Return every fault of a refused input, at its field: "clients.3.people" is the people of the fourth client."""
    return ManyInvalid(list(_flat(error.messages, "")))


def _flat(messages: Any, path: str) -> Iterator[Invalid]:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            below = path if name == "_schema" else f"{path}.{name}".lstrip(".")
            yield from _flat(inner, below)
    else:
        for message in messages if isinstance(messages, list) else [messages]:
            yield Invalid(str(message), path or "body", **getattr(message, "values", {}))

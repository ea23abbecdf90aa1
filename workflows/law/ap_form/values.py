"""Reading one plain value (from JSON, YAML or a draft) as the kind it must be.

Standard library only. Each refusal is a ValueError that says why.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from workflows.law.moments import read_local
from workflows.law.periods import AMSTERDAM

CONTACT_PARTS = ("name", "function", "email", "phone")
ADDRESS_PARTS = ("street", "postcode", "town")
_A_DAY = len("2026-11-21")


def is_given(value: object) -> bool:
    """Whether the value tells anything: None, blank and an empty list do not."""
    return value is not None and value != [] and not (isinstance(value, str) and not value.strip())


def read_text(value: Any) -> str:
    """Return a text, without the blanks around it. Raises ValueError for another kind of value."""
    if not isinstance(value, str):
        raise ValueError("a text is needed")
    return value.strip()


def read_bool(value: Any) -> bool:
    """Return true or false. Raises ValueError for any other value, also one that resembles them."""
    if not isinstance(value, bool):
        raise ValueError("true or false is needed")
    return value


def read_count(value: Any) -> int:
    """Return a whole number, 0 or more. Raises ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("a whole number, 0 or more, is needed")
    return value


def read_moment(value: Any) -> datetime:
    """Return a moment, in UTC; without an offset it is local time in Amsterdam. Refuses as moments.read_local does."""
    return read_local(value.isoformat() if isinstance(value, datetime) else read_text(value))


def read_day(value: Any) -> date | datetime:
    """Return a day, or the moment when that is what is given."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and len(value.strip()) == _A_DAY:
        return date.fromisoformat(value.strip())
    return read_moment(value)


def read_local_day(value: Any) -> date:
    """Return a day; of a moment its local day in Amsterdam."""
    read = read_day(value)
    return read.astimezone(AMSTERDAM).date() if isinstance(read, datetime) else read


def read_texts(value: Any) -> tuple[str, ...]:
    """Return a list of texts without the blank ones. Raises ValueError for another kind of value."""
    if not isinstance(value, list | tuple):
        raise ValueError("a list of texts is needed")
    return tuple(text for text in map(read_text, value) if text)


def read_parts(value: Any, parts: tuple[str, ...]) -> dict[str, str]:
    """Return a mapping with texts under some of these names, the blank ones left out.

    Raises ValueError for a value of another kind, or with another name.
    """
    if not isinstance(value, Mapping) or not set(value) <= set(parts):
        raise ValueError(f"a mapping with {', '.join(parts)} is needed")
    return {part: read_text(value[part]) for part in parts if is_given(value.get(part))}


def read_address(value: Any) -> str | dict[str, str]:
    """Return an address as one text, or as its parts."""
    return read_text(value) if isinstance(value, str) else read_parts(value, ADDRESS_PARTS)


def read_contact(value: Any) -> dict[str, str]:
    """Art. 33(3)(b): return a name and contact details. Raises ValueError for another kind of value."""
    contact = read_parts(value, CONTACT_PARTS)
    if not can_be_reached(contact):
        raise ValueError("a contact has a name, and an e-mail address or a telephone number")
    return contact


def can_be_reached(contact: Mapping[str, str]) -> bool:
    """Whether there is a name, and a way to reach it."""
    return "name" in contact and ("email" in contact or "phone" in contact)

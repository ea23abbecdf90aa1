"""Signs of a text that cannot be kept, named so that a person finds them: by place and by number in Unicode."""

import re
import unicodedata
from typing import Any

from tenants.lines import as_meant

CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
"""Signs that no person types, or that PostgreSQL cannot store."""
TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of reading. Nobody sees them, and a text is kept without them."""
DRAWN_LIKE = dict.fromkeys("\u2012\u2013\u2014\u2015\u2212", "-") | dict(zip("аеорсух", "aeopcyx", strict=True))
"""Dashes, and Cyrillic letters that are drawn as Latin ones."""


def code_of(sign: str) -> str:
    """Return the number of a sign as Unicode writes it: U+202E."""
    return f"U+{ord(sign):04X}"


def first_control(text: str) -> dict[str, Any] | None:
    """Return the place (from 1) and the code of the first sign that cannot be kept; None when all can."""
    match = CONTROLS.search(as_meant(text))
    return {"place": match.start() + 1, "code": code_of(match[0])} if match else None


def marks_left_out(text: str) -> list[tuple[int, str]]:
    """Return the place (from 1) and the code of each mark of direction in a text, which is kept without them."""
    return [(match.start() + 1, code_of(match[0])) for match in TURNS.finditer(text.replace("\r\n", "\n"))]


def looks_like(sign: str) -> str:
    """Return the plain sign that this one is drawn like, such as a dot; blank when there is none."""
    plain = DRAWN_LIKE.get(sign) or unicodedata.normalize("NFKC", sign)
    return plain if plain.isascii() and plain.strip() else ""

"""Signs of a text that cannot be kept, named so that a person finds them: by the words around them, where nobody sees
the sign itself, and by their number in Unicode."""

import re
import unicodedata
from typing import Any

from tenants.lines import as_meant

CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
"""Signs that no person types, or that PostgreSQL cannot store."""
TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of reading. Nobody sees them, and a text is kept without them."""
UNSEEN = re.compile(f"{CONTROLS.pattern}|{TURNS.pattern}")
WORDS_AROUND, LONGEST_AROUND = 2, 40
"""How many words before and after a sign show where it stands, and the most characters of them on each side."""
DRAWN_LIKE = dict.fromkeys("\u2012\u2013\u2014\u2015\u2212", "-") | dict(zip("аеорсух", "aeopcyx", strict=True))
"""Dashes, and Cyrillic letters that are drawn as Latin ones."""


def code_of(sign: str) -> str:
    """Return the number of a sign as Unicode writes it: U+202E."""
    return f"U+{ord(sign):04X}"


def first_control(text: str) -> dict[str, Any] | None:
    """Return where the first sign that cannot be kept stands, as `_where`; None when all can be kept."""
    meant = as_meant(text)
    match = CONTROLS.search(meant)
    return _where(meant, match) if match else None


def marks_left_out(text: str) -> list[dict[str, Any]]:
    """Return where each mark of direction stands, as `_where`, in a text that is kept without them."""
    lines = text.replace("\r\n", "\n")
    return [_where(lines, match) for match in TURNS.finditer(lines)]


def _where(text: str, match: re.Match[str]) -> dict[str, Any]:
    """Return the place (from 1) and the code of a sign that nobody sees, and the words around it with its code."""
    code, start, end = code_of(match[0]), match.start(), match.end()
    before = _seen(text[max(0, start - LONGEST_AROUND) : start]).split(" ")[-WORDS_AROUND - 1 :]
    after = _seen(text[end : end + LONGEST_AROUND]).split(" ")[: WORDS_AROUND + 1]
    return {"place": start + 1, "code": code, "around": f"{' '.join(before)}[{code}]{' '.join(after)}".strip()}


def _seen(text: str) -> str:
    return re.sub(r"\s+", " ", UNSEEN.sub("", text))


def looks_like(sign: str) -> str:
    """Return the plain sign that this one is drawn like, such as a dot; blank when there is none."""
    plain = DRAWN_LIKE.get(sign) or unicodedata.normalize("NFKC", sign)
    return plain if plain.isascii() and plain.strip() else ""

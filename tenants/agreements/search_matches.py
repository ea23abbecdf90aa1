"""Why a client is found by a search when its name alone does not show that. Standard library and plain values only."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tenants.agreements.client_list import PHONE, folded, words_of

NUMBER, CONTACT, ELSEWHERE = "number", "contact", "elsewhere"


@dataclass(frozen=True)
class Match:
    """By what a client was found: "number" (its client number), "contact" or "elsewhere" (the KvK number that it has
    proven); and the words that hold the search, empty for the number and elsewhere."""

    by: str
    words: str = ""


def match_beside_name(
    search: str, name: str, client_number: str, contacts: Iterable[Mapping[str, Any]]
) -> Match | None:
    """Return by what this client was found; None without a search, and when every word of it stands in the name.

    Raises Invalid for a search of too many words.
    """
    missing = [word for word in words_of(search) if word not in folded(name)]
    if not missing:
        return None
    if search.strip().lower() in client_number.lower():
        return Match(NUMBER)
    parts = [str(contact[part]) for contact in contacts for part in ("name", "email", "phone") if contact.get(part)]
    holding = [part for part in parts if any(word in folded(part) for word in missing) or _is_phone(search, part)]
    return Match(CONTACT, ", ".join(dict.fromkeys(holding))) if holding else Match(ELSEWHERE)


def _is_phone(search: str, part: str) -> bool:
    """Return whether this telephone number has the searched number in it, in whatever notation."""
    number = PHONE.fullmatch(re.sub(r"[\s()./-]|(?<=31)\(0\)", "", search))
    return number is not None and number[1] in re.sub(r"[ \-()+./]", "", part)

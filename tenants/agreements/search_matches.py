"""Why a client is found by a search when its name alone does not show that. Standard library and plain values only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tenants.agreements.client_list import folded, words_of
from tenants.agreements.searched_phones import holds_phone

NUMBER, CONTACT, ELSEWHERE = "number", "contact", "elsewhere"


@dataclass(frozen=True)
class Match:
    """By what a client was found: "number" (its client number), "contact" or "elsewhere" (its KvK number,
    typed by the office or proven); and the words that hold the search, empty for the number and elsewhere."""

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
    holding = [part for part in parts if any(word in folded(part) for word in missing) or holds_phone(part, search)]
    return Match(CONTACT, ", ".join(dict.fromkeys(holding))) if holding else Match(ELSEWHERE)

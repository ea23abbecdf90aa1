"""Open places in a proposed text, such as [vul in: een telefoonnummer]: each is filled in, or taken out knowingly."""

import re

OPEN_PLACE = re.compile(r"\[(?:vul in|fill in)\b[^\]]{0,500}\]?", re.IGNORECASE)


def open_place_in(words: str) -> str | None:
    """Return the first open place of a text, as it stands there; None for a text without one."""
    place = OPEN_PLACE.search(words)
    return place[0] if place else None

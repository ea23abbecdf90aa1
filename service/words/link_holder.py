"""Who did something, in words: whoever held a mailed link did it, and the name that they typed is a statement."""

from collections.abc import Mapping
from typing import Any

from tenants.lines import isolated

BY_LINK, LINK_TO = "by_link", "link_to"


def holder_words(name: str, details: Mapping[str, Any], words: Mapping[str, str]) -> str | None:
    """As an entry of the history says it; None where somebody did it who was logged in.

    `details` are those of the entry, with its personal values; `words` is the catalogue of the reader's language.
    """
    if not details.get(BY_LINK):
        return None
    link = details.get(LINK_TO)
    key = "labels.link_holder.sent_to" if link else "labels.link_holder.sent"
    return words[key].format(name=isolated(name), link=isolated(str(link or "")))

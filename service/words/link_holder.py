"""Words for the holder of a mailed link who did something. The name that they typed is only a statement."""

from collections.abc import Mapping
from typing import Any

from tenants.lines import isolated

BY_LINK, LINK_TO = "by_link", "link_to"


def holder_words(name: str, details: Mapping[str, Any], words: Mapping[str, str]) -> str | None:
    """Return the words for an entry of the history; None when a person did it who was logged in.

    `details` are those of the entry, with its personal values; `words` is the catalogue of the reader's language.
    """
    if not details.get(BY_LINK):
        return None
    link = details.get(LINK_TO)
    key = "labels.link_holder.sent_to" if link else "labels.link_holder.sent"
    return words[key].format(name=isolated(name), link=isolated(str(link or "")))

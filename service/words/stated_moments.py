"""The stated moments of awareness (Art. 33(1)): the one that counts, the office's, and the organisation's own."""

from collections.abc import Callable, Mapping
from typing import Any

Words = Callable[..., str]
SHOWN = (
    "became_aware_at", "according_to", "stated_aware_at", "stated_by", "own_aware_at", "own_aware_reason",
    "later_aware_at", "later_aware_reason", "earliest_aware_at",
)  # fmt: skip
"""The order in a file: which moment counts and who stated it, then each statement, then the earliest of all."""

OWN_RECEIPT = "receipt"
"""Nobody else stated a moment: the organisation itself confirmed receipt then."""


def with_moments(row: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Return the row of a breach with words for who stated its moments, and how.

    `words`: the function from key to text.
    """
    own, how = row["own_aware_stated_at"] is not None, row["stated_aware_how"]
    by = _by(row, words) if row["stated_by"] and how != OWN_RECEIPT else {}
    return {
        **row, "according_to": _according(own, how, by, words),
        "stated_by": words("register.stated_by", **by) if by else "",
        "stated_aware_at": None if how == OWN_RECEIPT else row["stated_aware_at"],
        "own_aware_at": row["became_aware_at"] if own else None,
    }  # fmt: skip


def _according(own: bool, how: str | None, by: Mapping[str, str], words: Words) -> str:
    if own:
        return words("register.own_word")
    if how == OWN_RECEIPT:
        return words("register.own_receipt")
    return words("breach.clock.according_mail" if how == "mail" else "breach.clock.according", **by) if by else ""


def _by(row: Mapping[str, Any], words: Words) -> dict[str, str]:
    return {"by": row["stated_by"], "how": words(f"labels.stated_how.{row['stated_aware_how']}")}

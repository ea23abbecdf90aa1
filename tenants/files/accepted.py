"""Proposals that somebody accepted in place of what a file said, as the history keeps them: where, and no value."""

from collections.abc import Mapping, Sequence
from typing import Any

AcceptedIn = Mapping[int, Sequence[str]]
"""By row of the file: the fields of which a proposal was accepted."""
MOST_ROWS = 1_000


def details_of(accepted: AcceptedIn) -> dict[str, Any]:
    """Return how many proposals were accepted, and in which rows (the first of them); nothing for none."""
    if not accepted:
        return {}
    return {"accepted": sum(map(len, accepted.values())), "accepted_rows": sorted(accepted)[:MOST_ROWS]}

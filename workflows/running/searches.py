"""The clock process keeps the words of what was written, so that searches read an index and not the rows."""

import time
from uuid import UUID

from tenants.search.indexing import index_pending

LONGEST_S = 0.5
"""How long one tick may do this, in seconds, beside what it must hear and mail."""
_turn: dict[str, UUID | None] = {}


def index_in_time(longest_s: float = LONGEST_S) -> int:
    """Keep the words of what waits, for at most this many seconds; called each second. Returns how many rows it was."""
    until, done_in_all = time.monotonic() + longest_s, 0
    while True:
        last = _turn.get("last")
        _turn["last"], done = index_pending(last)
        done_in_all += done
        is_round_over = _turn["last"] is None
        if time.monotonic() >= until or (is_round_over and last is None):
            return done_in_all

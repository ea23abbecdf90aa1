"""Keeps the words of what was written, for searches: in sets, behind the transaction that wrote it.

An incident opens 5,000 breaches in 5,000 registers in one statement; a dozen words of each, written in the same one,
would make it half as slow again. Until its words are kept a row is read by the search itself.
"""

from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_for_nobody

PLACES, EACH = 500, 500
INDEX = text("select last, done from index_pending(:last, :places, :each)")


def index_pending(last: UUID | None = None) -> tuple[UUID | None, int]:
    """Keep the words of at most EACH rows of each of PLACES organisations, from the one after `last` on; after ten
    times EACH rows the next organisation waits for the next call. Returns the last organisation that had its turn,
    None at the end of the round, and how many rows were done."""
    with acting_for_nobody():
        row = db.session.execute(INDEX, {"last": last, "places": PLACES, "each": EACH}).one()
    return row.last, row.done

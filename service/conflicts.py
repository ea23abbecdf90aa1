"""What the database refuses at the last line, as a status and a message key: one table for the pages and the API."""

from psycopg.errors import DeadlockDetected, NotNullViolation, QueryCanceled, SerializationFailure
from sqlalchemy.exc import DBAPIError, IntegrityError

FORBIDDEN = frozenset({"seat_counts", "factor_counts", "owner_has_a_day", "stops_once"})
"""Constraints that keep an act from a person, whatever the code before them forgot to ask."""


def refusal_of(error: DBAPIError) -> tuple[int, str] | None:
    """Status and key; None for a fault of the database itself, or of ours: nobody else's act leaves a value out.

    Two who wanted at the same moment what only one can have: the other one is told that it is done already. A
    statement that took too long is given up: nothing was saved, and a moment later it may be less busy.
    """
    if isinstance(error.orig, NotNullViolation):
        return None
    if isinstance(error.orig, QueryCanceled):
        return 503, "http.503"
    if isinstance(error, IntegrityError):
        return (403, "http.403") if constraint_of(error) in FORBIDDEN else (409, "http.409")
    return (409, "http.409") if isinstance(error.orig, DeadlockDetected | SerializationFailure) else None


def constraint_of(error: DBAPIError) -> str | None:
    """The name of the constraint that refused; None where the database names none."""
    return getattr(getattr(error.orig, "diag", None), "constraint_name", None)

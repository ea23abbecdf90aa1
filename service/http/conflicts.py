"""What the database refuses at the last line, as a status and a message key: one table for the pages and the API."""

from psycopg.errors import (
    DeadlockDetected,
    ExclusionViolation,
    ForeignKeyViolation,
    QueryCanceled,
    SerializationFailure,
    UniqueViolation,
)
from sqlalchemy.exc import DBAPIError

FORBIDDEN = frozenset({
    "approved_by_a_person", "done_by_somebody", "factor_counts", "four_eyes", "glass_is_an_owners", "owner_has_a_day",
    "owner_asked_once_a_day", "seat_counts", "second_person", "stops_once",
})  # fmt: skip
"""Constraints that keep an act from a person, whatever the code before them forgot to ask."""
OVERTAKEN = frozenset({
    "done_is_final", "held_mail_waits", "later_moment_is_agreed", "links_of_verified", "most_clients",
    "notice_of_verified", "own_moment_before_own_acts", "proven_name", "register_accepts_processor",
})  # fmt: skip
"""Constraints on what stands: they refuse when it changed after the code had looked at it."""
RACES = (UniqueViolation, ExclusionViolation, ForeignKeyViolation)
ABORTED = (DeadlockDetected, SerializationFailure)
"""Two acts met half-way and the database gave this one up: nothing of it was done, by nobody."""


def refusal_of(error: DBAPIError) -> tuple[int, str] | None:
    """Status and key; None for a fault of the database itself, or of ours, such as a value that code left out.

    Two who wanted at the same moment what only one can have: the other one is told that it is done already. Two who
    changed the same, of whom the database gave one up: that one is told that nothing was changed. A statement that
    took too long is given up: nothing was saved, and a moment later it may be less busy.
    """
    constraint = constraint_of(error)
    if constraint in FORBIDDEN:
        return 403, "http.403"
    if isinstance(error.orig, QueryCanceled):
        return 503, "http.503"
    if isinstance(error.orig, ABORTED):
        return 409, "http.aborted"
    return (409, "http.409") if isinstance(error.orig, RACES) or constraint in OVERTAKEN else None


def constraint_of(error: DBAPIError) -> str | None:
    """The name of the constraint that refused; None where the database names none."""
    return getattr(getattr(error.orig, "diag", None), "constraint_name", None)

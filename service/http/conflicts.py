"""What the constraints of the database refuse, as a status and a message key. Pages and API share this one table."""

from psycopg.errors import (
    DeadlockDetected,
    ExclusionViolation,
    ForeignKeyViolation,
    OperationalError,
    SerializationFailure,
    UniqueViolation,
)
from sqlalchemy.exc import DBAPIError

FORBIDDEN = frozenset({
    "approved_by_a_person", "done_by_somebody", "factor_counts", "four_eyes", "glass_is_an_owners", "owner_has_a_day",
    "owner_asked_once_a_day", "seat_counts", "seat_stands", "second_person", "stops_once",
    "test_client_stays", "test_stays_closed",
})  # fmt: skip
"""Constraints that keep a person from an act, even when the code before them forgot to check."""
OVERTAKEN = frozenset({
    "agreement_relied_on", "number_of_one_client", "one_agreement_a_day",
    "done_is_final", "held_mail_waits", "later_moment_is_agreed", "links_of_verified", "most_clients",
    "notice_of_verified", "own_moment_before_own_acts", "passing_on_ends", "proven_name", "register_accepts_processor",
})  # fmt: skip
"""Constraints on the present state: they refuse when it changed after the code had looked at it."""
UNRELEASED = frozenset({"scopes_of_a_program", "step_is_declared", "step_of_a_person"})
"""Constraints that compare with what `meldketen release` filled: they refuse when its rows are not those of this build.
"""
RACES = (UniqueViolation, ExclusionViolation, ForeignKeyViolation)
ABORTED = (DeadlockDetected, SerializationFailure)
"""Two transactions blocked each other and the database rolled this one back: nothing of it was stored."""


def refusal_of(error: DBAPIError) -> tuple[int, str] | None:
    """Return the status and the key for this error; None for a fault of the database itself or of our own code.

    A value that the code left out is such a fault. When two people want at the same moment what only one can have, the
    second reads that it is done already. When the database rolled one of two changes back, its sender reads that
    nothing was changed. When a statement took too long, or the database cannot be reached, its sender reads that
    nothing was saved and that they may try again.
    """
    constraint = constraint_of(error)
    if constraint in FORBIDDEN:
        return 403, "http.403"
    if constraint in UNRELEASED:
        return 503, "http.unreleased"
    if isinstance(error.orig, ABORTED):  # They are kinds of OperationalError too.
        return 409, "http.aborted"
    if error.connection_invalidated or isinstance(error.orig, OperationalError):
        return 503, "http.503"
    return (409, "http.409") if isinstance(error.orig, RACES) or constraint in OVERTAKEN else None


def constraint_of(error: DBAPIError) -> str | None:
    """Return the name of the constraint that refused; None where the database names none."""
    return getattr(getattr(error.orig, "diag", None), "constraint_name", None)

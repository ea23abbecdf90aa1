"""What a command says when the database cannot be used: one line in place of a traceback.

It is imported only after an error, so it may load modules that a command without a database does not need.
"""

NOT_RELEASED = ("UndefinedTable", "UndefinedFunction", "UndefinedColumn", "InvalidSchemaName")


def why_not(error: BaseException) -> str | None:
    """Return why the database cannot be used, as a sentence that says what to do; None for any other error."""
    from psycopg import OperationalError
    from psycopg.errors import DeadlockDetected, InsufficientPrivilege, SerializationFailure
    from sqlalchemy.exc import DBAPIError

    from migrations.release import ReleaseRefused

    if isinstance(error, ReleaseRefused):
        return str(error)
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, DeadlockDetected | SerializationFailure):  # These are kinds of OperationalError too.
        return "somebody else was changing the same at this moment. Nothing was changed; run it again."
    if isinstance(cause, OperationalError):
        said = str(cause).strip().splitlines() or ["no answer"]
        return f"the database cannot be reached: {said[-1].strip()}. See whether it runs and its address is right."
    if type(cause).__name__ in NOT_RELEASED:
        return "the database is not at this version. Run `meldketen release` first."
    if isinstance(cause, InsufficientPrivilege):
        return "the database does not allow this. The role in OWNER_DATABASE_URL must be the owner of the database."
    return None

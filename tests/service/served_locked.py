"""A run that another session holds, so that requests about its subject wait in their middle."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from tests.conftest import Database

HELD = "select from run where subject_id = cast(:about as uuid) for update"


@contextmanager
def locked_run(database: Database, path: str) -> Iterator[None]:
    """Hold the run about the subject of this path, such as `notices/<id>`, until the block ends."""
    with database.superuser.begin() as holder:
        holder.execute(text(HELD), {"about": path.rpartition("/")[2]})
        yield

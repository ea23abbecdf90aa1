"""An upgrade is one transaction, however many migrations it has: it happens as a whole or not at all."""

from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from service.embedded.servers import Embedded
from tests.tenants.carried import Before, database_at

THERE = text("select version_num, to_regclass('mail_state') is not null as has_0053 from alembic_version")


@pytest.fixture
def before(servers: Embedded) -> Iterator[Before]:
    """At the version before the tables of states and steps."""
    with database_at(servers, "one_upgrade", "0052") as there:
        yield there


def version(before: Before) -> tuple[str, bool]:
    """Where the database stands, and whether it has the table of the next migration."""
    with before.superuser.begin() as there:
        row = there.execute(THERE).one()
        return row.version_num, row.has_0053


def test_an_upgrade_that_fails_at_a_later_migration_leaves_the_version_where_it_was(before: Before) -> None:
    """0053 to 0057 succeed; 0058 makes a table that is there already."""
    with before.superuser.begin() as there:
        there.execute(text("create table human_step (x integer)"))
    with pytest.raises(ProgrammingError, match="human_step"):
        command.upgrade(before.alembic, "head")
    assert version(before) == ("0052", False)
    with before.superuser.begin() as there:
        there.execute(text("drop table human_step"))
    command.upgrade(before.alembic, "head")
    assert version(before)[0] > "0058" and version(before)[1]

"""An upgrade of a database that knew three roles: nobody loses what they need, and what was begun ends as it began."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic import command
from alembic.config import Config as Alembic
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from service.embedded.servers import Embedded
from tests.tenants.carried import Before, database_at

NAME = "roles_of_before"


@pytest.fixture
def before(servers: Embedded) -> Iterator[Before]:
    """At the version before the six roles."""
    with database_at(servers, NAME, "0005") as carried:
        yield carried


@pytest.fixture
def alembic(before: Before) -> Alembic:
    """Its migrations."""
    return before.alembic


@pytest.fixture
def superuser(before: Before) -> Engine:
    """Behind the back of every policy."""
    return before.superuser


def insert(connection: Connection, table: str, **values: Any) -> UUID:
    """A row; its id."""
    row = {"id": uuid4(), **values} if table not in ("membership", "invitation") else values
    names = ", ".join(row)
    connection.execute(text(f"insert into {table} ({names}) values ({', '.join(f':{column}' for column in row)})"), row)
    return row.get("id", uuid4())  # type: ignore[no-any-return]


def test_roles_are_carried_over_and_there_is_an_owner(superuser: Engine, alembic: Alembic):
    with superuser.begin() as there:
        office = insert(there, "organisation", slug="office", name="Kantoor")
        other = insert(there, "organisation", slug="other", name="Zonder officer")
        people = [insert(there, "app_user", email=f"{n}@x.nl", name=str(n), password_hash="!") for n in range(6)]
        places = (
            (office, "approver"), (office, "privacy_officer"), (office, "privacy_officer"), (office, "reader"),
            (other, "reader"), (other, "approver"),
        )  # fmt: skip
        for day, (who, (where, role)) in enumerate(zip(people, places, strict=True), 1):
            at = f"2026-01-0{day}T10:00Z"
            insert(there, "membership", organisation_id=where, user_id=who, role=role, created_at=at)
        for n, role in enumerate(("reader", "approver")):
            insert(there, "invitation", token_hash=bytes([n]), organisation_id=office, email="y@x.nl", role=role,
                   expires_at="2099-01-01T00:00Z")  # fmt: skip
    command.upgrade(alembic, "0007")
    with superuser.begin() as there:
        has = dict(there.execute(text("select user_id, role from membership")).all())
        asked = set(there.scalars(text("select role from invitation")))
    assert [has[who] for who in people] == [
        "approver", "owner", "privacy_officer", "auditor", "auditor", "owner",
    ]  # fmt: skip
    assert asked == {"auditor", "approver"}


def test_what_was_begun_under_the_first_definition_ends_under_it(superuser: Engine, alembic: Alembic):
    drafter, approver = uuid4(), uuid4()
    with superuser.begin() as there:
        office = insert(there, "organisation", slug="office", name="Kantoor")
        run = insert(there, "run", organisation_id=office, workflow="ap_notification", version=1, subject_id=uuid4())
        for name, who in (("assess", drafter), ("draft", drafter), ("approve", approver)):
            insert(there, "step", organisation_id=office, run_id=run, name=name, kind="human", state="done",
                   done_by=who)  # fmt: skip
        step = insert(there, "step", organisation_id=office, run_id=run, name="submit", kind="human", state="waiting")
        open_draft = insert(there, "run", organisation_id=office, workflow="ap_notification", version=1,
                            subject_id=uuid4())  # fmt: skip
        insert(there, "step", organisation_id=office, run_id=open_draft, name="draft", kind="human", state="done",
               done_by=drafter)  # fmt: skip
        waits = insert(there, "step", organisation_id=office, run_id=open_draft, name="approve", kind="human",
                       state="waiting")  # fmt: skip
    command.upgrade(alembic, "0007")
    done = text("update step set state = 'done', done_by = :who where id = :id")
    with superuser.begin() as there:
        there.execute(done, {"who": drafter, "id": step})
    with pytest.raises(DBAPIError, match="somebody else must do this step"), superuser.begin() as there:
        there.execute(done, {"who": drafter, "id": waits})
    with superuser.begin() as there:
        there.execute(done, {"who": approver, "id": waits})

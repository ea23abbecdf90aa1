"""A database as an earlier version left it, to be upgraded by a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from alembic import command
from alembic.config import Config as Alembic
from sqlalchemy import Connection, Engine, NullPool, create_engine, text

from migrations.release import FOLDER
from service.embedded.servers import Embedded


@dataclass(frozen=True)
class Before:
    """Its migrations, which run as its owner, and its superuser, behind the back of every policy."""

    alembic: Alembic
    superuser: Engine


@contextmanager
def database_at(servers: Embedded, name: str, revision: str) -> Iterator[Before]:
    """A new database at this revision, gone afterwards."""
    owner_url, _ = servers.new_database(name)
    alembic = Alembic()
    alembic.set_main_option("script_location", str(FOLDER))
    alembic.attributes["url"] = owner_url
    command.upgrade(alembic, revision)
    url = servers.postgres.url(name).replace("postgresql://", "postgresql+psycopg://", 1)
    yield Before(alembic, create_engine(url, poolclass=NullPool))
    servers.drop_database(name)


def insert(there: Connection, table: str, **values: Any) -> UUID:
    """A row; its id."""
    row = values if table == "invitation" else {"id": uuid4(), **values}
    values = ", ".join(f":{column}" for column in row)
    there.execute(text(f"insert into {table} ({', '.join(row)}) values ({values})"), row)
    return row.get("id", uuid4())  # type: ignore[no-any-return]

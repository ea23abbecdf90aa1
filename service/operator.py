"""The operator: who owns the database (OWNER_DATABASE_URL, or the data folder of `up`), and decides who is admitted."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, NullPool, create_engine

from service.config import Config


@contextmanager
def as_operator(config: Config) -> Iterator[Connection]:
    """One transaction as the owner of the database. Raises ConfigError when the settings do not name the owner."""
    url = config.owner_url().replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        yield connection

"""The environment of the bench: servers that write to the disk, and a fresh, migrated database for each figure."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from flask import Flask

from service import create_app
from service.config import Config
from service.embedded.servers import Embedded
from service.release import release
from tenants.database import db
from tenants.isolation import acting_for_nobody
from tenants.organisations.organisations import found_organisation
from tests.trials.bench.plot import Points, write_plot
from workflows.engine.hints import NoHints, use_hints

T = TypeVar("T")
TEMPLATE = "bench_template"
BASE_URL, SANDBOX_URL = "http://127.0.0.1:1", "http://127.0.0.1:2"


@dataclass(frozen=True)
class BenchEnv:
    """The servers of this run, its size, and the folder for its plots."""

    servers: Embedded
    quick: bool
    plots: Path
    say: Callable[[str], None]

    def size(self, full: T, quick: T) -> T:
        """Return the full size, or the quick one in a quick run."""
        return quick if self.quick else full

    @property
    def rounds(self) -> int:
        """Return how often each side is measured."""
        return 3 if self.quick else 7

    def draw(self, name: str, title: str, unit: str, lines: Mapping[str, Points]) -> None:
        """Write the plot of a figure's growth, and print its path."""
        self.say(f"plot: {write_plot(self.plots / f'{name}.svg', title, unit, lines)}")

    def sizes(self, largest: int) -> tuple[int, int, int]:
        """Return the sizes 1x, 10x and 100x; the last is the full one."""
        return largest // 100, largest // 10, largest

    def prepare(self) -> None:
        """Migrate the template database that all others are copies of."""
        self.servers.new_database(TEMPLATE)
        release(self._config(TEMPLATE))

    @contextmanager
    def database(self, name: str, app_of: Callable[[Config], Flask] = create_app) -> Iterator["Place"]:
        """Provide a new database with the app that `app_of` makes for it; it is dropped afterwards."""
        self.servers.new_database(name, TEMPLATE)
        config = self._config(name)
        app = app_of(config)
        use_hints(NoHints())
        try:
            with app.app_context(), psycopg.connect(self.servers.postgres.url(name), autocommit=True) as outside:
                yield Place(config, app, outside)
                db.session.remove()
                db.engine.dispose()
        finally:
            self.servers.drop_database(name)

    @contextmanager
    def empty_database(self, name: str) -> Iterator[str]:
        """Provide an empty database for a peer, by its address; it is dropped afterwards."""
        self.servers.new_database(name)
        try:
            yield self.servers.postgres.url(name)
        finally:
            self.servers.drop_database(name)

    def _config(self, database: str) -> Config:
        return replace(self.servers.config(BASE_URL, SANDBOX_URL, database), webhook_url=None)


@dataclass(frozen=True)
class Place:
    """One database: its settings, the app, and a connection to which no policy applies, to prepare and to count with.
    """

    config: Config
    app: Flask
    outside: psycopg.Connection[Any]

    def one(self, query: str, *values: Any) -> Any:
        """Return the only value of the only row."""
        row = self.outside.execute(query, values).fetchone()
        assert row is not None
        return row[0]

    def organisation(self, number: int = 0) -> UUID:
        """Make a new organisation."""
        with acting_for_nobody():
            return found_organisation(f"bench-{number}", f"Bench {number}")

    def settle(self) -> None:
        """Gather statistics and write dirty pages, as in a database that has run for a while."""
        self.outside.execute("vacuum analyze")
        self.outside.execute("checkpoint")

"""Releases of one database at the same time, and the release of a build that is older than the database."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from alembic import command
from alembic.config import Config as Alembic

from migrations.release import FOLDER, ReleaseUnderWay, only_release
from service.config import Config
from service.embedded.servers import Embedded
from service.health.readiness import head_of_this_build
from tests.commands import ROOT, run_command
from tests.conftest import BASE_URL, SANDBOX_URL, WITHIN_S, Database

RELEASE = (sys.executable, "-c", "from service.cli import main; raise SystemExit(main(['release']))")


@contextmanager
def empty_database(servers: Embedded, name: str) -> Iterator[Config]:
    servers.new_database(name)
    try:
        yield servers.config(BASE_URL, SANDBOX_URL, database=name)
    finally:
        servers.drop_database(name)


def released_by_command(config: Config) -> subprocess.CompletedProcess[str]:
    env = {"PATH": "/usr/bin:/bin", **config.as_environment()}
    return subprocess.run(RELEASE, cwd=ROOT, env=env, capture_output=True, text=True, timeout=WITHIN_S, check=False)


@pytest.mark.parametrize("at", [None, "0050"])
def test_of_two_releases_at_once_the_second_waits_and_finds_it_done(servers: Embedded, at: str | None):
    """On a database that is empty, and on one that an earlier version left."""
    with empty_database(servers, f"two_releases_{at}".lower()) as config, ThreadPoolExecutor(2) as pool:
        if at:
            alembic = Alembic()
            alembic.set_main_option("script_location", str(FOLDER))
            alembic.attributes["url"] = config.owner_url()
            command.upgrade(alembic, at)
        both = [pool.submit(released_by_command, config) for _ in range(2)]
        for done in (release.result() for release in both):
            assert (done.returncode, done.stderr) == (0, "")
        with psycopg.connect(servers.postgres.url(f"two_releases_{at}".lower())) as connection:
            rows = connection.execute("select version_num from alembic_version").fetchall()
        assert rows == [(head_of_this_build(),)]


def test_a_release_does_not_wait_without_end_for_another(own_database: Database):
    url = own_database.config.owner_url()
    with only_release(url, WITHIN_S), pytest.raises(ReleaseUnderWay), only_release(url, 0.05):
        pass
    with only_release(url, 0.05):
        pass


def test_the_release_of_an_older_build_says_so_in_one_line(own_database: Database):
    own_database.outside("update alembic_version set version_num = '9999'")
    own_database.outside("delete from token_scope")
    done = run_command("release", settings=own_database.config.as_environment())
    [line] = done.stderr.splitlines()
    assert done.returncode == 2 and "database is at 9999 and this build ends at" in line
    assert own_database.outside("select from token_scope") == [], "nothing was changed"

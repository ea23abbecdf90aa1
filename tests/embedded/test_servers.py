"""PostgreSQL and Valkey: closed to strangers, found again after a kill -9."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from service.embedded.databases import APP, OWNER
from service.embedded.errors import EmbeddedError
from service.embedded.servers import Embedded
from service.embedded.waiting import ended


def tell(url: str, *statements: str) -> None:
    """Each in a transaction of its own."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def ask(url: str, question: str) -> object:
    """The first value of the answer."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        row = connection.execute(question).fetchone()
        return row[0] if row else None


def kill(pid: int | None) -> None:
    """As a power cut would."""
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def test_a_login_takes_a_password(servers: Embedded) -> None:
    for role in (OWNER, APP, "postgres"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(servers.postgres.url("meldketen", role, "wrong"))
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(unix_socket_path=str(servers.valkey.socket), retry=Retry(NoBackoff(), 0)).ping()


def test_both_roles_are_bound_by_the_policies(servers: Embedded) -> None:
    too_strong = "rolsuper or rolbypassrls or rolcreatedb or rolreplication"
    app_url = servers.addresses().app_url
    named = "rolname like 'meldketen%'"
    assert ask(app_url, f"select bool_or({too_strong}) from pg_roles where {named}") is False
    mine = "datname = current_database()"
    assert ask(app_url, f"select pg_get_userbyid(datdba) from pg_database where {mine}") == OWNER


def test_secrets_and_sockets_are_private(servers: Embedded) -> None:
    folder = servers.folder
    for path in (folder.keys, folder.sandbox_key, folder.valkey / "valkey.conf"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(servers.postgres.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(servers.valkey.socket.stat().st_mode) == 0o700
    for process in (servers.postgres.pid(), servers.valkey.pid()):
        words = Path(f"/proc/{process}/cmdline").read_text()
        assert not [s for s in (servers.keys.app_password, servers.keys.valkey_password) if s in words]


def test_a_killed_postgres_comes_back_with_what_was_committed(servers: Embedded) -> None:
    owner_url, app_url = servers.new_database("survives")
    tell(owner_url, "create table fact as select 1 as one", "grant select on fact to meldketen_app")
    before = servers.postgres.pid()
    kill(before)
    servers.start()
    assert servers.postgres.pid() != before
    assert ask(app_url, "select one from fact") == 1
    servers.drop_database("survives")


def test_a_copy_of_a_database_has_its_tables(servers: Embedded) -> None:
    owner_url, _ = servers.new_database("original")
    tell(owner_url, "create table fact as select 7 as seven")
    copy_url, _ = servers.new_database("copied", template="original")
    assert ask(copy_url, "select seven from fact") == 7
    for name in ("original", "copied"):
        servers.drop_database(name)


def test_a_running_pair_is_used_not_started_twice(servers: Embedded) -> None:
    before = servers.postgres.pid(), servers.valkey.pid()
    servers.start()
    assert (servers.postgres.pid(), servers.valkey.pid()) == before


def test_a_silent_valkey_is_replaced(servers: Embedded) -> None:
    before = servers.valkey.pid()
    assert before is not None
    os.kill(before, signal.SIGSTOP)
    servers.start()
    assert servers.valkey.answers()
    assert servers.valkey.pid() != before


def test_another_programs_process_number_is_left_alone(servers: Embedded) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        before = servers.postgres.pid()
        kill(before)
        kill(servers.valkey.pid())
        assert ended(before or 0, servers.postgres._process, 5)
        pid_file = servers.postgres.data / "postmaster.pid"
        pid_file.write_text(pid_file.read_text().replace(str(before), str(stranger.pid), 1))
        servers.valkey.pidfile.write_text(str(stranger.pid))
        assert servers.postgres.pid() is None
        servers.start()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_server_that_outlived_its_starter_is_found_and_stopped(tmp_path: Path) -> None:
    start = "import sys, os, pathlib; from service.embedded.servers import Embedded; "
    start += "e = Embedded(pathlib.Path(sys.argv[1]), durable=False); e.start(); os.kill(os.getpid(), 9)"
    half_made = tmp_path / "postgres.new"
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18")
    subprocess.run([sys.executable, "-c", start, str(tmp_path)], check=False)
    servers_found = Embedded(tmp_path)
    pids = servers_found.postgres.pid(), servers_found.valkey.pid()
    assert None not in pids
    servers_found.start()
    assert (servers_found.postgres.pid(), servers_found.valkey.pid()) == pids
    servers_found.stop()
    assert not [pid for pid in pids if pid and Path(f"/proc/{pid}").exists() and not ended(pid, None, 2)]
    assert not half_made.exists()


def test_a_long_path_gets_its_sockets_elsewhere(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    embedded = Embedded(deep)
    try:
        sockets = embedded.folder.sockets()
        assert deep not in sockets.parents
        assert embedded.folder.sockets() == sockets
        assert len(os.fsencode(embedded.postgres.sockets / ".s.PGSQL.5432")) < 108
    finally:
        embedded.stop()
        shutil.rmtree(sockets)


def test_keys_of_another_installation_are_refused_in_one_line(servers: Embedded) -> None:
    right = servers.postgres.password
    servers.postgres.password = "of-another-folder"
    try:  # "not yet" would be waited for; this is refused, whoever asks
        with pytest.raises(EmbeddedError, match="do not fit"):
            servers.postgres.answers()
    finally:
        servers.postgres.password = right

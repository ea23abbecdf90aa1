"""The data folder of an embedded installation: where its files are, and which process holds it."""

import fcntl
import os
import re
import tempfile
from pathlib import Path

from service.embedded.errors import EmbeddedError

SOCKET_PATH_BYTES = 107  # The longest path that Linux allows in sun_path, without the closing zero.
LOCK = "up.lock"
ANNOUNCED = re.compile(r"process \d+, (https?://\S+)(?: with mail at (https?://\S+))?")
LONGEST_SOCKET = "run/postgres/.s.PGSQL.5432"


class DataFolder:
    """Paths inside one folder, made when asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().resolve()
        self.keys = self.path / "keys.json"
        self.sandbox_key = self.path / "sandbox.pem"
        self.postgres = self.path / "postgres"
        self.valkey = self.path / "valkey"
        self.sandbox = self.path / "sandbox"
        self.logs = self.path / "logs"
        self.begun_empty = self.path / "begun-empty"
        """There when the folder was begun without the demo, which then never comes into it."""
        self._lock: int | None = None

    def make(self) -> None:
        """Make the folders that are missing; nobody else on this machine may read them.

        Raises EmbeddedError when we may not write there.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in (self.valkey, self.sandbox, self.logs):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise EmbeddedError(f"Cannot write in {self.path}: {error.strerror}.") from error

    def sockets(self) -> Path:
        """Return the folder for sockets: inside, or a private temporary one where that path is too long."""
        inside = self.path / "run"
        if len(os.fsencode(self.path / LONGEST_SOCKET)) <= SOCKET_PATH_BYTES:
            inside.mkdir(mode=0o711, exist_ok=True)
            return inside
        if not _ours(inside):
            inside.unlink(missing_ok=True)
            inside.symlink_to(_private_folder())
        return inside.resolve()

    def take(self) -> None:
        """Hold the folder until this process ends, in any way. Raises EmbeddedError when another process holds it."""
        handle = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(handle, 200, 0).decode() or "another process"
            os.close(handle)
            raise EmbeddedError(f"Already running on {self.path}: {holder}. Stop that one first.") from None
        self._lock = handle
        self.announce("starting")

    def announce(self, address: str, sandbox: str = "") -> None:
        """Write our address and that of the sandbox in the lock, for the next process that finds the folder held."""
        if self._lock is not None:
            mail = f" with mail at {sandbox}" if sandbox else ""
            os.ftruncate(self._lock, 0)
            os.pwrite(self._lock, f"process {os.getpid()}, {address}{mail}".encode(), 0)

    def announced(self) -> tuple[str | None, str | None]:
        """Return the addresses of the pages and of the sandbox that the process holding the folder wrote down."""
        lock = self.path / LOCK
        match = ANNOUNCED.fullmatch(lock.read_text()) if lock.exists() else None
        return (match[1], match[2]) if match else (None, None)

    def release(self) -> None:
        """Release the lock on the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _ours(link: Path) -> bool:
    target = link.resolve()
    return link.is_symlink() and target.is_dir() and target.stat().st_uid == os.geteuid()


def _private_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="meldketen-"))
    folder.chmod(0o711)  # The database's own account must pass through; the folders below it are closed.
    return folder

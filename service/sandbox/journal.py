"""An append-only file of JSON lines. A line that was synced survives kill -9 and a power cut."""

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

LONGEST_READ = 1 << 20


class Journal:
    """One file, written by one process. Lines keep their order, and one fsync serves everybody who waits for it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._writing, self._syncing = Lock(), Lock()
        self._end = self._cut_torn_line()
        os.fsync(self._file)
        self._synced = self._end
        _sync_folder(path.parent)

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield every line with the place where it starts, oldest first."""
        place = 0
        with open(os.dup(self._file), "rb") as file:
            file.seek(0)
            for line in file:
                yield place, line
                place += len(line)

    def append(self, line: bytes) -> int:
        """Write one line at the end, and return where it starts. It is not on the disk before sync() returns."""
        with self._writing:
            start = self._end
            try:
                self._write(line + b"\n")
            except OSError:
                os.ftruncate(self._file, start)
                raise
            self._end = start + len(line) + 1
            return start

    def sync(self) -> None:
        """Return when everything appended before this call is on the disk."""
        wanted = self._end
        with self._syncing:
            if self._synced >= wanted:
                return
            reached = self._end
            os.fsync(self._file)
            self._synced = reached

    def read(self, start: int, length: int) -> bytes:
        """Return one line."""
        return os.pread(self._file, length, start)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._file, view) :]

    def _cut_torn_line(self) -> int:
        """Remove a line without an end.

        Its request was never answered with 202, because the process died while writing.
        """
        end = place = os.fstat(self._file).st_size
        while place > 0:
            start = max(0, place - LONGEST_READ)
            newline = os.pread(self._file, place - start, start).rfind(b"\n")
            if newline >= 0:
                place = start + newline + 1
                break
            place = start
        if place < end:
            os.ftruncate(self._file, place)
        return place


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)

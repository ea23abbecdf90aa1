"""The sheets of an XLSX or ODS file as tables. A process of its own reads the file, see sheet_process.py.

It writes to a file without a name, from which the rows are read some at a time, so they are never in memory together.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from tempfile import TemporaryFile
from threading import BoundedSemaphore
from typing import IO, Any

import orjson

from service.reading.outcome import Unreadable
from service.reading.separated import MOST_ROWS
from service.reading.tables import MOST_SHEETS, Chunk, Table
from service.words.whole_numbers import whole_of
from tenants.errors import Busy

PROCESS = (sys.executable, "-I", "-m", "service.reading.sheet_process")
MOST_SECONDS = 180
"""How long reading a workbook may take by the clock, on a machine that has other work too."""
AT_ONCE, PATIENCE_S = 2, 20
"""How many workbooks one process of ours has read at once, and how long another one waits for its turn."""
TURNS = BoundedSemaphore(AT_ONCE)
MOST_HEAVY = 2
"""How many sheets may end the process that reads them before the workbook is refused."""
BROKEN, HEAVY = Unreadable("file.broken"), Unreadable("file.too_heavy")


@dataclass
class _Written:
    """What the process wrote so far: a head for each sheet, where in its file the rows of each begin, some at each
    place, the sheets that cannot be read and why, and the sheet that it was reading last."""

    file: IO[bytes]
    heads: dict[int, Any] = field(default_factory=dict)
    rows: dict[int, list[int]] = field(default_factory=dict)
    refused: dict[int, Unreadable] = field(default_factory=dict)
    last: int | None = None

    def take(self, place: int, line: bytes) -> None:
        """Take in the line at this place. Raises Unreadable when it refuses the whole workbook."""
        if not line.startswith(b"{"):
            number = whole_of(line[1 : line.index(b",")].decode(), MOST_SHEETS)
            self.rows.setdefault(number or 0, []).append(place)
            return
        said = orjson.loads(line)
        if "refused" in said:
            refusal = Unreadable(said["refused"], **said["values"])
            if "of" not in said:
                raise refusal
            self.refused[said["of"]] = refusal
        elif "reading" in said:
            self.last = said["reading"]
        else:
            self.heads[said["sheet"]] = said


def tables_of_workbook(
    content: IO[bytes], kind: str, chosen: str | None = None, patience_s: float = PATIENCE_S
) -> list[Table]:
    """Return each sheet that has rows; only of the sheet `chosen` the rows, when there is one. A sheet that cannot be
    read has the reason in `refused`. `patience_s`: how many seconds it waits for its turn.

    Raises Unreadable for a broken, locked or too large file, and Busy when its turn does not come.
    """
    until, ended = time.monotonic() + MOST_SECONDS, dict[int, Unreadable]()
    while True:
        code, written = _ran(content, [kind, chosen or "", *map(str, ended)], until, patience_s)
        if code == 0:
            written.refused |= ended
            return list(_tables(written, chosen))
        refusal = BROKEN if code > 0 else HEAVY
        if written.last is None or written.last in ended or len(ended) == MOST_HEAVY:
            raise refusal
        ended[written.last] = refusal


def _ran(content: IO[bytes], arguments: list[str], until: float, patience_s: float) -> tuple[int, _Written]:
    """Return how the process ended, and what it wrote; it gets none of our settings, because what reads a stranger's
    file knows no key. Raises Busy while as many workbooks are read as may be at once."""
    if not TURNS.acquire(timeout=patience_s):
        raise Busy(seconds=PATIENCE_S)
    output = TemporaryFile()  # noqa: SIM115
    try:
        with _on_disk(content) as file:
            ran = subprocess.run(
                [*PROCESS, *arguments], stdin=file, stdout=output, stderr=subprocess.DEVNULL,
                timeout=max(1, until - time.monotonic()), check=False, env={},
            )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise HEAVY from error
    finally:
        TURNS.release()
    written = _Written(output)
    for place, line in _lines(output):
        if ran.returncode == 0 or _says_which(line):
            written.take(place, line)
    return ran.returncode, written


def _on_disk(content: IO[bytes]) -> IO[bytes]:
    """Return a file of the system with these bytes, at its begin."""
    file = TemporaryFile()  # noqa: SIM115
    content.seek(0)
    shutil.copyfileobj(content, file)
    file.seek(0)
    return file


def _lines(output: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Return each line with the place where it begins."""
    place = output.seek(0)
    for line in output:
        yield place, line
        place += len(line)


def _says_which(line: bytes) -> bool:
    """Return whether a line, which may be cut off where a process died, says which sheet it was reading."""
    return line.startswith(b'{"reading":') and line.endswith(b"}\n")


def _tables(written: _Written, chosen: str | None) -> Iterator[Table]:
    for number, head in written.heads.items():
        rows, refused = written.rows.get(number, []), written.refused.get(number)
        if not rows and not refused and chosen in (None, head["name"]):
            continue
        chunks = partial(_chunks, written.file, [] if refused else rows)
        yield Table(
            head["name"], chunks, head["is_hidden"], _hidden(head["rows"]),
            frozenset(head["columns"]), merged=tuple(map(tuple, head["merged"])), refused=refused,
        )  # fmt: skip


def _hidden(ranges: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Return the hidden rows among those that are read."""
    return frozenset(row for first, last in ranges for row in range(first, min(last, MOST_ROWS) + 1))


def _chunks(file: IO[bytes], places: Sequence[int]) -> Iterator[Chunk]:
    for place in places:
        file.seek(place)
        _, first, rows = orjson.loads(file.readline())
        yield first, rows

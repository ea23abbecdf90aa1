"""The sheets of an XLSX or ODS file as tables. A process of its own reads the file, see sheet_process.py."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import BoundedSemaphore
from typing import Any

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
_at_once = BoundedSemaphore(AT_ONCE)
MOST_HEAVY = 2
"""How many sheets may end the process that reads them before the workbook is refused."""
BROKEN, HEAVY = Unreadable("file.broken"), Unreadable("file.too_heavy")


@dataclass
class _Written:
    """What the process wrote so far: a head for each sheet, the lines of its rows, the sheets that cannot be read and
    why, and the sheet that it was reading last."""

    heads: dict[int, Any] = field(default_factory=dict)
    rows: dict[int, list[bytes]] = field(default_factory=dict)
    refused: dict[int, Unreadable] = field(default_factory=dict)
    last: int | None = None

    def take(self, line: bytes) -> None:
        """Take in a line. Raises Unreadable when it refuses the whole workbook."""
        if not line.startswith(b"{"):
            number = whole_of(line[1 : line.index(b",")].decode(), MOST_SHEETS)
            self.rows.setdefault(number or 0, []).append(line)
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


def tables_of_workbook(content: bytes, kind: str, chosen: str | None = None) -> list[Table]:
    """Return each sheet that has rows; only of the sheet `chosen` the rows, when there is one. A sheet that cannot be
    read has the reason in `refused`.

    Raises Unreadable for a broken, locked or too large file.
    """
    until, ended = time.monotonic() + MOST_SECONDS, dict[int, Unreadable]()
    while True:
        code, written = _ran(content, [kind, chosen or "", *map(str, ended)], until)
        if code == 0:
            written.refused |= ended
            return list(_tables(written, chosen))
        refusal = BROKEN if code > 0 else HEAVY
        if written.last is None or written.last in ended or len(ended) == MOST_HEAVY:
            raise refusal
        ended[written.last] = refusal


def _ran(content: bytes, arguments: list[str], until: float) -> tuple[int, _Written]:
    """Return how the process ended, and what it wrote; it gets none of our settings, because what reads a stranger's
    file knows no key. Raises Busy while as many workbooks are read as may be at once."""
    if not _at_once.acquire(timeout=PATIENCE_S):
        raise Busy(seconds=PATIENCE_S)
    try:
        ran = subprocess.run(
            [*PROCESS, *arguments], input=content, capture_output=True, timeout=max(1, until - time.monotonic()),
            check=False, env={},
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise HEAVY from error
    finally:
        _at_once.release()
    written = _Written()
    for line in ran.stdout.splitlines() if ran.returncode == 0 else _whole_lines(ran.stdout):
        written.take(line)
    return ran.returncode, written


def _whole_lines(output: bytes) -> list[bytes]:
    """Return which sheets a process was reading before it died."""
    return [line for line in output.splitlines() if line.startswith(b'{"reading":') and line.endswith(b"}")]


def _tables(written: _Written, chosen: str | None) -> Iterator[Table]:
    for number, head in written.heads.items():
        rows, refused = written.rows.get(number, []), written.refused.get(number)
        if not rows and not refused and chosen in (None, head["name"]):
            continue
        yield Table(
            head["name"], partial(_chunks, [] if refused else rows), head["is_hidden"], _hidden(head["rows"]),
            frozenset(head["columns"]), merged=tuple(map(tuple, head["merged"])), refused=refused,
        )  # fmt: skip


def _hidden(ranges: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Return the hidden rows among those that are read."""
    return frozenset(row for first, last in ranges for row in range(first, min(last, MOST_ROWS) + 1))


def _chunks(lines: list[bytes]) -> Iterator[Chunk]:
    for line in lines:
        _, first, rows = orjson.loads(line)
        yield first, rows

"""The sheets of an XLSX or ODS file as tables. A process of its own reads the file, see sheet_process.py."""

import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

import orjson

from service.reading.outcome import Unreadable
from service.reading.tables import Chunk, Table

PROCESS = (sys.executable, "-I", "-m", "service.reading.sheet_process")
MOST_SECONDS = 180
"""How long reading a workbook may take by the clock, on a machine that has other work too."""


def tables_of_workbook(content: bytes, kind: str) -> list[Table]:
    """Return each sheet that has rows. Raises Unreadable for a broken, locked or too large file."""
    try:
        ran = subprocess.run(
            [*PROCESS, kind], input=content, capture_output=True, timeout=MOST_SECONDS, check=False, env={}
        )  # none of our settings: what reads a stranger's file knows no key
    except subprocess.TimeoutExpired as error:
        raise Unreadable("file.too_heavy") from error
    lines = ran.stdout.splitlines()
    last = orjson.loads(lines[-1]) if lines and ran.returncode == 0 else None
    if isinstance(last, dict) and "refused" in last:
        raise Unreadable(last["refused"], **last["values"])
    if ran.returncode != 0:
        raise Unreadable("file.broken" if ran.returncode > 0 else "file.too_heavy")
    return list(_tables(lines))


def _tables(lines: list[bytes]) -> Iterator[Table]:
    heads: dict[int, Any] = {}
    rows: dict[bytes, list[bytes]] = {}
    for line in lines:
        if line.startswith(b"{"):
            head = orjson.loads(line)
            heads[head["sheet"]] = head
        else:
            rows.setdefault(line[1 : line.index(b",")], []).append(line)
    for number, head in heads.items():
        yield Table(
            head["name"], partial(_chunks, rows.get(b"%d" % number, [])), head["is_hidden"], frozenset(head["rows"]),
            frozenset(head["columns"]),
        )  # fmt: skip


def _chunks(lines: list[bytes]) -> Iterator[Chunk]:
    for line in lines:
        _, first, rows = orjson.loads(line)
        yield first, rows

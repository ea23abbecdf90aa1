"""What a file gives, as tests look at it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.files.dry_run import LEAVES_OUT
from service.reading.examples import columns_seen
from service.reading.outcome import Choices, Unreadable
from service.reading.reader import reading_of
from service.reading.values.client_number import Known


@dataclass(frozen=True)
class Read:
    """Items by row, faults as (row, key, proposal), and asks by key."""

    items: dict[int, dict[str, Any]]
    faults: list[tuple[int, str, str]]
    asks: dict[str, Any]
    mapping: dict[str, str]
    unused: list[str]
    encoding: str
    headings_row: int
    rows: int


def read(
    content: str | bytes, purpose: str = "recipients", known: Known | None = None, now: datetime | None = None,
    **choices: Any,
) -> Read:  # fmt: skip
    """What a file says; text is read as UTF-8."""
    raw = content.encode() if isinstance(content, str) else content
    reading = reading_of(raw, purpose, Choices(**choices), known, now)
    items = {item.row: dict(item.values) for item in reading.items()}
    left_out = sum(ask.count for ask in reading.asks if ask.key in LEAVES_OUT)
    assert reading.fits == len(items)
    assert reading.rows == len({*items, *(fault.row for fault in reading.faults)}) + left_out
    return Read(
        items, [(fault.row, fault.key, fault.proposal) for fault in reading.faults],
        {ask.key: ask for ask in reading.asks}, reading.columns.mapping, reading.columns.unused, reading.encoding,
        reading.headings.row, reading.rows,
    )  # fmt: skip


def people(content: str | bytes, **choices: Any) -> list[tuple[str, str | None]]:
    """The name and the address of each person of a file."""
    return [(item["name"], item["address"]) for item in read(content, **choices).items.values()]


def answered(content: bytes, purpose: str) -> None:
    """The file is read to its end, or refused with a reason; nothing else is raised. The answer can be written."""
    try:
        reading = reading_of(content, purpose)
        items = list(reading.items())
    except Unreadable as refusal:
        assert refusal.key.startswith("file.")
        return
    assert len(items) == reading.fits <= reading.rows
    seen = [vars(each) for each in (*reading.faults, *reading.asks, *columns_seen(reading))]
    assert json.dumps([items, seen], ensure_ascii=False, default=str).encode()

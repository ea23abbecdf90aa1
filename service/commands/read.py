"""``meldketen read FILE --as PURPOSE [--json]``: what Meldketen would make of a file. It asks no server, opens no
database, and writes nothing.

Faults in the file are no error of the command; a file that cannot be read at all ends with status 2 and one line.
Nothing is compared with what an organisation has; pages and API do that.
"""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from service.files.clients_without_office import clients_without_office
from service.reading.fields import PURPOSES
from service.reading.outcome import Ask, Choices, Fault, Item, Unreadable
from service.reading.questions import words_of
from service.reading.reader import Reading, reading_of
from service.words.law_texts import LANGUAGES
from service.words.one_line import refuse
from service.words.texts import spoken
from tenants.lines import filled_in
from workflows.law.periods import AMSTERDAM
from workflows.plurals import form

PROGRAM = "meldketen read"
LARGEST = 64 * 1024 * 1024
"""Bytes of a file that is read by this command."""
MOST_ITEMS, MOST_LINES = 100, 100
"""How many items, and faults in words, are shown."""


def add_arguments(parser: ArgumentParser) -> None:
    """Add which file it is, what it is read as, and in which form the answer comes."""
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV, TSV, text, XLSX or ODS; - for standard input")
    parser.add_argument("--as", dest="purpose", choices=PURPOSES, required=True, help=(
        "what the file is read as; clients, numbers and breaches are not compared with those that an organisation has"
    ))  # fmt: skip
    parser.add_argument("--sheet", metavar="NAME", help="the sheet to read (default: the one that fits best)")
    parser.add_argument("--headings-row", type=int, metavar="N", help="the row of the headings; 0 when there are none")
    parser.add_argument("--hidden-rows", action="store_true", help="read rows that are hidden in the spreadsheet too")
    parser.add_argument("--side-rows", action="store_true", help="read rows that look like sums or remarks too")
    parser.add_argument("--json", action="store_true", help="print one line of JSON only")
    parser.add_argument("--lang", choices=LANGUAGES, default="nl", help="of what it says (default: nl)")


def run(arguments: Namespace) -> int:
    """Print what the file would give; the last line is JSON."""
    words = spoken(arguments.lang)
    try:
        content = _content(arguments.file)
        choices = Choices(
            sheet=arguments.sheet, headings_row=arguments.headings_row, hidden_rows=arguments.hidden_rows,
            side_rows=arguments.side_rows,
        )  # fmt: skip
        now = datetime.now(UTC)
        reading = reading_of(content, arguments.purpose, choices, now=now)
        items = _first(clients_without_office(reading, now) if arguments.purpose == "clients" else reading.items())
    except Unreadable as error:
        return refuse(PROGRAM, filled_in(words[f"errors.{error.key}"], error.values))
    except OSError as error:
        return refuse(PROGRAM, f"{arguments.file}: {error.strerror}")
    if not arguments.json:
        for line in _lines(reading, words, arguments.lang):
            print(line)
    print(json.dumps(_answer(reading, items), ensure_ascii=False))
    return 0


def _content(file: Path) -> bytes:
    if str(file) == "-":
        content = sys.stdin.buffer.read(LARGEST + 1)
    else:
        content = file.read_bytes() if file.stat().st_size <= LARGEST else b" " * (LARGEST + 1)
    if len(content) > LARGEST:
        raise Unreadable("file.too_large", most=LARGEST // 1024**2)
    return content


def _first(items: Iterator[Item]) -> list[Item]:
    """Return the first items, after the file was read to its end."""
    first = list(islice(items, MOST_ITEMS))
    for _ in items:
        pass
    return first


def _lines(reading: Reading, words: dict[str, str], language: str) -> list[str]:
    """Return what a person reads: the questions, the faults at their rows, and what was not looked at."""
    asks = [words_of(ask, partial(_said, words, language)) for ask in reading.asks]
    faults = [_fault(fault, words) for fault in reading.faults[:MOST_LINES]]
    return [*asks, *faults, *filter(None, [words.get(f"files.not_compared.{reading.purpose}")])]


def _said(words: dict[str, str], language: str, key: str, **values: object) -> str:
    return filled_in(form(words, key, values, language), values)


def _fault(fault: Fault, words: dict[str, str]) -> str:
    text = filled_in(words[f"errors.{fault.key}"], {"line": fault.row, **fault.values})
    return f"{fault.row}: {text}" + (f" [{fault.proposal}?]" if fault.proposal else "")


def _answer(reading: Reading, items: list[Item]) -> dict[str, Any]:
    return {
        "purpose": reading.purpose, "encoding": reading.encoding, "headings_row": reading.headings.row or None,
        "mapping": reading.columns.mapping, "unused": reading.columns.unused, "rows": reading.rows,
        "fits": reading.fits, "faults": [_plain_fault(fault) for fault in reading.faults],
        "asks": [_plain_ask(ask) for ask in reading.asks],
        "items": [{"row": item.row, **{name: _plain(value) for name, value in item.values.items()}} for item in items],
    }  # fmt: skip


def _plain_fault(fault: Fault) -> dict[str, Any]:
    return {
        "row": fault.row, "column": fault.column, "key": fault.key, "value": fault.value,
        "proposal": fault.proposal or None,
    }  # fmt: skip


def _plain_ask(ask: Ask) -> dict[str, Any]:
    values = {"key": ask.key, "columns": ask.columns, "rows": ask.rows, "count": ask.count or None}
    return values | {"choices": ask.choices, "proposed": ask.proposed or None, "examples": ask.examples}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(AMSTERDAM).isoformat()
    return value.isoformat() if isinstance(value, date) else value

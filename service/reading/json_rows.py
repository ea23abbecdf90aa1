"""A list of objects in JSON, as Meldketen writes it and other programs do: each object is a row, each name a column.

Numbers stay the text that they are. An escape that is half a pair of UTF-16 is no letter: it is read as one that was
lost. A list in an object becomes columns with a number, an object in one becomes columns with both names; nothing lies
deeper than that.
"""

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

from service.reading.outcome import Unreadable
from service.reading.separated import MOST_ROWS
from service.reading.tables import CHUNK, Chunk, Table
from service.reading.texts import Text

WINDOW, LONGEST = 1_000_000, 100_000
"""How many characters are looked at together, and the most of one object."""
MOST_NAMES, DEEPEST = 500, 3
BEGINS = re.compile(r"\s*\[\s*[{\]]")
_BETWEEN = re.compile(r"\s*(,|\])\s*")
_HALF = re.compile("[\ud800-\udfff]")


def table_of_json(text: Text) -> Table:
    """Return the rows of a list in JSON, under a row with the names. Raises Unreadable for what is no such list."""
    names = dict[str, None]()
    for nth, row in enumerate(_rows(text)):
        if nth == MOST_ROWS:
            raise Unreadable("file.too_many_rows", most=MOST_ROWS)
        names |= dict.fromkeys(row)
        if len(names) > MOST_NAMES:
            raise Unreadable("file.is_json")
    if not names:
        raise Unreadable("file.empty")
    headings = list(names)

    def chunks() -> Iterator[Chunk]:
        yield 1, [headings]
        rows, first = ([row.get(name, "") for name in headings] for row in _rows(text)), 2
        while some := list(islice(rows, CHUNK)):
            yield first, some
            first += len(some)

    return Table("", chunks)


def _rows(text: Text) -> Iterator[dict[str, str]]:
    """Return each object as cells by name. A window of the text is read at a time, so that one object costs no more
    than its own length."""
    source = text.opened()
    window = source.read(WINDOW)
    begin = BEGINS.match(window)
    if begin is None:
        raise Unreadable("file.is_json")
    at = begin.end() - 1
    is_at_end = window[at] == "]"
    while not is_at_end:
        window, at = _read_on(source, window, at)
        if window[at : at + 1] != "{":
            raise Unreadable("file.is_json")
        values, at = _object(window, at)
        yield _cells(values)
        window, at = _read_on(source, window, at)
        between = _BETWEEN.match(window, at)
        is_at_end = between is not None and between[1] == "]"
        if between is None or (is_at_end and (window[between.end() :] or source.read(1))):
            raise Unreadable("file.is_json")
        at = between.end()


def _read_on(source: IO[str], window: str, at: int) -> tuple[str, int]:
    """Return the window with the next letters behind it where it may end within an object, and the same place in it."""
    return (window, at) if len(window) - at > LONGEST else (window[at:] + source.read(WINDOW), 0)


def _object(window: str, at: int) -> tuple[dict[str, Any], int]:
    try:
        values, end = _DECODER.raw_decode(window, at)
    except (ValueError, RecursionError) as broken:
        raise Unreadable("file.is_json") from broken
    if not isinstance(values, dict) or end - at > LONGEST:
        raise Unreadable("file.is_json")
    return values, end


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict[str, Any]()
    for name, value in pairs:
        if (said := _in_letters(name)) in values:
            raise Unreadable("file.json_name_twice", name=said[:40])
        values[said] = value
    return values


def _no_number(text: str) -> str:
    raise Unreadable("file.json_no_number", value=text)


def _cells(values: dict[str, Any], before: str = "", depth: int = 1) -> dict[str, str]:
    """Return the values by their names; those within a value have its name before theirs."""
    cells: dict[str, str] = {}
    for name, value in values.items():
        whole = f"{before} {name}".strip()
        if isinstance(value, dict | list) and depth == DEEPEST:
            raise Unreadable("file.is_json")
        if isinstance(value, dict):
            cells |= _cells(value, whole, depth + 1)
        elif isinstance(value, list):
            cells |= _of_list(value, whole, depth + 1)
        else:
            cells[whole] = _said(value)
    return cells


def _of_list(values: list[Any], name: str, depth: int) -> dict[str, str]:
    """Return a list of words as one cell, and of a list of objects the values of each: "contacts name 2"."""
    if not any(isinstance(value, dict | list) for value in values):
        return {name: ", ".join(map(_said, values))}
    if not all(isinstance(value, dict) for value in values):
        raise Unreadable("file.is_json")
    each = (_cells(value, name, depth) for value in values)
    return {
        f"{heading} {nth}" if nth > 1 else heading: cell
        for nth, cells in enumerate(each, 1) for heading, cell in cells.items()
    }  # fmt: skip


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else _in_letters(str(value))


def _in_letters(text: str) -> str:
    """Return a text with the sign of a lost letter in the place of each half pair of UTF-16."""
    return text if text.isascii() else _HALF.sub("\ufffd", text)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_once, parse_int=str, parse_float=str, parse_constant=_no_number
)  # fmt: skip

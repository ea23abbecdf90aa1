"""Which rows and columns of a sheet are hidden: what somebody filtered away is still in the file."""

import io
import re
import zipfile
from collections.abc import Iterator
from xml.parsers import expat

from service.reading.kinds import XLSX
from service.reading.outcome import Unreadable
from service.reading.packed import chunks_of, opened
from service.words.whole_numbers import whole_of

MOST_REPEATED = 1_048_576
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
_TRUE = re.compile(rb"\bhidden\s*=\s*[\"'](?:1|true)[\"']")
_NUMBER = re.compile(rb"\b(r|min|max)\s*=\s*[\"'](\d{1,7})[\"']")
OVERLAP = 4096
"""Bytes of one part that are looked at again with the next, so that a mark on the border is found."""


def hidden_in(content: bytes, sheet: str, kind: str) -> tuple[frozenset[int], frozenset[int]]:
    """Return the numbers of the hidden rows, from 1, and the hidden columns, from 0, of the sheet with this name."""
    with opened(content) as packed:
        return _in_xlsx(packed, sheet) if kind == XLSX else _in_ods(packed, sheet)


def _in_xlsx(packed: zipfile.ZipFile, sheet: str) -> tuple[frozenset[int], frozenset[int]]:
    part = _part_of(packed, sheet)
    rows, columns, tail = set[int](), set[int](), b""
    for chunk in chunks_of(packed, part) if part else ():
        piece = tail + chunk
        rows |= {numbers[b"r"] for numbers in _marked(_ROW, piece) if b"r" in numbers}
        for numbers in _marked(_COLUMN, piece):
            columns.update(range(numbers.get(b"min", 1) - 1, min(numbers.get(b"max", 0), 1000)))
        tail = piece[-OVERLAP:]
    return frozenset(rows), frozenset(columns)


def _marked(pattern: re.Pattern[bytes], piece: bytes) -> Iterator[dict[bytes, int]]:
    if b"hidden" not in piece:
        return
    for match in pattern.finditer(piece):
        if _TRUE.search(match[1]):
            numbers = {name: whole_of(digits.decode(), MOST_REPEATED) for name, digits in _NUMBER.findall(match[1])}
            yield {name: number for name, number in numbers.items() if number is not None}


def _part_of(packed: zipfile.ZipFile, sheet: str) -> str:
    """Return the name of the part with this sheet, by its id in the workbook and the target of that id."""
    ids, targets = dict[str, str](), dict[str, str]()
    for name, values in _elements(packed, "xl/workbook.xml"):
        if name == "sheet":
            ids[values.get("name", "")] = next((v for k, v in values.items() if k.endswith(":id")), "")
    for name, values in _elements(packed, "xl/_rels/workbook.xml.rels"):
        if name == "Relationship":
            targets[values.get("Id", "")] = values.get("Target", "")
    target = targets.get(ids.get(sheet, ""), "")
    path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return path if path in packed.namelist() else ""


def _elements(packed: zipfile.ZipFile, part: str) -> list[tuple[str, dict[str, str]]]:
    elements: list[tuple[str, dict[str, str]]] = []
    if part in packed.namelist():
        _parse(chunks_of(packed, part), lambda name, values: elements.append((name.rpartition(":")[2], values)))
    return elements


class _OdsRows:
    """Counts the rows of one sheet of an ODS file, and keeps the numbers of those that are hidden."""

    def __init__(self, sheet: str) -> None:
        self.sheet, self.is_here, self.row, self.column = sheet, False, 0, 0
        self.rows, self.columns = set[int](), set[int]()

    def begins(self, name: str, values: dict[str, str]) -> None:
        """Note an element of the file as it begins."""
        if name == "table:table":
            self.is_here, self.row, self.column = values.get("table:name") == self.sheet, 0, 0
        elif self.is_here and name == "table:table-row":
            self.row = self._count(values, "table:number-rows-repeated", self.row, self.rows, 1)
        elif self.is_here and name == "table:table-column":
            self.column = self._count(values, "table:number-columns-repeated", self.column, self.columns, 0)

    @staticmethod
    def _count(values: dict[str, str], repeated: str, before: int, hidden: set[int], first: int) -> int:
        times = whole_of(values.get(repeated, "1"), MOST_REPEATED) or 1
        if values.get("table:visibility", "visible") != "visible":
            hidden.update(range(before + first, min(before + times, MOST_REPEATED) + first))
        return before + times


def _in_ods(packed: zipfile.ZipFile, sheet: str) -> tuple[frozenset[int], frozenset[int]]:
    content = io.BytesIO(b"".join(chunks_of(packed, "content.xml")))
    if b"table:visibility" not in content.getvalue():
        return frozenset(), frozenset()
    counted = _OdsRows(sheet)
    _parse(iter([content.getvalue()]), counted.begins)
    return frozenset(counted.rows), frozenset(counted.columns)


def _parse(chunks: Iterator[bytes], begins: object) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = begins  # type: ignore[assignment]
    try:
        for chunk in chunks:
            parser.Parse(chunk)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Unreadable("file.broken") from error

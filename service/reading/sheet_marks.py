"""What is marked in a sheet: rows and columns that are hidden, because what somebody filtered away is still in the
file, cells that show an error, formulas without a value, merged cells, and numbers that show zeros before them."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from xml.parsers import expat

from service.reading.kinds import XLSX
from service.reading.leading_zeros import OdsStyles, Shown, digits_by_style, digits_of_cell
from service.reading.outcome import NOT_CALCULATED, Unreadable
from service.reading.packed import chunks_of, opened
from service.words.whole_numbers import whole_of

MOST_REPEATED, MOST_COLUMNS = 1_048_576, 1_000
_ROW = re.compile(rb"<(?:\w+:)?row\b([^<>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^<>]*)>")
_TRUE = re.compile(rb"\b(?:hidden\s*=\s*[\"'](?:1|true)|(?:ht|width)\s*=\s*[\"']0(?:\.0{1,9})?)[\"']")
"""Of a row or a column that nobody sees: it is hidden, or has no height or width."""
_UNSEEN = (b"hidden", b'ht="0', b"ht='0", b'width="0', b"width='0")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^<>]*)>")
_ERROR = re.compile(rb"\bt\s*=\s*[\"']e[\"']")
_SHOWN = re.compile(rb"<(?:\w+:)?v>(#(?:REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|N/A))<")
ERROR = "#N/A"
_NOT_CALCULATED = re.compile(
    rb"<(?:\w+:)?c\b([^<>]*)><(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>)"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
_OF_TEXT = re.compile(rb"\bt\s*=\s*[\"']str[\"']")
"""A formula of which the value is a text, which may be blank."""
_PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_MERGED = re.compile(
    rb"<(?:\w+:)?mergeCell\b[^<>]{0,40}?\bref\s*=\s*[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']"
)
MOST_MERGED = 20_000
"""How many merged cells of a sheet are looked at."""
_NUMBER = re.compile(rb"\b(r|min|max)\s*=\s*[\"'](\d{1,7})[\"']")
FORMULA = b"table:formula"
OVERLAP = 4096
"""Bytes of one part that are looked at again with the next, so that a mark on the border is found."""


@dataclass
class Marks:
    """Of one sheet: the numbers of its hidden rows, from 1, its hidden columns, from 0, the sign of each cell that
    shows an error or has a formula without a value, by row and column, each merged cell as its first row and column and
    its last row and column, and how many digits its numbers show."""

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    signs: dict[int, dict[int, str]] = field(default_factory=dict)
    merged: set[tuple[int, int, int, int]] = field(default_factory=set)
    shown: Shown = field(default_factory=Shown)


def marks_of(content: bytes, sheets: Sequence[str], kind: str) -> dict[str, Marks]:
    """Return what is marked in each of the sheets with these names."""
    with opened(io.BytesIO(content)) as packed:
        if kind == XLSX:
            parts, digits = _parts_of(packed), digits_by_style(packed)
            return {sheet: _in_xlsx(packed, parts.get(sheet, ""), digits) for sheet in sheets}
        counted = _in_ods(packed)
        return {sheet: counted.get(sheet, Marks()) for sheet in sheets}


def _in_xlsx(packed: zipfile.ZipFile, part: str, digits: Mapping[bytes, int]) -> Marks:
    marks, tail = Marks(), b""
    for chunk in chunks_of(packed, part) if part in packed.namelist() else ():
        piece = tail + chunk
        marks.rows |= {numbers[b"r"] for numbers in _marked(_ROW, piece) if b"r" in numbers}
        for numbers in _marked(_COLUMN, piece):
            marks.columns.update(range(numbers.get(b"min", 1) - 1, min(numbers.get(b"max", 0), 1000)))
        for row, column, sign in chain(_errors(piece), _not_calculated(piece)):
            marks.signs.setdefault(row, {})[column] = sign
        for row, column, shown in _with_zeros(piece, digits) if digits else ():
            marks.shown.note(row, column, shown)
        if b"mergeCell" in piece and len(marks.merged) < MOST_MERGED:
            marks.merged |= set(islice(_merged(piece), MOST_MERGED))
        tail = piece[-OVERLAP:]
    return marks


def _errors(piece: bytes) -> Iterator[tuple[int, int, str]]:
    """Return the row and the column of each cell whose formula gave an error, and the error that it shows."""
    if b't="e"' not in piece and b"t='e'" not in piece:
        return
    for match in _CELL.finditer(piece):
        if _ERROR.search(match[1]):
            end = piece.find(b"</c>", match.end(), match.end() + OVERLAP // 2)
            shown = _SHOWN.search(piece, match.end(), end) if end > 0 else None
            error = shown[1].decode() if shown else ERROR
            yield from ((row, column, error) for row, column in _place(match[1]))


def _not_calculated(piece: bytes) -> Iterator[tuple[int, int, str]]:
    """Return the row, the column and the sign of each formula of a program that calculates nothing."""
    for match in _NOT_CALCULATED.finditer(piece) if b"f>" in piece or b"<f" in piece else ():
        if not _OF_TEXT.search(match[1]):
            yield from ((row, column, NOT_CALCULATED) for row, column in _place(match[1]))


def _with_zeros(piece: bytes, digits: Mapping[bytes, int]) -> Iterator[tuple[int, int, int]]:
    """Return the row and the column of each number that shows zeros before it, and how many digits it shows at least.
    """
    for match in _CELL.finditer(piece):
        if shown := digits_of_cell(match[1], digits):
            yield from ((row, column, shown) for row, column in _place(match[1]) if column < MOST_COLUMNS)


def _place(attributes: bytes) -> Iterator[tuple[int, int]]:
    place = _PLACE.search(attributes)
    row = whole_of(place[2].decode(), MOST_REPEATED) if place else None
    if place and row:
        yield row, _column_of(place[1])


def _merged(piece: bytes) -> Iterator[tuple[int, int, int, int]]:
    for left, top, right, bottom in _MERGED.findall(piece):
        first, last = (whole_of(digits.decode(), MOST_REPEATED) for digits in (top, bottom))
        if first and last:
            yield first, _column_of(left), last, _column_of(right)


def _column_of(letters: bytes) -> int:
    """Return the column with these letters, from 0."""
    column = 0
    for letter in letters:
        column = column * 26 + letter - ord("A") + 1
    return column - 1


def _marked(pattern: re.Pattern[bytes], piece: bytes) -> Iterator[dict[bytes, int]]:
    if not any(word in piece for word in _UNSEEN):
        return
    for match in pattern.finditer(piece):
        if _TRUE.search(match[1]):
            numbers = {name: whole_of(digits.decode(), MOST_REPEATED) for name, digits in _NUMBER.findall(match[1])}
            yield {name: number for name, number in numbers.items() if number is not None}


def _parts_of(packed: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of each sheet by its name: the target of the id that the workbook gives it."""
    ids, targets = dict[str, str](), dict[str, str]()
    for name, values in _elements(packed, "xl/workbook.xml"):
        if name == "sheet":
            ids[values.get("name", "")] = next((v for k, v in values.items() if k.endswith(":id")), "")
    for name, values in _elements(packed, "xl/_rels/workbook.xml.rels"):
        if name == "Relationship":
            targets[values.get("Id", "")] = values.get("Target", "")
    paths = {sheet: targets.get(number, "") for sheet, number in ids.items()}
    return {sheet: path.lstrip("/") if path.startswith("/") else f"xl/{path}" for sheet, path in paths.items()}


def _elements(packed: zipfile.ZipFile, part: str) -> list[tuple[str, dict[str, str]]]:
    elements: list[tuple[str, dict[str, str]]] = []
    if part in packed.namelist():
        _parse(chunks_of(packed, part), lambda name, values: elements.append((name.rpartition(":")[2], values)))
    return elements


class _OdsRows:
    """Counts the rows and columns of each sheet of an ODS file, and keeps those that are hidden, and merged cells."""

    def __init__(self) -> None:
        self.sheets = dict[str, Marks]()
        self.marks, self.row, self.column, self.cell = Marks(), 0, 0, 0
        self.styles, self.of_columns = OdsStyles(), list[str]()

    def begins(self, name: str, values: dict[str, str]) -> None:
        """Note an element of the file as it begins."""
        if name == "table:table":
            self.marks, self.row, self.column, self.of_columns = Marks(), 0, 0, []
            self.sheets[values.get("table:name", "")] = self.marks
        elif name == "table:table-row":
            self.row = self._count(values, "table:number-rows-repeated", self.row, self.marks.rows, 1)
            self.cell = 0
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._merge(values)
            wide = whole_of(values.get("table:number-columns-repeated", "1"), MOST_REPEATED) or 1
            self._show_zeros(values, min(wide, MOST_COLUMNS - self.cell))
            if "table:formula" in values and not values.keys() & {"office:value-type", "calcext:value-type"}:
                self.marks.signs.setdefault(self.row, {})[self.cell] = NOT_CALCULATED
            self.cell += wide
        elif name == "table:table-column":
            before = self.column
            self.column = self._count(values, "table:number-columns-repeated", self.column, self.marks.columns, 0)
            wide = min(self.column, MOST_COLUMNS) - before
            self.of_columns += [values.get("table:default-cell-style-name", "")] * wide
        else:
            self.styles.begins(name, values)

    def _show_zeros(self, values: dict[str, str], wide: int) -> None:
        if values.get("office:value-type") != "float" or not self.styles.cells:
            return
        for column in range(self.cell, self.cell + wide):
            default = self.of_columns[column] if column < len(self.of_columns) else ""
            if digits := self.styles.cells.get(values.get("table:style-name", default), 0):
                self.marks.shown.note(self.row, column, digits)

    def _merge(self, values: dict[str, str]) -> None:
        names = ("table:number-rows-spanned", "table:number-columns-spanned")
        high, wide = (whole_of(values.get(name, "1"), MOST_REPEATED) or 1 for name in names)
        if (high > 1 or wide > 1) and len(self.marks.merged) < MOST_MERGED:
            self.marks.merged.add((self.row, self.cell, self.row + high - 1, self.cell + wide - 1))

    @staticmethod
    def _count(values: dict[str, str], repeated: str, before: int, hidden: set[int], first: int) -> int:
        times = whole_of(values.get(repeated, "1"), MOST_REPEATED) or 1
        if values.get("table:visibility", "visible") != "visible":
            hidden.update(range(before + first, min(before + times, MOST_REPEATED) + first))
        return before + times


def _in_ods(packed: zipfile.ZipFile) -> dict[str, Marks]:
    content = b"".join(chunks_of(packed, "content.xml"))
    if not any(mark in content for mark in (b"table:visibility", b"-spanned", b"number:min-integer-digits", FORMULA)):
        return {}
    counted = _OdsRows()
    _parse(iter([content]), counted.begins)
    return counted.sheets


def _parse(chunks: Iterator[bytes], begins: object) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = begins  # type: ignore[assignment]
    try:
        for chunk in chunks:
            parser.Parse(chunk)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Unreadable("file.broken") from error

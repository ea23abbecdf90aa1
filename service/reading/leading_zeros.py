"""Zeros before a number that a workbook shows and does not keep: 123 in a cell with the format 00000 is seen as 00123.

A client number, a telephone number or the number of a citizen is read as whoever made the file sees it.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from service.reading.packed import chunks_of
from service.words.whole_numbers import whole_of

MOST_DIGITS = 15
"""Digits of a number that a spreadsheet keeps whole."""
STYLES = "xl/styles.xml"
LARGEST_STYLES = 8 * 1024**2
_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\b([^<>]*)>")
_FORMAT_ID = re.compile(rb"\bnumFmtId\s*=\s*[\"'](\d{1,6})[\"']")
_CODE = re.compile(rb"\bformatCode\s*=\s*[\"'](?:\[\$-[0-9A-Fa-f]{1,6}\])?(0{2,15})(?:;[^\"']*)?[\"']")
_CELL_STYLE = re.compile(rb"<(?:\w+:)?xf\b([^<>]*)>")
_STYLE = re.compile(rb"\bs\s*=\s*[\"'](\d{1,6})[\"']")
_TYPE = re.compile(rb"\bt\s*=\s*[\"'](\w+)[\"']")
_NUMBER = re.compile("[0-9]+")


@dataclass
class Shown:
    """How many digits the numbers of a sheet show at least: by row, from 1, a byte for each column. 0 is no format."""

    rows: dict[int, bytearray] = field(default_factory=dict)

    def note(self, row: int, column: int, digits: int) -> None:
        """Say how many digits the number in this cell shows at least."""
        columns = self.rows.setdefault(row, bytearray())
        columns.extend(bytes(max(0, column + 1 - len(columns))))
        columns[column] = digits

    def fill(self, first: int, rows: list[list[str]]) -> None:
        """Put the zeros before the numbers of these rows, of which `first` is the number of the first one."""
        for row, cells in enumerate(rows, first) if self.rows else ():
            for column, digits in enumerate(self.rows.get(row, b"")):
                if digits and column < len(cells) and _NUMBER.fullmatch(cells[column]):
                    cells[column] = cells[column].zfill(digits)


def digits_by_style(packed: zipfile.ZipFile) -> dict[bytes, int]:
    """Return, by the number of a cell's style in an XLSX file, how many digits it shows at least."""
    if STYLES not in packed.namelist() or packed.getinfo(STYLES).file_size > LARGEST_STYLES:
        return {}
    styles = b"".join(chunks_of(packed, STYLES))
    digits = {number: width for attributes in _FORMAT.findall(styles) for number, width in _format(attributes)}
    cells = styles.partition(b"cellXfs")[2].partition(b"cellXfs")[0] if digits else b""
    numbered = enumerate(_FORMAT_ID.search(attributes) for attributes in _CELL_STYLE.findall(cells))
    return {b"%d" % nth: digits[used[1]] for nth, used in numbered if used and used[1] in digits}


def _format(attributes: bytes) -> Iterator[tuple[bytes, int]]:
    number, code = _FORMAT_ID.search(attributes), _CODE.search(attributes)
    if number and code:
        yield number[1], len(code[1])


def digits_of_cell(attributes: bytes, by_style: Mapping[bytes, int]) -> int:
    """Return how many digits the number in a cell of an XLSX file shows at least; 0 for a cell that holds no number."""
    style, kind = _STYLE.search(attributes), _TYPE.search(attributes)
    return by_style.get(style[1], 0) if style and (kind is None or kind[1] == b"n") else 0


@dataclass
class OdsStyles:
    """The styles of an ODS file by name, with the least digits that each shows; the elements come in their order."""

    formats: dict[str, int] = field(default_factory=dict)
    cells: dict[str, int] = field(default_factory=dict)
    _format: str = ""

    def begins(self, name: str, values: Mapping[str, str]) -> None:
        """Note a style, or a part of one."""
        if name == "number:number-style":
            self._format = values.get("style:name", "")
        elif name == "number:number" and self._format:
            digits = whole_of(values.get("number:min-integer-digits", ""), MOST_DIGITS) or 0
            is_whole = values.get("number:decimal-places", "0") == "0" and "number:grouping" not in values
            if digits > 1 and is_whole:
                self.formats[self._format] = digits
            self._format = ""
        elif name == "style:style" and values.get("style:data-style-name", "") in self.formats:
            self.cells[values.get("style:name", "")] = self.formats[values["style:data-style-name"]]

"""A CSV file as people save it: UTF-8 with or without a mark, or Windows-1252; comma, semicolon or tab; any order."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from service.words.signs import CONTROLS
from service.words.texts import t
from tenants.errors import Invalid, ManyInvalid
from tenants.lines import one_line

DELIMITERS = ",;\t"
MOST_FAULTS, LONGEST_HEADING = 100, 60


@dataclass(frozen=True)
class Row:
    """One line of the file: its line number, and the value under each column that we know."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


class Faults:
    """The faults of a file. The reader stops at a hundred, because then it is probably the wrong file."""

    def __init__(self, field: str) -> None:
        self.field = field
        self.refusals: list[Invalid] = []

    def add(self, key: str, line: int, **values: object) -> None:
        """Add one fault. Raises ManyInvalid with all faults when there are too many."""
        self.refusals.append(Invalid(key, self.field, line=line, **values))
        if len(self.refusals) >= MOST_FAULTS:
            self.refusals.append(Invalid("csv.and_more", self.field, line=line))
            self.refuse()

    def refuse(self) -> None:
        """Raise ManyInvalid with all faults, if there are any."""
        if self.refusals:
            raise ManyInvalid(self.refusals)


def rows_of(
    content: bytes | str, columns: Mapping[str, str], needed: set[str], longest: Mapping[str, int], faults: Faults
) -> Iterator[Row]:
    """Return every line that is not blank.

    `columns` maps a heading, in lower case and bare letters, to our name for the column; a column with another heading
    is not read. `longest` says how many characters a cell of each column may hold; the rest of a longer cell is not
    read.
    """
    text = _text(content, faults)
    lines = _cells(text, faults)
    first = next(lines, None)
    if first is None:
        faults.add("csv.empty", 1)
        faults.refuse()
        return
    names = _names(*first, columns, needed, faults)
    faults.refuse()
    for line, cells in lines:
        if any(cell.strip() for cell in cells[len(names) :]):
            faults.add("csv.too_many_cells", line)
            continue
        row = Row(line, {name: _as_meant(cell) for name, cell in zip(names, cells, strict=False) if name})
        if not _has_long_cells(row, longest, faults):
            yield row


def _as_meant(cell: str) -> str:
    """Return the cell as a form would take it: without invisible signs. Controls stay, and are refused by name."""
    return cell.strip() if CONTROLS.search(cell) else one_line(cell)


def headings_not_read(content: str, columns: Mapping[str, str]) -> list[str]:
    """Return the headings of a file that `rows_of` passes over with these columns; none for a file without lines."""
    _, cells = next(_cells(content.removeprefix("\ufeff"), Faults("")), (0, []))
    unread = [cell.strip()[:LONGEST_HEADING] for cell in cells if not _name_of(cell, columns)]
    return [heading for heading in unread if heading]


def _has_long_cells(row: Row, longest: Mapping[str, int], faults: Faults) -> bool:
    long = [name for name, cell in row.cells.items() if len(cell) > longest[name]]
    for name in long:
        heading, begins = t(f"forms.column.{name}"), row[name][:20]
        faults.add("csv.cell_too_long", row.line, column=heading, most=longest[name], begins=begins)
    return bool(long)


def _text(content: bytes | str, faults: Faults) -> str:
    text = content if isinstance(content, str) else decoded(content)
    if text is None or "\0" in text:
        faults.add("csv.unreadable", 1)
        faults.refuse()
        return ""
    return text.removeprefix("\ufeff")


def decoded(content: bytes) -> str | None:
    """Return the text of a file: UTF-8, UTF-16 with its mark, else cp1252; None when it is none of these."""
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _cells(text: str, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    before = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            faults.add("csv.unreadable", reader.line_num)
            faults.refuse()
        line, before = before + 1, reader.line_num
        if line == 1 and cells and cells[0].lower().startswith("sep="):
            continue  # Excel writes the delimiter in a first line of its own.
        if any(cell.strip() for cell in cells):
            yield line, cells


def _delimiter(text: str) -> str:
    first = text.lstrip().partition("\n")[0]
    if first.lower().startswith("sep=") and first[4:5] in DELIMITERS:
        return first[4:5] or ","
    return max(DELIMITERS, key=first.count)


def _names(line: int, cells: list[str], columns: Mapping[str, str], needed: set[str], faults: Faults) -> list[str]:
    """Return our name of each column; an empty name for a column that is not read."""
    names: list[str] = []
    for cell in _without_empty_end(cells):
        name = _name_of(cell, columns)
        if name and name in names:
            faults.add("csv.column_twice", line, column=cell.strip()[:LONGEST_HEADING])
        names.append(name)
    known = ", ".join(t(f"forms.column.{name}") for name in dict.fromkeys(columns.values()))
    for name in sorted(needed - set(names)):
        faults.add("csv.column_missing", line, column=t(f"forms.column.{name}"), columns=known)
    return names


def _name_of(heading: str, columns: Mapping[str, str]) -> str:
    return columns.get(bare(heading[:LONGEST_HEADING]), "")


def _without_empty_end(cells: list[str]) -> list[str]:
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def bare(heading: str) -> str:
    """Return a heading without accents, capitals and separators: "Geïnformeerd op" becomes "geinformeerdop"."""
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower()
    return "".join(sign for sign in plain if sign.isalnum())

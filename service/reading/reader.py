"""Reads a file for one purpose: what it proposes, what it found, and what a person is asked. It writes nothing."""

import io
import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, islice
from typing import IO

from service.reading.accepted import with_accepted
from service.reading.address_book import is_address_book, table_of_cards
from service.reading.asking import about_headings, about_letters, about_merged, about_sheets, orders_of_days
from service.reading.clients import Clients
from service.reading.columns import Columns, columns_of
from service.reading.fields import PURPOSES, Fields
from service.reading.headings import Headings, headings_of, is_repeated
from service.reading.hits import Hits
from service.reading.json_rows import table_of_json
from service.reading.kinds import TEXT, kind_of
from service.reading.letters import are_as_saved, letters_of
from service.reading.merged_cells import under_groups
from service.reading.orders_of_names import orders_of_names
from service.reading.outcome import Ask, Choices, Fault, Item, Unreadable, about_rows
from service.reading.own_files import fields_of
from service.reading.pasted_people import people_in_mail
from service.reading.purposes import RowReader, Rows
from service.reading.recipients import Recipients
from service.reading.registers import Register
from service.reading.separated import rows_of_text, separator_of, without_outer_quotes
from service.reading.side_rows import question_about
from service.reading.tables import Table
from service.reading.values.client_number import Known
from service.reading.workbooks import tables_of_workbook

SAMPLED = 200
"""How many rows are looked at before a column is proposed."""
MOST_CELLS = 12_000_000
"""Cells of a table, as many as a workbook may have."""
SMALL = 50
"""How many rows are read at once where one of them needs a second look."""
_JSON = re.compile(r"\s*(?:\{\s*\"|\[\s*[{\]])")
READERS: dict[str, Callable[[RowReader, Known | None], Rows]] = {
    "recipients": lambda reader, _: Recipients(reader), "hits": Hits, "clients": lambda reader, _: Clients(reader),
    "register": lambda reader, _: Register(reader),
}  # fmt: skip


@dataclass
class Reading:
    """What reading a file proposes, and what came of it once `items` is read to its end.

    `rows`: the rows with data, and `fits` those that became items. `faults` and `asks` grow while items are read;
    `faults_of_text` are those of rows that could not be told apart, of the batch that is read now.
    """

    purpose: str
    encoding: str
    table: Table
    tables: list[Table]
    headings: Headings
    columns: Columns
    asks: list[Ask]
    faults: list[Fault]
    orders: dict[int, str]
    choices: Choices
    faults_of_text: list[Fault]
    known: Known | None = None
    now: datetime | None = None
    rows: int = 0
    fits: int = 0
    passed: dict[str, list[int]] = field(default_factory=dict)
    is_over: Callable[[], bool] = lambda: False
    _cells: int = 0

    def __post_init__(self) -> None:
        self._of_batch, self._unread, self._gap = list[Fault](), set[int](), array("I")
        self._left_out = frozenset() if self.choices.hidden_rows else self.table.hidden_rows

    def items(self) -> Iterator[Item]:
        """Return each row as it would be kept. To be called once."""
        return chain.from_iterable(self.batches())

    def batches(self) -> Iterator[list[Item]]:
        """Return the items in lists, none of them for longer than it takes to read on. To be called once.

        Raises Unreadable when there are more than MOST_CELLS cells, and when the time for reading is over.
        """
        reader = RowReader(
            self.columns, PURPOSES[self.purpose], self._of_batch.append, self.orders, self.now,
            self.table.mended_by_cell, self.table.is_defused,
        )  # fmt: skip
        maker = READERS[self.purpose](reader, self.known)
        self.faults_of_text.clear()
        for first, rows in with_accepted(self.table.chunks(), self.columns, self.choices):
            skipped = max(0, self.headings.row + 1 - first)
            self._cells += sum(map(len, rows))
            if self._cells > MOST_CELLS or self.is_over():
                raise Unreadable("file.too_heavy")
            if skipped < len(rows):
                batch = self._batch(first + skipped, rows[skipped:], maker)
                self._settle_faults()
                yield batch
        self._settle_faults()
        passed = chain.from_iterable(about_rows(key, rows) for key, rows in self.passed.items())
        self.asks += [*passed, *maker.asks()]

    def take_faults(self) -> list[Fault]:
        """Return the faults since the last call, by their rows; then the reading holds them no more."""
        faults, self.faults = self.faults, []
        return faults

    def _settle_faults(self) -> None:
        """Put the faults of the last batch, and those of the text that was read for it, in the order of their rows."""
        self.faults += sorted(self._of_batch + self.faults_of_text, key=lambda fault: fault.row)
        self._of_batch.clear()
        self.faults_of_text.clear()
        self._unread.clear()

    def _batch(self, first: int, rows: list[list[str]], maker: Rows) -> list[Item]:
        """Return the items of these rows: at once where nothing needs a second look, else in smaller parts."""
        is_usual = not self._left_out or self._left_out.isdisjoint(range(first, first + len(rows)))
        is_usual = is_usual and max(map(len, rows)) <= self.columns.width
        plain = maker.plain(first, rows) if is_usual else None
        if plain is not None:
            self._end_gap()
            self.rows += len(rows)
            items = plain
        elif len(rows) > SMALL:
            parts = range(0, len(rows), SMALL)
            return [item for at in parts for item in self._batch(first + at, rows[at : at + SMALL], maker)]
        else:
            items = list(self._one_by_one(first, rows, maker))
        self.fits += len(items)
        return items

    def _one_by_one(self, first: int, rows: list[list[str]], maker: Rows) -> Iterator[Item]:
        for row, cells in enumerate(rows, first):
            if self._is_data(row, cells):
                self.rows += 1
                if any(cell.strip() for cell in cells[self.columns.width :]):
                    self._of_batch.append(Fault(row, "", "csv.too_many_cells", ""))
                    continue
                item = maker.item(row, cells)
                if item is not None:
                    yield item

    def _is_data(self, row: int, cells: Sequence[str]) -> bool:
        """Return whether a row is data; which other rows there were is kept in `passed`."""
        if not any(cell.strip() for cell in cells):
            if self.table.fields:
                return True  # a card of an address book that says nothing of a person
            if row in self._unread_rows():
                self.rows += 1
            else:
                self._gap.append(row)
            return False
        if why := self._why_left_out(row, cells):
            self._pass(why, row)
            return False
        self._end_gap()
        return True

    def is_read(self, row: int, cells: Sequence[str]) -> bool:
        """Return whether a row stands below the headings and is not left out as hidden, as headings that come again, or
        as a sum or remark."""
        return row > self.headings.row and self._why_left_out(row, cells) is None

    def _why_left_out(self, row: int, cells: Sequence[str]) -> str | None:
        """Return the question about a row that is left out; None for data."""
        if row in self._left_out:
            return "file.hidden_rows"
        if is_repeated(cells, self.headings):
            return "file.headings_again"
        return None if self.choices.side_rows else question_about(cells, self.columns, self.known)

    def _unread_rows(self) -> set[int]:
        """Return the rows of the faults of the text that were noted so far."""
        for fault in self.faults_of_text[len(self._unread) :]:
            self._unread.add(fault.row)
        return self._unread

    def _end_gap(self) -> None:
        """Keep the blank rows that stand before data: a person sees whether what follows belongs to the list."""
        if self._gap:
            self.passed.setdefault("file.blank_rows", []).extend(self._gap)
            self._gap = array("I")

    def _pass(self, key: str, row: int) -> None:
        self.passed.setdefault(key, []).append(row)


def reading_of(
    content: bytes | IO[bytes], purpose: str, choices: Choices | None = None, known: Known | None = None,
    now: datetime | None = None, is_over: Callable[[], bool] = lambda: False,
) -> Reading:  # fmt: skip
    """Return what a file is proposed to say. A file that is open is read by parts, and stays open.

    `purpose`: one of PURPOSES. `known`: the client numbers that there are. `now`: what a file says of moments behind it
    is a fault; None when that is looked at elsewhere. `is_over`: whether the time for reading is over, asked between
    rows; a workbook's own process has a limit of its own besides.

    Raises Unreadable for a file that is no table of any kind.
    """
    choices, fields, faults = choices or Choices(), PURPOSES[purpose], list[Fault]()
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    tables, encoding, asks = _tables(file, fields, choices, faults.append)
    table = _chosen(tables, fields, choices)
    headings, sample = _begun(table, fields, choices.headings_row)
    columns, about_columns = columns_of(table, headings, [cells for _, cells in sample], fields, choices)
    orders, about_orders = orders_of_days(table, headings, columns, choices)
    if purpose == "recipients" and fields_of(headings.cells, purpose) is None:  # ours come back as they were written
        of_names, about_names = orders_of_names(columns, [cells for _, cells in sample], choices)
        orders, about_orders = orders | of_names, about_orders + about_names
    about_columns += about_merged(table, headings, columns)
    asks += [*about_sheets(tables, table, choices), *about_headings(headings, table, columns, choices)]
    asks = [about_letters(ask, columns, table, encoding) for ask in asks] + [*about_columns, *about_orders]
    faults.clear()  # what is wrong with the text is noted again while its rows are read
    return Reading(
        purpose, encoding, table, tables, headings, columns, asks, [], orders, choices, faults, known, now,
        is_over=is_over,
    )  # fmt: skip


def _tables(
    content: IO[bytes], fields: Fields, choices: Choices, note: Callable[[Fault], None]
) -> tuple[list[Table], str, list[Ask]]:
    kind = kind_of(content)
    if kind != TEXT:
        tables = tables_of_workbook(content, kind, choices.sheet)
        if not tables:
            raise Unreadable("file.empty")
        return [replace(table, mended_by_cell=True) for table in tables], kind, []
    letters = letters_of(content, choices.encoding)
    if _JSON.match(letters.text.head):
        by_cell = not are_as_saved(content, choices.encoding)
        return [replace(table_of_json(letters.text), mended_by_cell=by_cell)], letters.encoding, list(letters.asks)
    if fields.purpose == "recipients" and (mail := people_in_mail(letters.text, fields, choices.side_rows)):
        people, asks = mail
        pasted = Table("", lambda: iter(people), fields={0: "name", 1: "email"})
        return [pasted], letters.encoding, [*letters.asks, *asks]
    if is_address_book(letters.text.head):
        if fields.purpose != "recipients":
            raise Unreadable("file.is_address_book")
        return [table_of_cards(letters.text)], letters.encoding, list(letters.asks)
    text = without_outer_quotes(letters.text)
    separator = separator_of(text.head, fields.is_heading)
    table = Table(
        "", rows_of_text(text, separator, note),
        as_they_stand=rows_of_text(text, separator, lambda _: None, keeps_open=True), is_defused=True,
    )  # fmt: skip
    return [table], letters.encoding, list(letters.asks)


def _chosen(tables: list[Table], fields: Fields, choices: Choices) -> Table:
    """Return the sheet that was chosen, else the visible one whose headings we know best."""
    if choices.sheet is not None:
        named = [table for table in tables if table.name == choices.sheet]
        if not named:
            raise Unreadable("file.no_such_sheet", sheet=choices.sheet)
        return _readable(named)[0]
    visible = _readable([table for table in tables if not table.is_hidden] or tables)

    def fitness(table: Table) -> int:
        cells = headings_of(list(islice(table.rows(), SAMPLED)), fields, None).cells
        return len({field.name for cell in cells if (field := fields.of_heading(cell))})

    return max(visible, key=fitness) if len(visible) > 1 else visible[0]


def _readable(tables: list[Table]) -> list[Table]:
    """Return the tables whose rows can be read. Raises Unreadable when there are none."""
    readable = [table for table in tables if not table.refused]
    if not readable and tables[0].refused:
        raise tables[0].refused
    return readable


def _begun(table: Table, fields: Fields, chosen: int | None) -> tuple[Headings, list[tuple[int, list[str]]]]:
    """Return the headings of a table, and the first rows below them. Raises Unreadable for chosen headings in a row
    that is not there."""
    first = list(islice(table.rows(), max(SAMPLED, (chosen or 0) + SAMPLED)))
    if chosen and chosen > len(first):
        raise Unreadable("file.no_such_row", row=chosen, rows=len(first))
    headings = headings_of(first, fields, 0 if table.fields else chosen)
    headings = replace(headings, cells=under_groups(table.merged, headings.row, headings.cells, first))
    return headings, [(row, cells) for row, cells in first if row > headings.row and row not in table.hidden_rows]

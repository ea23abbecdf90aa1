"""What each purpose makes of a row: an item, or what is wrong with it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from service.reading.columns import Columns
from service.reading.fields import Fields
from service.reading.mended_letters import meant_by
from service.reading.outcome import NOT_CALCULATED, Ask, Fault, Item, Wrong, about_rows
from service.reading.values.name import undefused, without_odd_quote
from service.words.signs import first_control
from tenants.lines import long_text, one_line
from workflows.law.periods import AMSTERDAM

ERRORS = frozenset({
    "#N/A", "#N/B", "#REF", "#VERW", "#VALUE", "#WAARDE", "#DIV/0", "#DEEL/0", "#NAME", "#NAAM", "#NUM", "#GETAL",
    "#NULL", "#LEEG",
})  # fmt: skip
"""What a spreadsheet shows where a formula gave nothing, in English and Dutch, without the sign behind it."""
LONG = 1_000
"""A column whose cells may have so many characters keeps its line breaks."""


@dataclass
class RowReader:
    """The cells of one row by field, and the faults that they have. `note` takes each fault. `now`: the moment after
    which nothing can have happened yet, aware; None when nobody asks. `mended_by_cell`, `is_defused`: see Table.
    `misread` is the last row of which letters were misread before."""

    columns: Columns
    fields: Fields
    note: Callable[[Fault], None]
    orders: Mapping[int, str] = field(default_factory=dict)
    now: datetime | None = None
    mended_by_cell: bool = False
    is_defused: bool = False

    def __post_init__(self) -> None:
        self.without, self.unclear, self.misread = list[int](), list[int](), 0
        self._seen = dict[tuple[str, str], int]()
        self._limits = {place: self.fields.named(name).longest for place, name in self.columns.used.items()}

    def cells_of(self, row: int, cells: Sequence[str]) -> dict[int, str] | None:
        """Return the used cells by place, without what nobody sees; None when one is too long or cannot be kept, and
        for a row in which all are blank, which is kept in `without`. Of a cell whose letters were misread that is
        noted, and what was meant is read for what else is wrong with its row."""
        used = {place: cells[place].strip() for place in self._limits if place < len(cells)}
        if self.mended_by_cell:
            used |= self._misread(row, {place: cells[place] for place in used})
        if not all([self._can_be_kept(row, place, cell) for place, cell in used.items()]):
            return None
        meant = {place: self._as_meant(place, cell) for place, cell in used.items()}
        if not any(meant.values()):
            self.without += [] if self.misread == row else [row]
            return None
        return meant

    def once(
        self, row: int, name: str, used: Mapping[int, str], value: str, key: str, kind: str = ""
    ) -> str | Wrong:  # fmt: skip
        """Return what a row is known by; Wrong with this key where an earlier row has the same, which is noted. Values
        of another `kind` are no doubles."""
        first = self._seen.setdefault((kind, value), row)
        if first == row:
            return value
        place, cell = self.first(name, used)
        wrong = Wrong(key, "", {name: value, "first": first})
        self.fault(row, place, cell, wrong)
        return wrong

    def _as_meant(self, place: int, cell: str) -> str:
        cell = undefused(without_odd_quote(cell)) if self.is_defused else without_odd_quote(cell)
        if cell.isascii() and cell.isprintable():
            return cell
        return long_text(cell) if self._limits[place] >= LONG else one_line(cell)

    def _misread(self, row: int, cells: Mapping[int, str]) -> dict[int, str]:
        """Return what was meant by the cells whose letters, of which blank ones are part too, were read in another
        encoding before; each is noted."""
        texts = {place: meant_by(cell).strip() for place, cell in cells.items() if not cell.isascii()}
        misread = {place: meant for place, meant in texts.items() if meant != cells[place].strip()}
        for place, meant in misread.items():
            wrong = Wrong("file.letters_misread", meant, {"meant": meant[:60]})
            self.fault(row, place, cells[place].strip(), wrong)
            self.misread = row
        return misread

    def _can_be_kept(self, row: int, place: int, cell: str) -> bool:
        most = self._limits[place]
        if len(cell) > most:
            self.fault(row, place, cell, Wrong("file.cell_too_long", "", {"most": most}))
            return False
        wrong = _lost(cell)
        if wrong:
            self.fault(row, place, cell, wrong)
            return False
        control = None if cell.isprintable() else first_control(cell)
        if control:
            self.fault(row, place, cell, Wrong("file.sign", "", control))
        return control is None

    def in_future(self, row: int, name: str, used: Mapping[int, str], at: date | None) -> Wrong | None:
        """Return Wrong, which is noted, for a day or an aware moment of this field that has not come yet; else None."""
        if at is None or self.now is None:
            return None
        if at <= (self.now if isinstance(at, datetime) else self.now.astimezone(AMSTERDAM).date()):
            return None
        place, cell = self.first(name, used)
        wrong = Wrong("file.in_future", "", {"value": cell[:60]})
        self.fault(row, place, cell, wrong)
        return wrong

    def fault(self, row: int, place: int, cell: str, wrong: Wrong) -> None:
        """Note what is wrong with a cell."""
        values = {"column": self.columns.heading(place), **wrong.values}
        self.note(Fault(row, self.columns.heading(place), wrong.key, cell[:100], wrong.proposal, values))

    def first(self, name: str, used: Mapping[int, str]) -> tuple[int, str]:
        """Return the first filled cell of a field with its place, or (its first place or -1, ""). Where two columns
        hold a field of one column, as in a file of ours, the last filled one."""
        places = self.columns.places.get(name, ())
        if len(places) > 1 and not self.fields.named(name).many:
            places = places[::-1]
        return next(((place, used[place]) for place in places if used.get(place)), (places[0] if places else -1, ""))

    def value(self, row: int, name: str, used: Mapping[int, str], read: Callable[[str], Any]) -> Any:
        """Return what `read` makes of the cell of a field; Wrong when that was noted as a fault."""
        place, cell = self.first(name, used)
        value = read(cell)
        if isinstance(value, Wrong):
            self.fault(row, max(place, 0), cell, value)
        return value


class Rows(ABC):
    """Makes items of the rows of one table, in their order."""

    def __init__(self, reader: RowReader) -> None:
        self.reader = reader
        self._of_misread: Rows | None = None

    def anew(self, reader: RowReader) -> "Rows":
        """Return one that has seen no row yet."""
        return type(self)(reader)

    def plain(self, first: int, rows: Sequence[list[str]]) -> list[Item] | None:
        """Return the items of rows in which nothing needs a second look; None when they are to be read one by one."""
        return None

    def item(self, row: int, cells: Sequence[str]) -> Item | None:
        """Return what a row says; None for a row with a fault, or one that says nothing new."""
        used = self.reader.cells_of(row, cells)
        if used is None or self.reader.misread != row:
            return None if used is None else self._item(row, used)
        # What else is wrong with the row is noted; another row of the same person or client still stands first.
        self._of_misread = self._of_misread or self.anew(replace(self.reader))
        self._of_misread._item(row, used)
        return None

    @abstractmethod
    def _item(self, row: int, used: Mapping[int, str]) -> Item | None:
        """Return what the used cells of a row say. All faults of the row are noted at once."""

    def asks(self) -> list[Ask]:
        """Return what came up in the rows that a person is asked about: those that say nothing of what is needed, and
        those in which it is unclear how many people there are."""
        return [*about_rows("file.rows_without", self.reader.without),
                *about_rows("file.people_unclear", self.reader.unclear)]


def _lost(cell: str) -> Wrong | None:
    """Return what was lost in a cell before the file was saved: a letter, or what a formula should have given."""
    if cell == NOT_CALCULATED:
        return Wrong("file.formula_not_calculated")
    if cell.startswith("#") and cell.rstrip("!?").upper() in ERRORS:
        return Wrong("file.error_cell", "", {"value": cell})
    return Wrong("file.letter_lost", "", {"value": cell[:40]}) if "\ufffd" in cell else None

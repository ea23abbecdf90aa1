"""An old register: what was known and decided then. A day stays a day, "unclear" stays unclear, and the names of who
reported it are left behind."""

import re
from collections.abc import Mapping
from typing import Any

from service.reading.outcome import Ask, Item, Wrong, about_rows
from service.reading.own_files import place_of_own_numbers
from service.reading.people_columns import people_of
from service.reading.purposes import RowReader, Rows
from service.reading.reported import day_at, reported_of, told_in
from service.reading.values.no_value import NO_VALUE
from tenants.lines import long_text, one_line

OWN = "own"
"""The kind of a number that our register gave. An old number may be the same: that is no double."""
_GIVEN = re.compile("oud-[0-9]{4,}")
DAYS, ANSWERS = ("began_on", "discovered_on", "reported_on"), ("reported_to_ap", "people_told")
"""The days stand in the order in which they come."""
TEXTS = ("description", "nature", "kinds_of_data", "consequences", "measures", "reason")


class Register(Rows):
    """Makes breaches of rows. Each has a reference, by which it is known again; in a file of our own register also
    `own_number`, the number that the register itself gave, for a breach of an old register too."""

    def __init__(self, reader: RowReader) -> None:
        super().__init__(reader)
        self._own_place = place_of_own_numbers(reader.columns.headings)
        self._turned_around = list[int]()

    def _item(self, row: int, used: Mapping[int, str]) -> Item | None:
        if all(cell.casefold() in NO_VALUE for cell in used.values()):
            self.reader.without.append(row)
            return None
        values: dict[str, Any] = {"reference": self._reference(row, used)}
        if self._own_place is not None:
            values["own_number"] = one_line(used.get(self._own_place, "")) or None
        values["title"] = _said(one_line(self.reader.first("title", used)[1]))
        values |= {name: day_at(self.reader, row, name, used) for name in ("began_on", "discovered_on")}
        values |= reported_of(self.reader, row, used, is_ours=self._own_place is not None)
        values["people_told"] = self.reader.value(row, "people_told", used, told_in)
        values |= self._people(row, used)
        values["ap_number"] = _number(self.reader.first("ap_number", used)[1]) or None
        values |= {name: self._text(name, used) or None for name in TEXTS}
        if any(isinstance(value, Wrong) for value in values.values()):
            return None
        days = [values[name] for name in DAYS if values[name] is not None]
        if days != sorted(days):
            self._turned_around.append(row)
        return Item(row, values)

    def asks(self) -> list[Ask]:
        """Return rows that say nothing, and those whose days stand in an order that cannot be. An old register may say
        so all the same: it is taken as it is, when a person says that it is right."""
        return [*super().asks(), *about_rows("file.days_turned_around", self._turned_around)]

    def _reference(self, row: int, used: Mapping[int, str]) -> str | Wrong | None:
        place, cell = self.reader.first("reference", used)
        reference, kind = _number(cell), OWN if place == self._own_place else ""
        # The number that we gave a breach of an old register without a number is none of that register.
        if not reference or (kind == OWN and _GIVEN.fullmatch(reference)):
            return None
        return self.reader.once(row, "reference", used, reference, "file.reference_twice", kind)

    def _text(self, name: str, used: Mapping[int, str]) -> str:
        """Return the text of a field, with that of each of its columns."""
        places = self.reader.columns.places.get(name, ())
        return "\n".join(filter(None, (_said(long_text(used.get(place, ""))) for place in places)))

    def _people(self, row: int, used: Mapping[int, str]) -> dict[str, Any]:
        people = people_of(self.reader, row, used)
        if isinstance(people, Wrong):
            return {"people_min": people}
        return {"people_min": people.least, "people_max": people.most, "estimate": people.is_estimate}


def _number(cell: str) -> str:
    """Return a number by which something is known, "" where somebody wrote that there is none."""
    number = one_line(cell)
    return "" if number.casefold() in NO_VALUE else number


def _said(text: str) -> str:
    """Return a text, "" for one of strokes and points only. Words such as "onbekend" and "n.v.t." are kept: they say
    different things."""
    return text if any(map(str.isalnum, text)) else ""

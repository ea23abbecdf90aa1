"""An old register: what was known and decided then. A day stays a day, "unclear" stays unclear, and the names of who
reported it are left behind."""

from collections.abc import Mapping
from typing import Any

from service.reading.outcome import Item, Wrong
from service.reading.people_columns import people_of
from service.reading.purposes import Rows
from service.reading.values.choice import choice_in
from service.reading.values.day import day_in
from service.reading.values.day_order import DAY_FIRST
from tenants.lines import long_text, one_line

DIGITS = frozenset("0123456789")
DAYS = ("began_on", "discovered_on", "reported_on")
CHOICES = ("reported_to_ap", "people_told")
TEXTS = ("description", "nature", "kinds_of_data", "consequences", "measures", "reason")


class Register(Rows):
    """Makes breaches of rows. Each has a reference, by which it is known again."""

    def _item(self, row: int, used: Mapping[int, str]) -> Item | None:
        values: dict[str, Any] = {"reference": self._reference(row, used)}
        values["title"] = one_line(self.reader.first("title", used)[1])
        values |= {name: self._day(row, name, used) for name in DAYS}
        values |= {name: self.reader.value(row, name, used, choice_in) for name in CHOICES}
        values |= self._people(row, used)
        values["ap_number"] = one_line(self.reader.first("ap_number", used)[1]) or None
        values |= {name: self._text(name, used) or None for name in TEXTS}
        return None if any(isinstance(value, Wrong) for value in values.values()) else Item(row, values)

    def _reference(self, row: int, used: Mapping[int, str]) -> str | Wrong | None:
        reference = one_line(self.reader.first("reference", used)[1])
        return self.reader.once(row, "reference", used, reference, "file.reference_twice") if reference else None

    def _day(self, row: int, name: str, used: Mapping[int, str]) -> object:
        order = self.reader.orders.get(self.reader.first(name, used)[0], DAY_FIRST)
        day = self.reader.value(row, name, used, lambda cell: day_in(_without_time(cell), order))
        return day if isinstance(day, Wrong) else self.reader.in_future(row, name, used, day.on) or day.on

    def _text(self, name: str, used: Mapping[int, str]) -> str:
        """Return the text of a field, with that of each of its columns."""
        places = self.reader.columns.places.get(name, ())
        return "\n".join(filter(None, (long_text(used.get(place, "")) for place in places)))

    def _people(self, row: int, used: Mapping[int, str]) -> dict[str, Any]:
        people = people_of(self.reader, row, used)
        if isinstance(people, Wrong):
            return {"people_min": people}
        return {"people_min": people.least, "people_max": people.most, "estimate": people.is_estimate}


def _without_time(cell: str) -> str:
    """Return the day of a moment: an old register keeps days, and no clock begins from its times."""
    day, _, rest = cell.partition(" ") if " " in cell else cell.partition("T")
    return day if rest[:1] in DIGITS and ":" in rest else cell

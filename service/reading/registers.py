"""An old register: what was known and decided then. A day stays a day, "unclear" stays unclear, and the names of who
reported it are left behind."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from service.reading.fields import OF_AP
from service.reading.heading_words import says
from service.reading.outcome import Ask, Item, Wrong, about_rows
from service.reading.own_files import place_of_own_numbers
from service.reading.people_columns import people_of
from service.reading.purposes import RowReader, Rows
from service.reading.values.choice import YES, choice_in
from service.reading.values.day import Day, day_in
from service.reading.values.day_order import DAY_FIRST, MIXED
from service.reading.values.no_value import NO_VALUE
from tenants.lines import long_text, one_line
from workflows.law.periods import AMSTERDAM

DIGITS = frozenset("0123456789")
OWN = "own"
"""The kind of a number that our register gave. An old number may be the same: that is no double."""
_GIVEN = re.compile("oud-[0-9]{4,}")
_WITH_OFFSET = re.compile(
    r"(?P<at>(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?) ?"
    r"(?P<offset>[Zz]|UTC|[+-][01][0-9](?::?[0-5][0-9])?)"
)
DAYS = ("began_on", "discovered_on", "reported_on")
"""In the order in which they come."""
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
        values |= {name: self._day(row, name, used) for name in DAYS}
        values |= {name: self.reader.value(row, name, used, read) for name, read in CHOICES.items()}
        values |= self._reported(used, values) | self._people(row, used)
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

    def _day(self, row: int, name: str, used: Mapping[int, str]) -> object:
        order = self.reader.orders.get(self.reader.first(name, used)[0], DAY_FIRST)
        day = self.reader.value(row, name, used, lambda cell: day_in(_without_time(cell), order))
        return day if isinstance(day, Wrong) else self.reader.in_future(row, name, used, day.on) or day.on

    def _reported(self, used: Mapping[int, str], values: Mapping[str, Any]) -> dict[str, Any]:
        """Return whether, and on which day, a breach was reported to the AP: a day under its name says both."""
        cell = self.reader.first("reported_to_ap", used)[1]
        answer, day = values["reported_to_ap"], values["reported_on"]
        place = self.reader.first("reported_on", used)[0]
        if not cell and isinstance(day, date) and says(self.reader.columns.heading(place), OF_AP):
            answer = YES
        elif answer == YES and day is None and isinstance(on := _sure_day(cell), Day):
            day = on.on
        return {"reported_to_ap": answer, "reported_on": day}

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


def told_in(cell: str) -> str | Wrong:
    """Return whether people, or the AP, were told: a day says that they were."""
    choice = choice_in(cell)
    day = day_in(_without_time(cell), DAY_FIRST) if isinstance(choice, Wrong) else None
    return YES if isinstance(day, Day) and day.on else choice


def reported_in(cell: str) -> str | Wrong:
    """Return whether the AP was told. A day is kept too, so one that can be read in two ways is wrong."""
    answer, day = told_in(cell), _sure_day(cell)
    return day if answer == YES and isinstance(day, Wrong) and day.key == "file.day_both_ways" else answer


def _sure_day(cell: str) -> Day | Wrong:
    return day_in(_without_time(cell), MIXED)


def _moment(cell: str) -> datetime | None:
    """Return the aware moment of a cell as programs write it; None for another one."""
    match = _WITH_OFFSET.fullmatch(cell)
    try:
        return match and datetime.fromisoformat(match["at"] + match["offset"].upper().replace("UTC", "Z"))
    except ValueError:
        return None


def _without_time(cell: str) -> str:
    """Return the day of a moment, in the Netherlands where it has an offset: an old register keeps days, and no clock
    begins from its times."""
    at = _moment(cell)
    if at is not None:
        return at.astimezone(AMSTERDAM).date().isoformat()
    day, _, rest = cell.partition(" ") if " " in cell else cell.partition("T")
    return day if rest[:1] in DIGITS and ":" in rest else cell


CHOICES = {"reported_to_ap": reported_in, "people_told": told_in}

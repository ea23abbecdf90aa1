"""The clients of an office with their agreements: who they are, within how many hours they must hear, from whom, and in
which services the office works for them."""

import re
from collections.abc import Mapping
from datetime import date

from service.reading.contacts import columns_of_contacts, contacts_in
from service.reading.numbers_seen import NumbersSeen
from service.reading.outcome import Ask, Item, Wrong, about_rows
from service.reading.purposes import RowReader, Rows
from service.reading.values.choice import NO, NOT_APPLICABLE, YES, choice_in
from service.reading.values.client_number import number_in
from service.reading.values.day import day_in
from service.reading.values.day_order import DAY_FIRST
from service.reading.values.no_value import NO_NAME, NO_VALUE, NONE
from service.reading.values.no_value import NOT_APPLICABLE as NO_DAY
from service.reading.values.services_in_cell import Services, add_services, service_of_column, services_in
from service.words.whole_numbers import whole_of
from tenants.lines import one_line
from tenants.organisations.kvk_numbers import is_kvk_number, kvk_number

MOST_HOURS = 720
AT_ONCE = frozenset({
    "zo snel mogelijk", "zo spoedig mogelijk", "zsm", "z.s.m", "onverwijld", "direct", "per direct", "onmiddellijk",
    "meteen", "zonder onredelijke vertraging", "zonder vertraging", "without undue delay", "without delay",
    "as soon as possible", "asap", "a.s.a.p", "immediately", "at once", "promptly",
    "geen afspraak", "niet afgesproken", "geen uren afgesproken", "not agreed",
})  # fmt: skip
"""How agreements say that no hours were agreed; the first of each language is how our own pages do."""
_HOURS = re.compile(r"(?:binnen )?([0-9]{1,4})(?:,0+)?\s*(?:u|uur|uren|h|hours?)?")
NO_END = NONE | NO_DAY | {
    "onbepaald", "onbepaalde tijd", "voor onbepaalde tijd", "doorlopend", "lopend", "loopt door", "open", "open einde",
    "indefinite", "indefinitely", "ongoing", "open-ended", "open ended", "no end",
}  # fmt: skip
"""An agreement that holds until somebody ends it."""
_DAYS = re.compile(r"(?:binnen )?([0-9]{1,2})\s*(?:dag|dagen|days?|d|etmaal|etmalen)")


class Clients(Rows):
    """Makes clients with their contacts of rows."""

    def __init__(self, reader: RowReader) -> None:
        super().__init__(reader)
        self._contacts, self._numbers = columns_of_contacts(reader.columns), NumbersSeen()
        self._tests = list[int]()

    def _item(self, row: int, used: Mapping[int, str]) -> Item | None:
        is_test = self._is_test(row, used)
        if is_test is True:
            return None
        last_day = self._day(row, used, "in_force_to")
        values = {
            "name": self.reader.value(row, "name", used, _named),
            "kvk_number": self.reader.value(row, "kvk_number", used, kvk_in),
            "client_number": self._number(row, used, last_day),
            "hours_to_notify": self.reader.value(row, "hours_to_notify", used, hours_in),
            "in_force_from": self._day(row, used, "in_force_from"), "in_force_to": last_day,
            "services": self._services(row, used),
            "contacts": contacts_in(row, used, self._contacts, self.reader),
        }
        return None if any(isinstance(value, Wrong) for value in (is_test, *values.values())) else Item(row, values)

    def _is_test(self, row: int, used: Mapping[int, str]) -> bool | Wrong:
        """Return whether a row is the client that an office sends its tests to, which is no client; such rows are kept
        for the question about them."""
        place, cell = self.reader.first("is_test", used)
        said = choice_in(cell) if cell else NO
        if said == YES:
            self._tests.append(row)
        elif said not in (NO, NOT_APPLICABLE):
            wrong = said if isinstance(said, Wrong) else Wrong("file.no_choice", "", {"value": cell[:40]})
            self.reader.fault(row, place, cell, wrong)
            return wrong
        return said == YES

    def _number(self, row: int, used: Mapping[int, str], last_day: object) -> str | Wrong:
        """Return the number of a client. It may stand twice where one of both agreements ended."""
        number: str | Wrong = self.reader.value(row, "client_number", used, number_in)
        if isinstance(number, Wrong):
            return number
        self._numbers.look_at(row, number)
        return self.reader.once(row, "client_number", used, number, "client.doubled", str(last_day or ""))

    def _services(self, row: int, used: Mapping[int, str]) -> Services | Wrong | None:
        """Return the services of all columns that hold them; None for a row that says nothing of them."""
        services, wrong = dict[str, str | None](), None
        for place in self.reader.columns.places.get("services", ()):
            cell = used.get(place, "")
            of_column = service_of_column(self.reader.columns.heading(place), cell)
            read = services_in(f"{of_column} ({cell})" if of_column else cell)
            fault = read if isinstance(read, Wrong) else add_services(services, read or {}, cell)
            if fault:
                self.reader.fault(row, place, cell, fault)
            wrong = wrong or fault
        return wrong or services or None

    def asks(self) -> list[Ask]:
        """Return rows that say nothing, numbers that may be of one client, and clients that are only there for tests.
        """
        return [*super().asks(), *self._numbers.asks(), *about_rows("file.test_clients", self._tests)]

    def _day(self, row: int, used: Mapping[int, str], name: str) -> date | Wrong | None:
        place, cell = self.reader.first(name, used)
        if name == "in_force_to" and one_line(cell).casefold() in NO_END:
            return None
        order = self.reader.orders.get(place, DAY_FIRST)
        day = self.reader.value(row, name, used, lambda cell: day_in(cell, order))
        return day if isinstance(day, Wrong) else day.on


def _named(cell: str) -> str | Wrong:
    name = one_line(cell)
    return Wrong("file.name_missing") if name.casefold() in NO_NAME else name


def kvk_in(cell: str) -> str | Wrong | None:
    """Return the number of the trade register in a cell, eight digits; None for a client without one."""
    text = cell.strip().casefold()
    if text in NO_VALUE:
        return None
    digits = kvk_number(text.removeprefix("kvk").removeprefix(":"))
    if is_kvk_number(digits):
        return digits
    is_short = 5 < len(digits) < 8 and whole_of(digits, 9_999_999) is not None
    return Wrong("file.kvk_number", digits.zfill(8) if is_short else "", {"value": cell[:40]})


def hours_in(cell: str) -> int | Wrong | None:
    """Return within how many hours the client must hear; None when the agreement says nothing of it. Days are asked
    about, because a day of an agreement may end at midnight or after 24 hours."""
    text = cell.strip().casefold()
    if text in NO_VALUE or text.rstrip(".!") in AT_ONCE:
        return None
    hours, days = _HOURS.fullmatch(text), _DAYS.fullmatch(text)
    if hours and (number := whole_of(hours[1], MOST_HOURS)):
        return number
    meant = whole_of(days[1], MOST_HOURS // 24) if days else None
    return Wrong("file.hours", str(24 * meant) if meant else "", {"value": cell[:40], "most": MOST_HOURS})

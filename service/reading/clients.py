"""The clients of an office with their agreements: who they are, within how many hours they must hear, and from whom."""

import re
from collections.abc import Mapping, Sequence

from service.reading.columns import Columns
from service.reading.numbers_seen import NumbersSeen
from service.reading.outcome import Ask, Item, Wrong
from service.reading.purposes import RowReader, Rows
from service.reading.values.address import address_in
from service.reading.values.client_number import number_in
from service.reading.values.day import day_in
from service.reading.values.day_order import DAY_FIRST
from service.reading.values.no_value import NO_VALUE
from service.words.whole_numbers import whole_of
from tenants.lines import one_line
from tenants.organisations.kvk_numbers import is_kvk_number, kvk_number

MOST_HOURS = 720
_HOURS = re.compile(r"(?:binnen )?([0-9]{1,4})(?:,0+)?\s*(?:u|uur|uren|h|hours?)?")
_NUMBER = re.compile(r"(?<![0-9])[1-9][0-9]?$")
OF_CONTACT = ("contact_name", "contact_email", "contact_phone")
_DAYS = re.compile(r"(?:binnen )?([0-9]{1,2})\s*(?:dag|dagen|days?|d|etmaal|etmalen)")


class Clients(Rows):
    """Makes clients with their contacts of rows."""

    def __init__(self, reader: RowReader) -> None:
        super().__init__(reader)
        self._numbered, self._numbers = _numbered(reader.columns), NumbersSeen()

    def _item(self, row: int, used: Mapping[int, str]) -> Item | None:
        values = {
            "name": self.reader.value(row, "name", used, _named),
            "kvk_number": self.reader.value(row, "kvk_number", used, kvk_in),
            "client_number": self._number(row, used),
            "hours_to_notify": self.reader.value(row, "hours_to_notify", used, hours_in),
            "in_force_from": self._day(row, used),
            "contacts": self._contacts(row, used),
        }
        return None if any(isinstance(value, Wrong) for value in values.values()) else Item(row, values)

    def _number(self, row: int, used: Mapping[int, str]) -> str | Wrong:
        number: str | Wrong = self.reader.value(row, "client_number", used, number_in)
        if isinstance(number, Wrong):
            return number
        self._numbers.look_at(row, number)
        return self.reader.once(row, "client_number", used, number, "client.doubled")

    def asks(self) -> list[Ask]:
        """Return rows that say nothing, and numbers that may be of one client."""
        return [*super().asks(), *self._numbers.asks()]

    def _day(self, row: int, used: Mapping[int, str]) -> object:
        order = self.reader.orders.get(self.reader.first("in_force_from", used)[0], DAY_FIRST)
        day = self.reader.value(row, "in_force_from", used, lambda cell: day_in(cell, order))
        return day if isinstance(day, Wrong) else day.on

    def _contacts(self, row: int, used: Mapping[int, str]) -> list[dict[str, str]] | Wrong:
        """Return the contacts of each number in the headings: "Telefoon 2" is of the second contact."""
        contacts = list[dict[str, str]]()
        for places in self._numbered:
            of_number = self._contacts_in(row, used, places)
            if isinstance(of_number, Wrong):
                return of_number
            contacts += [contact for contact in of_number if contact not in contacts]
        return contacts

    def _contacts_in(
        self, row: int, used: Mapping[int, str], places: Mapping[str, Sequence[int]]
    ) -> list[dict[str, str]] | Wrong:
        """Return a contact for each address. Name and telephone belong to the first one, or are a contact alone."""
        addresses: list[str] = []
        for place in places.get("contact_email", ()):
            address = address_in(used.get(place, ""))
            if isinstance(address, Wrong):
                self.reader.fault(row, place, used[place], address)
                return address
            addresses += [address.text] if address.text and address.text not in addresses else []
        name, phone = (_filled(used, places.get(field, ())) for field in ("contact_name", "contact_phone"))
        first = {"name": name, "email": addresses[0] if addresses else "", "phone": phone}
        kept = {key: value for key, value in first.items() if value}
        return [*([kept] if kept else []), *({"email": address} for address in addresses[1:])]


def _numbered(columns: Columns) -> list[dict[str, list[int]]]:
    """Return the places of the contacts' columns by field, for each number behind the headings; 1 where none is."""
    numbered: dict[int, dict[str, list[int]]] = {}
    for field in OF_CONTACT:
        for place in columns.places.get(field, ()):
            number = _NUMBER.search(columns.heading(place))
            nth = (whole_of(number[0], 99) if number else None) or 1
            numbered.setdefault(nth, {}).setdefault(field, []).append(place)
    return [numbered[nth] for nth in sorted(numbered)]


def _filled(used: Mapping[int, str], places: Sequence[int]) -> str:
    return one_line(next((used[place] for place in places if used.get(place)), ""))


def _named(cell: str) -> str | Wrong:
    return one_line(cell) or Wrong("file.name_missing")


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
    if text in NO_VALUE:
        return None
    hours, days = _HOURS.fullmatch(text), _DAYS.fullmatch(text)
    if hours and (number := whole_of(hours[1], MOST_HOURS)):
        return number
    meant = whole_of(days[1], MOST_HOURS // 24) if days else None
    return Wrong("file.hours", str(24 * meant) if meant else "", {"value": cell[:40], "most": MOST_HOURS})

"""The people who must be told: each on the list, by mail where there is an address, else in another way."""

from collections.abc import Mapping, Sequence

from service.reading.lines_of_mail import BULLETS, greets, without_bullet
from service.reading.orders_of_names import places_of_names
from service.reading.outcome import Ask, Item, Wrong, about_rows
from service.reading.plain_people import LONGEST_NAME, MAIL, OTHER, PlainPeople, same_person
from service.reading.purposes import RowReader, Rows
from service.reading.remarks import is_odd_name
from service.reading.values.address import Address, address_in, addresses_within
from service.reading.values.name import PARTS, name_in
from service.reading.values.surname_first import SURNAME_FIRST, turned
from tenants.lines import one_line

AROUND = " <>()[]\"',;:-"
"""Signs that stand between a name and an address."""


class Recipients(Rows):
    """Makes people of rows. Several people with one address are several people; one person twice counts once."""

    def __init__(self, reader: RowReader) -> None:
        super().__init__(reader)
        self._turns = SURNAME_FIRST in (reader.orders.get(place) for place in places_of_names(reader.columns))
        self._plain = PlainPeople(reader.columns, reader.mended_by_cell, self._turns)
        self._seen: set[int] = set()
        self._twice: list[int] = []
        self._both: list[int] = []
        self._odd: list[int] = []

    def plain(self, first: int, rows: Sequence[list[str]]) -> list[Item] | None:
        """Return the people of rows in which nothing needs a second look; None when something does."""
        return self._plain.people(first, rows, self._seen)

    def _item(self, row: int, used: Mapping[int, str]) -> Item | None:
        name, address = self._name(row, used), self._address(row, used)
        if isinstance(name, Wrong) or isinstance(address, Wrong):
            return None
        within = addresses_within(name) if "@" in name else []
        if within and not address.text:
            self._without_address(row, name, within)
            return None
        name = _without(address.text, name) if within else name
        if name and not address.text and (is_odd_name(name) or greets(self.reader.first("name", used)[1])):
            self._odd.append(row)
        return self._person(row, name or self._in_order(address.name[:LONGEST_NAME]), address.text)

    def _without_address(self, row: int, name: str, within: Sequence[str]) -> None:
        """Note that a row has an address in its name, and none where addresses stand. It is proposed for there."""
        places = self.reader.columns.places
        is_one = "email" in places and len(within) == 1 and "." in within[0].rpartition("@")[2]
        proposal = within[0] if is_one else ""
        place = next(place for field in ("email", "name", *PARTS) for place in places.get(field, ()))
        self.reader.fault(row, place, name, Wrong("file.address_in_name", proposal, {"value": name[:100]}))

    def _person(self, row: int, name: str, address: str) -> Item | None:
        if not name and not address:
            self.reader.without.append(row)
            return None
        same = same_person(address.casefold(), name.casefold())
        if address and name and same in self._seen:
            self._twice.append(row)
            return None
        self._seen.add(same)
        return Item(row, {"name": name, "address": address or None, "channel": MAIL if address else OTHER})

    def _name(self, row: int, used: Mapping[int, str]) -> str | Wrong:
        by_name = {name: self.reader.first(name, used)[1] for name in ("name", *PARTS)}
        if not any(map(by_name.get, PARTS)):
            by_name["name"] = self._in_order(by_name["name"])
        name = name_in(by_name)
        name = without_bullet(name) if name[:1] in BULLETS else name
        if len(name) > LONGEST_NAME:
            wrong = Wrong("mail.name_invalid", name[:LONGEST_NAME])
            self.reader.fault(row, self.reader.first("name", used)[0], name, wrong)
            return wrong
        return name

    def _in_order(self, name: str) -> str:
        """Return a name as it is said, where the surname comes first in its column."""
        return (turned(one_line(name)) or name) if self._turns and "," in name else name

    def _address(self, row: int, used: Mapping[int, str]) -> Address | Wrong:
        places = self.reader.columns.places.get("email", ())
        filled: list[Address] = []
        for place in places:
            address = address_in(used.get(place, ""))
            if isinstance(address, Wrong):
                self.reader.fault(row, place, used[place], address)
                return address
            if address.text and address.text not in (other.text for other in filled):
                filled.append(address)
        if len(filled) > 1:
            self._both.append(row)
        return filled[0] if filled else Address("")

    def asks(self) -> list[Ask]:
        """Return rows with nobody on them, people who stand twice, rows with two addresses in two columns, and names
        that may be none."""
        return [
            *super().asks(), *about_rows("file.same_person_twice", self._twice),
            *about_rows("file.both_filled", self._both), *about_rows("file.odd_names", self._odd),
        ]  # fmt: skip


def _without(address: str, name: str) -> str:
    """Return a name without the address of the same row, which people and programs write beside it."""
    before, sign, behind = name.partition(address)
    return f"{before.rstrip(AROUND)} {behind.lstrip(AROUND)}".strip() if sign else name

"""The clients that an incident hits: the number of each, how many people, and when and how they were told."""

import re
from collections.abc import Mapping, Sequence

from service.reading.fields import CLIENTS, bare
from service.reading.numbers_seen import NumbersSeen
from service.reading.outcome import Ask, Item, Wrong, about_rows
from service.reading.people_columns import people_of
from service.reading.purposes import RowReader, Rows
from service.reading.values.answer import behind_answer
from service.reading.values.client_number import LONGEST, Known, number_in
from service.reading.values.day_order import DAY_FIRST
from service.reading.values.moment import Moment, moment_in
from service.reading.values.no_value import NOT_TOLD
from service.reading.values.people import People, people_in
from tenants.lines import one_line

HOW = {
    "phone": "phone", "telefoon": "phone", "gebeld": "phone", "telefonisch": "phone", "tel": "phone", "call": "phone",
    "letter": "letter", "brief": "letter", "post": "letter", "perpost": "letter", "perbrief": "letter",
    "pertelefoongeinformeerd": "phone", "informedbytelephone": "phone", "perbriefgeinformeerd": "letter",
    "informedbyletter": "letter",
}  # fmt: skip


BY_US = frozenset({
    "mail", "peremailgeinformeerd", "informedbyemail", "receipt", "ontvangstbevestigd", "receiptconfirmed",
})  # fmt: skip
"""How a file of ours says that mail, or a receipt, informed a client of that incident: no other incident's."""


_BY_PHONE = re.compile("gebeld|telefon|telephon|called|phoned|gesproken")
"""What a heading of moments says when it says how as well."""


class Hits(Rows):
    """Makes clients of rows. A client stands in a file once."""

    def __init__(self, reader: RowReader, known: Known | None = None) -> None:
        super().__init__(reader)
        self.known = known
        self._numbers = NumbersSeen(known)
        self._name_place, self._name = _place_of_names(reader), ""
        self._sum, self._counted, self._sums, self._by_us = 0, 0, list[int](), list[int]()

    def anew(self, reader: RowReader) -> "Hits":
        """Return one that has seen no row yet."""
        return Hits(reader, self.known)

    def item(self, row: int, cells: Sequence[str]) -> Item | None:
        """Return what a row says. The name in it is looked at beside a proposed number, and never kept."""
        place = self._name_place
        self._name = cells[place] if place is not None and place < len(cells) else ""
        return super().item(row, cells)

    def _item(self, row: int, used: Mapping[int, str]) -> Item | None:
        if self._is_sum(used):
            self._sums.append(row)
            return None
        number = self._number(row, used)
        people, informed = people_of(self.reader, row, used), self._informed(row, used)
        if isinstance(number, Wrong) or isinstance(people, Wrong) or isinstance(informed, Wrong):
            return None
        moment, how = informed
        self._sum, self._counted = self._sum + (people.least or 0), self._counted + 1
        return Item(row, {
            "client_number": number, "people_min": people.least, "people_max": people.most,
            "estimate": people.is_estimate, "informed_at": moment.at, "informed_how": how,
        })  # fmt: skip

    def _is_sum(self, used: Mapping[int, str]) -> bool:
        """Return whether a row says only how many people there are, and as many as all rows before it together.
        One row before it is no sum: the number of a client was forgotten."""
        cell = self.reader.first("people", used)[1]
        people = people_in(cell) if cell and sum(map(bool, used.values())) == 1 else None
        return isinstance(people, People) and self._counted > 1 and people.least == people.most == self._sum

    def _number(self, row: int, used: Mapping[int, str]) -> str | Wrong:
        number: str | Wrong = self.reader.value(row, "client_number", used, self._number_in)
        if isinstance(number, Wrong):
            return number
        self._numbers.look_at(row, number)
        return self.reader.once(row, "client_number", used, number, "client.doubled")

    def _number_in(self, cell: str) -> str | Wrong:
        """Return the number of a cell. Where the name in the row is not that of the proposed client, the fault says so.
        """
        number = number_in(cell, self.known)
        if self.known is None or not isinstance(number, Wrong):
            return number
        if not self.known.is_otherwise_called(number.proposal, self._name):
            return number
        return Wrong("client.unknown_otherwise", number.proposal, {"client_number": cell[:LONGEST]})

    def asks(self) -> list[Ask]:
        """Return rows that say nothing, sums without a word for it, and numbers that may be of one client."""
        return [*super().asks(), *about_rows("file.sum_of_rows", self._sums),
                *about_rows("file.informed_by_mail", self._by_us), *self._numbers.asks()]

    def _informed(self, row: int, used: Mapping[int, str]) -> tuple[Moment, str | None] | Wrong:
        at, moment_text = self._told(used, "informed_at")
        how_at, how_text = self._told(used, "informed_how")
        if not how_text and moment_text and _BY_PHONE.search(bare(self.reader.columns.heading(at))):
            how_text = "telefoon"
        if not moment_text and not how_text:
            return Moment(None), None
        if bare(how_text) in BY_US:
            self._by_us.append(row)
            return Moment(None), None
        moment = self._moment(row, used) if moment_text else Moment(None)
        how = HOW.get(bare(how_text))
        if not how_text or moment == Moment(None):
            place, cell = (at, moment_text) if moment_text else (how_at, how_text)
            return self._noted(row, max(place, 0), cell, Wrong("client.informed_incomplete"))
        if how is None:
            return self._noted(row, how_at, how_text, Wrong("csv.informed_how", "", {"value": how_text[:40]}))
        return moment if isinstance(moment, Wrong) else (moment, how)

    def _noted(self, row: int, place: int, cell: str, wrong: Wrong) -> Wrong:
        self.reader.fault(row, place, cell, wrong)
        return wrong

    def _told(self, used: Mapping[int, str], name: str) -> tuple[int, str]:
        """Return the place and the cell of a field; "" for one that says that nobody was told, or not when or how."""
        place, cell = self.reader.first(name, used)
        return place, "" if one_line(cell).casefold() in NOT_TOLD else cell

    def _moment(self, row: int, used: Mapping[int, str]) -> Moment | Wrong:
        """Return when a client was told; Wrong when that was noted as a fault."""
        order = self.reader.orders.get(self.reader.first("informed_at", used)[0], DAY_FIRST)
        moment: Moment | Wrong = self.reader.value(
            row, "informed_at", used, lambda cell: moment_in(behind_answer(cell), order)
        )
        if isinstance(moment, Wrong):
            return moment
        return self.reader.in_future(row, "informed_at", used, moment.at) or moment


def _place_of_names(reader: RowReader) -> int | None:
    """Return the place of the first unused column with a heading for the name of a client; None for none."""
    columns = reader.columns
    unused = ((place, text) for place, text in enumerate(columns.headings) if place not in columns.used)
    named = (place for place, text in unused if (known := CLIENTS.of_heading(text)) and known.name == "name")
    return next(named, None)

"""The contacts in a client's row. A number in a heading says of which contact a column is: "Contact 2 telefoon".

Without numbers, the columns of a contact stand together, each contact behind the one before.
"""

import re
from collections.abc import Mapping, Sequence

from service.reading.columns import Columns
from service.reading.outcome import Wrong
from service.reading.purposes import RowReader
from service.reading.values.address import address_in
from service.reading.values.no_value import NO_NAME, NO_VALUE
from service.words.whole_numbers import whole_of
from tenants.lines import one_line

NAME, ADDRESS, PHONE = OF_CONTACT = ("contact_name", "contact_email", "contact_phone")
NONE = {
    NAME: NO_NAME | {"geen contactpersoon", "no contact"}, ADDRESS: frozenset({""}),
    PHONE: NO_VALUE | {"geen telefoon", "geen nummer", "geen telefoonnummer", "no phone", "no number"},
}  # fmt: skip
"""By field of a contact: what is written where there is none. What an address may be was read before."""
_NUMBER = re.compile(r"(?<![0-9])[1-9][0-9]?(?![0-9])")
Contact = dict[str, str]
Places = dict[str, list[int]]


def columns_of_contacts(columns: Columns) -> list[Places]:
    """Return the places of each contact's columns by field, in the order of the numbers in the headings; a heading
    without a number is of the first one."""
    numbered: dict[int, list[tuple[int, str]]] = {}
    for place, field in sorted(columns.used.items()):
        if field in OF_CONTACT:
            number = _NUMBER.search(columns.heading(place))
            numbered.setdefault((whole_of(number[0], 99) if number else None) or 1, []).append((place, field))
    return [places for nth in sorted(numbered) for places in _each_contact(numbered[nth])]


def _each_contact(columns: Sequence[tuple[int, str]]) -> list[Places]:
    """Return the places of each contact: where there are more names, the next one begins at the field that the first
    one began with."""
    fields = [field for _, field in columns]
    names, first = fields.count(NAME), fields[0]
    begins = first if fields.count(first) == names else NAME
    contacts: list[Places] = [{}]
    for place, field in columns:
        if names > 1 and field == begins and begins in contacts[-1]:
            contacts.append({})
        contacts[-1].setdefault(field, []).append(place)
    return contacts


def contacts_in(
    row: int, used: Mapping[int, str], columns: Sequence[Places], reader: RowReader
) -> list[Contact] | Wrong:
    """Return the contacts of a row, each once; Wrong when an address does not fit. Each such one is a fault of its
    column."""
    read = {place: address_in(used.get(place, "")) for places in columns for place in places.get(ADDRESS, ())}
    wrong = {place: address for place, address in read.items() if isinstance(address, Wrong)}
    for place, address in wrong.items():
        reader.fault(row, place, used[place], address)
    if wrong:
        return next(iter(wrong.values()))
    texts = {place: address.text for place, address in read.items() if not isinstance(address, Wrong)}
    contacts = list[Contact]()
    for places in columns:
        contacts += [each for each in _of_one(places, {**used, **texts}) if each and each not in contacts]
    return contacts


def _of_one(places: Places, cells: Mapping[int, str]) -> list[Contact]:
    """Return the contact with the first address and telephone number; another address, and another number of the same
    name, is a contact of its own, so that nothing of the row is lost."""
    names, addresses, phones = (_filled(cells, places.get(field, ()), NONE[field]) for field in OF_CONTACT)
    name = next(iter(names), "")
    address, *other_addresses = addresses or [""]
    phone, *other_phones = phones or [""]
    others = [_contact("", other, "") for other in other_addresses]
    return [_contact(name, address, phone), *others, *(_contact(name, "", other) for other in other_phones)]


def _filled(cells: Mapping[int, str], places: Sequence[int], none: frozenset[str]) -> list[str]:
    """Return the filled cells of these columns, each once; words for "none", "unknown" and "n/a" fill no cell."""
    texts = (one_line(cells.get(place, "")) for place in places)
    return list(dict.fromkeys(text for text in texts if text.casefold() not in none))


def _contact(name: str, address: str, phone: str) -> Contact:
    return {key: value for key, value in (("name", name), ("email", address), ("phone", phone)) if value}

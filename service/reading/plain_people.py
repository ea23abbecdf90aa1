"""People of rows in which nothing needs a second look, many rows at once: most rows of most files are such rows.

Reading 100,000 rows one by one takes ten times as long. What is read here is what Recipients reads; a row that needs
more is left to it.
"""

import re
from collections.abc import Sequence
from itertools import count

from service.reading.columns import Columns
from service.reading.outcome import Item
from service.reading.remarks import is_note, is_odd_name, is_total
from service.reading.values.name import PARTS
from service.words.addresses import is_plain_domain
from tenants.lines import one_line

LONGEST_NAME, LONGEST_PLAIN = 200, 64
"""The most characters of a name, and of an address that is read here: the part before its @ has at most 64."""
SPECIAL = ("'", "#", "\ufffd")
"""Signs of a name that need a second look: what keeps a formula from running, an error, a letter that was lost."""
MAIL, OTHER = "email", "other"
_ADDRESSES = re.compile(r"(?:(?:[A-Za-z0-9_%-]+(?:\.[A-Za-z0-9_%-]+)*@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+)?\n)+")
_DOMAINS = re.compile(r"@([^\n]+)")


class PlainPeople:
    """Makes people of rows with one column of addresses, and one or more columns of names."""

    def __init__(self, columns: Columns) -> None:
        places = columns.places
        self.mail = places.get("email", ())
        self.names = places.get("name", ()) or tuple(place for part in PARTS for place in places.get(part, ()))
        both = ("name" in places and len(places) > 2) or ("first_name" in places and "initials" in places)
        self.fits = len(self.mail) == 1 and bool(self.names) and not both
        self.least = max((*self.mail, *self.names), default=-1) + 1

    def people(self, first: int, rows: Sequence[list[str]], seen: set[str]) -> list[Item] | None:
        """Return the person of each row, the first of which has this number; None when one of the rows needs a second
        look. `seen` holds each address with each name, in small letters, and grows."""
        if not self.fits or min(map(len, rows)) < self.least:
            return None
        place = self.mail[0]
        addresses, names = [cells[place].strip() for cells in rows], self._names(rows)
        joined = "\n".join(addresses)
        if names is None or not _are_plain(joined, addresses) or _has_remarks(rows, names, addresses):
            return None
        folded = "\n".join(names).casefold().split("\n")
        small = addresses if joined.islower() else joined.lower().split("\n")
        new = {same_person(*pair) for pair in zip(small, folded, strict=True) if pair[0]}
        if len(new) < len(addresses) - addresses.count("") or not seen.isdisjoint(new):
            return None
        seen |= new
        if small is not addresses:
            addresses = list(map(_with_small_domain, addresses))
        return [
            Item(row, {"name": name, "address": address or None, "channel": MAIL if address else OTHER})
            for row, name, address in zip(count(first), names, addresses)
        ]

    def _names(self, rows: Sequence[list[str]]) -> list[str] | None:
        first, *rest = ([cells[place].strip() for cells in rows] for place in self.names)
        names = [" ".join(filter(None, parts)) for parts in zip(first, *rest, strict=True)] if rest else first
        joined = "".join(names)
        if not (joined.isprintable() and all(names)) or max(map(len, names)) > LONGEST_NAME:
            return None
        if any(sign in joined for sign in SPECIAL) or (rest and "  " in joined):
            return None
        if '"' in joined and any(name.count('"') == 1 for name in names):
            return None
        return names if joined.isascii() else [name if name.isascii() else one_line(name) for name in names]


def same_person(address: str, name: str) -> str:
    """Return what is the same for one person who stands on a list twice. A text, because Python looks through other
    objects again and again to find garbage."""
    return f"{address}\n{name}"


def _with_small_domain(address: str) -> str:
    """Return an address with its domain in small letters; capitals before the @ stay, because they may matter there."""
    local, sign, domain = address.rpartition("@")
    return f"{local}{sign}{domain.lower()}"


def _are_plain(joined: str, addresses: list[str]) -> bool:
    """Return whether all these addresses, and the same ones on lines of their own, are plain ones or blank."""
    if not _ADDRESSES.fullmatch(joined + "\n") or max(map(len, addresses)) > LONGEST_PLAIN:
        return False
    return all(map(is_plain_domain, set(_DOMAINS.findall(joined.lower()))))


def _has_remarks(rows: Sequence[list[str]], names: list[str], addresses: list[str]) -> bool:
    """Return whether a row without an address may be no person but a sum, or a remark."""
    if "" not in addresses:
        return False
    alone = ((cells, name) for cells, name, address in zip(rows, names, addresses, strict=True) if not address)
    return any(is_total(cells) or is_note(cells) or is_odd_name(name) for cells, name in alone)

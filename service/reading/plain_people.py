"""People of rows in which nothing needs a second look, many rows at once: most rows of most files are such rows.

Reading 100,000 rows one by one takes ten times as long. What is read here is what Recipients reads; a row that needs
more is left to it.
"""

import re
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import chain, count
from operator import itemgetter

from service.reading.columns import Columns
from service.reading.lines_of_mail import BULLETS
from service.reading.mended_letters import meant_by
from service.reading.outcome import Item
from service.reading.remarks import is_note, is_odd_name, is_total
from service.reading.values.name import NO_PART, PARTS
from service.reading.values.no_value import NO_VALUE
from service.reading.values.surname_first import turned
from service.words.addresses import is_plain_domain
from tenants.lines import one_line

LONGEST_NAME, LONGEST_PLAIN = 200, 64
"""The most characters of a name, and of an address that is read here: the part before its @ has at most 64."""
SPECIAL = ("'", "#", "@", "\ufffd")
"""Signs of a name that need a second look: what keeps a formula from running, an error, an address, a lost letter."""
MAIL, OTHER = "email", "other"
MOST_DOMAINS = 10_000
"""How many domains are known again without asking whether they are plain."""
AS_ITEM = partial(tuple.__new__, Item)
"""Makes an item of a pair at a third of what its own call costs."""
_ADDRESSES = re.compile(r"(?:(?:[A-Za-z0-9_%-]+(?:\.[A-Za-z0-9_%-]+)*@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+)?\n)+")
_DOMAINS = re.compile(r"@([^\n]+)")


class PlainPeople:
    """Makes people of rows with one column of addresses, and one or more columns of names. `turns`: names are read with
    the surname first."""

    def __init__(self, columns: Columns, mended_by_cell: bool = False, turns: bool = False) -> None:
        places, self._mended_by_cell, self._turns = columns.places, mended_by_cell, turns
        mail = places.get("email", ())
        names = places.get("name", ()) or tuple(place for part in PARTS for place in places.get(part, ()))
        both = ("name" in places and len(places) > 2) or ("first_name" in places and "initials" in places)
        self.fits = len(mail) == 1 and bool(names) and not both
        self.least = max((*mail, *names), default=-1) + 1
        self._cells = itemgetter(*mail, *names) if self.fits else None
        self._domains = set[str]()

    def people(self, first: int, rows: Sequence[list[str]], seen: set[int]) -> list[Item] | None:
        """Return the person of each row, the first of which has this number; None when one of the rows needs a second
        look. `seen` holds each address with each name, in small letters, and grows."""
        if self._cells is None or min(map(len, rows)) < self.least:
            return None
        if self._mended_by_cell and _are_misread(map(self._cells, rows)):
            return None
        addresses, *parts = (list(map(str.strip, column)) for column in zip(*map(self._cells, rows), strict=True))
        joined, names = "\n".join(addresses), _names(parts)
        lowered = joined.lower()
        if names is None or not self._are_plain(joined, lowered, addresses) or _has_remarks(rows, names, addresses):
            return None
        if self._turns:
            names = [(turned(name) or name) if "," in name else name for name in names]
        folded = "\n".join(names).casefold().split("\n")
        if not NO_VALUE.isdisjoint(folded):
            return None
        pairs = zip(lowered.split("\n"), folded, strict=True)
        new = set(map(hash, pairs if all(addresses) else filter(_has_address, pairs)))
        if len(new) < len(addresses) - addresses.count("") or not seen.isdisjoint(new):
            return None
        seen |= new
        if lowered != joined:
            addresses = list(map(_with_small_domain, addresses))
        values = (
            {"name": name, "address": address or None, "channel": MAIL if address else OTHER}
            for name, address in zip(names, addresses, strict=True)
        )
        return list(map(AS_ITEM, zip(count(first), values)))

    def _are_plain(self, joined: str, lowered: str, addresses: list[str]) -> bool:
        """Return whether all these addresses, and the same ones on lines of their own, are plain ones or blank.
        `lowered`: those in small letters."""
        if max(map(len, addresses)) > LONGEST_PLAIN or not _ADDRESSES.fullmatch(joined + "\n"):  # long ones cost memory
            return False
        new = set(_DOMAINS.findall(lowered)) - self._domains
        if not all(map(is_plain_domain, new)):
            return False
        if len(self._domains) < MOST_DOMAINS:
            self._domains |= new
        return True


def _names(parts: list[list[str]]) -> list[str] | None:
    """Return the names of which these are the parts, blank ones included; None when one needs a second look."""
    filled = [column for column in parts if any(column)] or parts
    if len(filled) > 1 and not all(NO_PART.isdisjoint(map(str.casefold, filter(None, column))) for column in filled):
        return None
    if len(filled) == 1:
        [names] = filled
    elif all(map(all, filled)):
        names = list(map(" ".join, zip(*filled, strict=True)))
    else:
        names = [" ".join(filter(None, cells)) for cells in zip(*filled, strict=True)]
    joined = "".join(names)
    if not (joined.isprintable() and all(names)) or max(map(len, names)) > LONGEST_NAME:
        return None
    if not BULLETS.isdisjoint(map(itemgetter(0), names)):
        return None
    if any(sign in joined for sign in SPECIAL) or (len(parts) > 1 and "  " in joined):
        return None
    if '"' in joined and any(name.count('"') == 1 for name in names):
        return None
    return names if joined.isascii() else [name if name.isascii() else one_line(name) for name in names]


def same_person(address: str, name: str) -> int:
    """Return what is the same for one person who stands on a list twice: a hash of 64 bits, since a list may be long.
    Of 100,000 people two have the same one by chance once in three thousand million lists."""
    return hash((address, name))


def _has_address(pair: tuple[str, str]) -> bool:
    return bool(pair[0])


def _with_small_domain(address: str) -> str:
    """Return an address with its domain in small letters; capitals before the @ stay, because they may matter there."""
    local, sign, domain = address.rpartition("@")
    return f"{local}{sign}{domain.lower()}"


def _are_misread(rows: Iterable[Sequence[str]]) -> bool:
    """Return whether letters of any of these cells were read in another encoding before."""
    joined = "\n".join(chain.from_iterable(rows))
    return meant_by(joined) != joined


def _has_remarks(rows: Sequence[list[str]], names: list[str], addresses: list[str]) -> bool:
    """Return whether a row without an address may be no person but a sum, or a remark."""
    if "" not in addresses:
        return False
    alone = ((cells, name) for cells, name, address in zip(rows, names, addresses, strict=True) if not address)
    return any(is_total(cells) or is_note(cells) or is_odd_name(name) for cells, name in alone)

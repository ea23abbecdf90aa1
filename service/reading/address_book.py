"""An address book as telephones and mail programs save it (vCard, .vcf): a row for each card, by its order.

Of a card only the name and the mail addresses are read; telephones, pictures and birthdays are left behind.
"""

import binascii
import quopri
import re
from collections.abc import Iterator
from itertools import chain, islice

from service.reading.tables import CHUNK, Table
from service.reading.texts import Text

BEGINS = "BEGIN:VCARD"
MOST_ADDRESSES = 10
"""How many addresses of a card are read; with two or more a person is asked. Those of a card with more stand together
in the last column, which is a fault that names them."""
_ESCAPED = re.compile(r"\\([\\,;:nN])")
_SPLIT = re.compile(r"(?<!\\);")
NAMES = ("FN", "N", "NICKNAME", "ORG")
"""What is the name of a card: the first of these that it has."""


def is_address_book(head: str) -> bool:
    """Return whether a text that begins so is an address book."""
    return head.lstrip("\ufeff \t\r\n")[: len(BEGINS)].upper() == BEGINS


def table_of_cards(text: Text) -> Table:
    """Return the cards of an address book, each a row of a name and addresses."""
    most = min(max((len(addresses) for _, addresses in _cards(text)), default=0), MOST_ADDRESSES)
    fields = {0: "name"} | dict.fromkeys(range(1, most + 1), "email")

    def chunks() -> Iterator[tuple[int, list[list[str]]]]:
        first, rows = 1, (_row(names, addresses, most) for names, addresses in _cards(text))
        while chunk := list(islice(rows, CHUNK)):
            yield first, chunk
            first += len(chunk)

    return Table("", chunks, fields=fields)


def _cards(text: Text) -> Iterator[tuple[dict[str, str], list[str]]]:
    """Return the names and the addresses of each card."""
    names, addresses, is_open = dict[str, str](), dict[str, None](), False
    for name, value in _properties(text):
        if name in ("BEGIN", "END"):
            if is_open:  # a card that was cut off has no end, and is somebody too
                yield names, list(addresses)
            names, addresses, is_open = {}, {}, name == "BEGIN"
        elif name in NAMES:
            names.setdefault(name, value)
        elif name == "EMAIL":
            addresses[value] = None
    if is_open:
        yield names, list(addresses)


def _row(names: dict[str, str], addresses: list[str], most: int) -> list[str]:
    """Return the cells of a card: its name, and an address in each of as many columns as the book has of them."""
    said = next((names[key] for key in NAMES if names.get(key)), "")
    cells = addresses if len(addresses) <= most else [*addresses[: most - 1], ", ".join(addresses[most - 1 :])]
    return [said, *cells, *[""] * (most - len(cells))]


def _properties(text: Text) -> Iterator[tuple[str, str]]:
    """Return each property that is read, with its name in capitals and its value as a person reads it."""
    for line in _unfolded(text):
        head, _, value = line.partition(":")
        name, *parameters = head.upper().split(";")
        name = name.rpartition(".")[2].strip()
        if name in ("BEGIN", "END", "EMAIL", *NAMES):
            plain = _decoded(value, parameters)
            yield name, _name_of_parts(plain) if name == "N" else _as_read(plain.replace("\\;", ";")).strip("; ")


def _unfolded(text: Text) -> Iterator[str]:
    """Return each line with those that continue it: lines that begin with a blank, and behind a "=" at the end."""
    before: list[str] = []
    for line in chain.from_iterable(map(str.splitlines, text.lines())):
        is_soft = bool(before) and before[-1].endswith("=") and "QUOTED-PRINTABLE" in before[0].upper()
        if before and (line[:1] in (" ", "\t") or is_soft):
            before[-1] = before[-1][:-1] if is_soft else before[-1]
            before.append(line if is_soft else line[1:])
            continue
        if before:
            yield "".join(before)
        before = [line]
    yield "".join(before)


def _decoded(value: str, parameters: list[str]) -> str:
    if not any("QUOTED-PRINTABLE" in parameter for parameter in parameters):
        return value
    named = (parameter.partition("=")[2] for parameter in parameters if parameter.startswith("CHARSET="))
    try:
        return quopri.decodestring(value.encode()).decode(next(named, "utf-8"), "replace")
    except (LookupError, ValueError, binascii.Error):
        return value


def _name_of_parts(value: str) -> str:
    """Return a name from its parts, which stand as surname, first name, other names, title, what comes behind."""
    family, first, others, *_ = [*(_as_read(part).strip() for part in _SPLIT.split(value)), "", "", ""]
    return " ".join(filter(None, (first, others, family)))


def _as_read(value: str) -> str:
    return _ESCAPED.sub(lambda match: " " if match[1] in "nN" else match[1], value)

"""The number that an office gives a client. It is compared as it is written; what differs only in blanks, capitals or
zeros in front is proposed, and a person decides."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from service.reading.outcome import Wrong
from service.reading.values.people import is_made_a_day
from service.words.signs import CONTROLS

LONGEST = 40
_YES_NO = frozenset({"true", "false", "waar", "onwaar"})
"""What a spreadsheet writes for yes and no: it made that of the number, or of a formula."""
_SHORT_FORM = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+")
_LEGAL_FORMS = frozenset({"bv", "nv", "vof", "cv", "the", "de", "het", "en"})
_DECIMALS = re.compile(r"([0-9]+)[.,]0{1,2}")


def number_in(cell: str, known: "Known | None" = None) -> str | Wrong:
    """Return the client number of a cell. With `known` it must be one of these; without, any number is taken."""
    number, values = cell.strip(), {"client_number": cell[:LONGEST]}
    if not number:
        return Wrong("csv.client_number_missing")
    if known and number in known.numbers:
        return number
    if number.casefold() in _YES_NO:
        return Wrong("file.number_yes_no", "", {"value": number})
    if _SHORT_FORM.fullmatch(number):
        return Wrong("file.short_form", "", {"value": number[:LONGEST]})
    if decimals := _DECIMALS.fullmatch(number):
        return Wrong("file.decimals", known.like(decimals[1]) if known else decimals[1], {"value": number[:LONGEST]})
    if is_made_a_day(number):
        return Wrong("file.number_made_a_day", "", {"value": number[:LONGEST]})
    if CONTROLS.search(number) or len(number) > LONGEST:
        return Wrong("client.unknown", "", values)
    return Wrong("client.unknown", known.like(number), values) if known else number


class Known:
    """The client numbers of an office, to be found again without blanks, strokes, capitals and zeros in front; and what
    these clients are called, by number."""

    def __init__(self, numbers: Iterable[str], names: Mapping[str, str] | None = None) -> None:
        self.numbers, self._names = frozenset(numbers), names or {}
        self._alike: dict[str, list[str]] = {}
        for number in sorted(self.numbers):
            self._alike.setdefault(core_of(number), []).append(number)

    def like(self, number: str) -> str:
        """Return the one known number that is written like this one; "" when there is none, or more than one."""
        alike = self._alike.get(core_of(number), [])
        return alike[0] if len(alike) == 1 else ""

    def is_otherwise_called(self, number: str, name: str) -> bool:
        """Return whether the client with this number has another name than this one: neither has all words of the
        other. False where either name is not known."""
        here, there = _words(name), _words(self._names.get(number, ""))
        return bool(here and there) and not (here <= there or there <= here)


def core_of(number: str) -> str:
    """Return what stays of a number without blanks, strokes, capitals and zeros in front."""
    return re.sub(r"[\W_]", "", number).casefold().lstrip("0")


def _words(name: str) -> frozenset[str]:
    """Return the words of a name without accents, capitals and legal forms such as B.V."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold().replace(".", "")
    return frozenset(re.findall(r"[a-z0-9]+", plain)) - _LEGAL_FORMS

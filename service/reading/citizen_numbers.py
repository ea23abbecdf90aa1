"""Which columns probably hold citizen numbers (BSN), by their heading or by their values. None of them is proposed,
except as the number of a client where the heading says so and nothing else gives it."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from itertools import islice

from service.reading.fields import Fields
from service.reading.outcome import Ask
from service.reading.values.no_value import NO_VALUE
from service.words.whole_numbers import whole_of
from tenants.lines import one_line

_HEADINGS = re.compile(
    r"(?<![^\W\d_])(?:b\.?s\.?n\.?(?:'?s|nrs?|nummers?|number|no|code)?(?![^\W\d_])|sofi|burger[\s_-]?service[\s_-]?n|"
    r"citizen[\s_-]?service[\s_-]?n)|(?-i:(?<=[a-z])B(?:SN|sn)(?![a-z]))", re.IGNORECASE,
)  # fmt: skip
CLIENT_NUMBER = "client_number"
LEAST_CITIZEN_NUMBER, MOST_CITIZEN_NUMBER, LEAST_VALUES, LONGEST = 10_000_000, 999_999_999, 3, 60
"""The smallest and the largest citizen number, how many different ones a column has at least before its values say that
they are such, and the most characters of a cell that is one."""
NUMBERS_PER_SLIP = 10
"""For every so many numbers of such a column one may be a slip of the keyboard."""
_DIGIT = re.compile("[0-9]")
_WORDS = re.compile(r"(?:b\.?s\.?n\.?|burger ?service|sofi)[ -]?(?:nummer|nr)?", re.IGNORECASE)
_DAY = re.compile(r"[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ][0-9]{4}|[0-9]{4}[-/. ][0-9]{1,2}[-/. ][0-9]{1,2}")
_DECIMALS, _SIGNS = re.compile(r"(?<=[0-9]{3})[.,]0{1,2}\Z"), re.compile(r"[\s.'‘’`´\":()#/\u2010-\u2015_-]")
_SHORT = re.compile(r"([1-9])[.,]((?:[0-9]{4}){2})E\+?0?8", re.IGNORECASE)
"""A number of nine digits as a spreadsheet shortens it."""


def columns_of_citizen_numbers(headings: Sequence[str], values: Sequence[Sequence[str]]) -> list[int]:
    """Return the places of the columns that probably hold citizen numbers. `values`: the cells of each column."""
    named = {place for place, heading in enumerate(headings) if _HEADINGS.search(heading)}
    return [place for place, cells in enumerate(values) if place in named or _are_citizen_numbers(cells)]


def _are_citizen_numbers(values: Sequence[str]) -> bool:
    """Return whether almost all numbers among these values pass the test, and at least half of the values are numbers.
    """
    filled = [value for value in values if value and value.casefold() not in NO_VALUE]
    numbers = [value for value in filled if _DIGIT.search(value)]
    if len(set(numbers)) < LEAST_VALUES or len(numbers) * 2 < len(filled):
        return False
    others = (value for value in numbers if not passes_eleven_test(value))
    most_slips = len(numbers) // NUMBERS_PER_SLIP
    slips = list(islice(others, most_slips + 1))
    return len(slips) <= most_slips and len(set(numbers) - set(slips)) >= LEAST_VALUES


def passes_eleven_test(text: str) -> bool:
    """Return whether a text is a number of eight or nine digits that passes the test of a citizen number, in a form in
    which people and spreadsheets write it. A day is none."""
    number = 0 if len(text) > LONGEST or _DAY.fullmatch(text) else _number(text)
    if number < LEAST_CITIZEN_NUMBER:
        return False
    digits, weights = f"{number:09}", (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum((ord(digit) - ord("0")) * weight for digit, weight in zip(digits, weights, strict=True)) % 11 == 0


def _number(text: str) -> int:
    """Return a number of at most nine digits without what stands around and between them; 0 when there is none."""
    plain = whole_of(text, MOST_CITIZEN_NUMBER)
    if plain is not None:
        return plain
    bare = _WORDS.sub("", unicodedata.normalize("NFKC", one_line(text))).strip()
    digits = _SIGNS.sub("", _DECIMALS.sub("", _SHORT.sub(r"\1\2", bare)))
    return whole_of(digits, MOST_CITIZEN_NUMBER) or 0


def client_number_all_the_same(
    headings: Sequence[str], numbers: Sequence[int], used: Mapping[int, str], fields: Fields
) -> dict[int, str]:
    """Return the one column of these that is proposed all the same: its heading says that it is the number of a client,
    the purpose cannot do without, and no other column gives it."""
    if (CLIENT_NUMBER,) not in fields.needed or CLIENT_NUMBER in used.values():
        return {}
    possible = [
        place for place in numbers if place < len(headings) and not _HEADINGS.search(headings[place])
        and (0, CLIENT_NUMBER) in ((rank, field.name) for rank, field in fields.ranked(headings[place]))
    ]  # fmt: skip
    return dict.fromkeys(possible[:1], CLIENT_NUMBER)


def about_citizen_numbers(numbers: Mapping[int, str], used: Mapping[int, str]) -> list[Ask]:
    """Return what a person is told of these columns, by place with their headings: that they are left out, or what they
    are used as."""
    left_out = tuple(heading for place, heading in numbers.items() if place not in used)
    asks = [Ask("file.citizen_numbers", left_out)] if left_out else []
    return asks + [
        Ask("file.citizen_numbers_used", (heading,), choices=(used[place],), proposed=used[place])
        for place, heading in numbers.items() if place in used
    ]  # fmt: skip


def without(used: Mapping[int, str], places: Collection[int]) -> dict[int, str]:
    """Return the columns that are used without those at these places."""
    return {place: field for place, field in used.items() if place not in places}

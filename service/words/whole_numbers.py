"""Whole numbers that come in as text. They are read in one place, with a limit on their length."""

import re

MOST_IN_A_COLUMN, MOST_IN_A_LONG_COLUMN = 2**31 - 1, 2**63 - 1
"""The largest number that PostgreSQL keeps in an integer, and in a bigint."""

BETWEEN_THOUSANDS = frozenset("., \u00a0\u2009\u202f")
IN_THOUSANDS = re.compile("[1-9][0-9]{0,2}(?:[., \u00a0\u2009\u202f][0-9]{3}){1,6}")
"""A number in groups of three digits. "0.500" may be a half, so it is none."""


def typed_whole(text: str, most: int) -> int | None:
    """Return the whole number that a person typed, from 0 up to and including `most`; None when it is no such number.

    People write 1500 as "1.500", "1,500" and "1 500". "1.50" and "1.500,00" are none of these, and are no number here.
    """
    text = text.strip()
    signs = BETWEEN_THOUSANDS.intersection(text)
    if len(signs) == 1 and IN_THOUSANDS.fullmatch(text):
        text = text.replace(next(iter(signs)), "")
    return whole_of(text, most)


def whole_of(text: str, most: int) -> int | None:
    """Return the number of plain digits, from 0 up to and including `most`; None when the text is no such number.

    Python refuses to read thousands of digits, and is slow with hundreds, so the length is checked first.
    """
    digits = text.strip().lstrip("0") or text.strip()[:1]
    if len(digits) > len(str(most)) or not (digits.isascii() and digits.isdecimal()):
        return None
    number = int(digits)
    return number if number <= most else None

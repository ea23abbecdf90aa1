"""Whole numbers that come in as text. They are read in one place, with a limit on their length."""

MOST_IN_A_COLUMN, MOST_IN_A_LONG_COLUMN = 2**31 - 1, 2**63 - 1
"""The largest number that PostgreSQL keeps in an integer, and in a bigint."""


def whole_of(text: str, most: int) -> int | None:
    """Return the number of plain digits, from 0 up to and including `most`; None when the text is no such number.

    Python refuses to read thousands of digits, and is slow with hundreds, so the length is checked first.
    """
    digits = text.strip().lstrip("0") or text.strip()[:1]
    if len(digits) > len(str(most)) or not (digits.isascii() and digits.isdecimal()):
        return None
    number = int(digits)
    return number if number <= most else None

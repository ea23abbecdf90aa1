"""Whole numbers that come in as text: read in one place, with an end, so that no number is too long to read."""

MOST_IN_A_COLUMN, MOST_IN_A_LONG_COLUMN = 2**31 - 1, 2**63 - 1
"""What the database keeps in an integer, and in a bigint."""


def whole_of(text: str, most: int) -> int | None:
    """The number that stands there in plain digits, from 0 up to and including `most`; None when there is none.

    Python refuses to read thousands of digits, and needs a while for hundreds: the length is judged first.
    """
    digits = text.strip().lstrip("0") or text.strip()[:1]
    if len(digits) > len(str(most)) or not (digits.isascii() and digits.isdecimal()):
        return None
    number = int(digits)
    return number if number <= most else None

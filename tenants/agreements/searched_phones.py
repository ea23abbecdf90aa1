"""A search by telephone number: what part of it is compared, and with what, in rows and in the database.

Numbers are compared without spaces and signs, and without the country's number or the zero before it.
"""

import re
from typing import Any

from sqlalchemy import ColumnElement, func

SIGNS = " -()+./"
"""What is left out of a telephone number of a contact, as the function `contact_phones` of the database does."""
LEFT_OUT = re.compile(r"(?<=31)\s*\(0\)|[\s()./-]")
"""What is left out of a search: the zero that a number has only inside the country, and signs."""
PHONE = re.compile(r"(?:(?:\+|00)31|0)?([0-9]{4,14})")
"""A telephone number without spaces and signs, and the part of it that is the same with and without the country's
number."""


def phone_searched(search: str) -> str | None:
    """Return the digits that a contact's number must hold, in whatever notation; None: the search is no number."""
    phone = PHONE.fullmatch(LEFT_OUT.sub("", search))
    return phone[1] if phone else None


def has_phone(phones: Any, search: str) -> ColumnElement[bool] | None:
    """Return whether `phones`, a column as `contact_phones` makes it, holds the number that is searched for; None: the
    search is no number."""
    digits = phone_searched(search)
    return None if digits is None else func.strpos(phones, digits) > 0


def holds_phone(phone: str, search: str) -> bool:
    """Return whether this telephone number of a contact is found by the search, as `has_phone` finds it in a column."""
    digits = phone_searched(search)
    return digits is not None and digits in phone.translate(str.maketrans("", "", SIGNS))

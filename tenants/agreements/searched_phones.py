"""A search by telephone number: what part of it is compared, and with what, in rows and in the database.

Numbers are compared without spaces and signs, and without the country's number or the zero before it.
"""

import re

from sqlalchemy import ColumnElement, func, literal_column

SIGNS = " -()+./"
"""What is left out of a telephone number of a contact."""
LEFT_OUT = re.compile(r"(?<=31)\s*\(0\)|[\s()./-]")
"""What is left out of a search: the zero that a number has only inside the country, and signs."""
PHONES = f"""(select string_agg(translate(c ->> 'phone', '{SIGNS}', ''), ' ')
                from jsonb_array_elements({{table}}.contacts) c)"""
PHONE = re.compile(r"(?:(?:\+|00)31|0)?([0-9]{4,14})")
"""A telephone number without spaces and signs, and the part of it that is the same with and without the country's
number."""


def phone_searched(search: str) -> str | None:
    """Return the digits that a contact's number must hold, in whatever notation; None: the search is no number."""
    phone = PHONE.fullmatch(LEFT_OUT.sub("", search))
    return phone[1] if phone else None


def has_phone(table: str, search: str) -> ColumnElement[bool] | None:
    """Return whether a contact of this table has the number that is searched for; None: the search is no number."""
    digits = phone_searched(search)
    if digits is None:
        return None
    return func.strpos(func.coalesce(literal_column(PHONES.format(table=table)), ""), digits) > 0


def holds_phone(phone: str, search: str) -> bool:
    """Return whether this telephone number of a contact is found by the search, as `has_phone` finds it in a table."""
    digits = phone_searched(search)
    return digits is not None and digits in phone.translate(str.maketrans("", "", SIGNS))

"""The form of a text that fits the number it counts, by the plural rules of the language (Unicode CLDR)."""

from collections.abc import Mapping
from functools import lru_cache

from babel import Locale
from babel.numbers import NumberFormatError, parse_decimal

COUNTED = (
    "total", "count", "clients", "people", "most", "least", "hours", "days", "minutes", "waiting", "left", "rows",
    "batches", "admitted", "entries", "after",
)  # fmt: skip
"""The names of values that a text counts. When a text has several, its words agree with the first of these."""
OTHER = "other"
"""The CLDR form that every language has. The text under the plain key is in this form."""


def form(texts: Mapping[str, str], key: str, values: Mapping[str, object], language: str) -> str:
    """Return the text of a key in the form for its counted value; a form without a text of its own has the plain one.

    The text for a form has the form's name behind the key: `call_one` beside `call`. Raises KeyError for an unknown
    key.
    """
    if not values:
        return texts[key]
    counted = next((values[name] for name in COUNTED if name in values), None)
    named = OTHER if counted is None else form_of(str(counted), language)
    return texts[key] if named == OTHER else texts.get(f"{key}_{named}", texts[key])


@lru_cache(maxsize=10_000)
def form_of(counted: object, language: str) -> str:
    """Return the CLDR form for a number, or for one as the reader writes it; anything else has the form `other`.

    It is kept: a list counts to the same numbers again and again.
    """
    try:
        return Locale.parse(language).plural_form(parse_decimal(str(counted), locale=language))
    except NumberFormatError:
        return OTHER

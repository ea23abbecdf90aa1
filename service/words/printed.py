"""How typed text is printed on a page: a name cannot change the text around it, and a long text keeps its lines."""

import re
from typing import Any

from markupsafe import Markup, escape

from tenants.lines import END, ISOLATE, isolated


class Typed(str):
    """A text that somebody typed, for a form field. No signs are put around it."""


def in_its_place(value: Any) -> Any:
    """Return what a template prints. Text that runs from right to left cannot turn the words around it."""
    return isolated(value) if type(value) is str else value


def paragraphs(value: object) -> Markup:
    """Return a text with each of its lines on a line of its own; empty for what is not known."""
    if value is None or "\n" not in str(value):
        return escape(in_its_place(value or ""))
    return Markup('<span class="long">{}</span>').format(value)


# A zero between brackets is not dialled after a country code: +31 (0)20. Opening hours are not a number: (9-17).
PHONE = re.compile(r"(\+?[0-9 .-]*)(?:\((0[0-9]*)\)([0-9 .-]*))?")


def dialled(typed: str) -> str:
    """Return the number at the beginning of a text, as a link dials it; "" when there is none.

    It has 3 to 15 digits, with a + before a country code (E.164).
    """
    beginning = PHONE.match(typed.strip(f" {ISOLATE}{END}"))
    country, area, rest = (part or "" for part in beginning.groups())  # type: ignore[union-attr]
    area = "" if country and area == "0" else area
    digits = re.sub("[^0-9]", "", country + area + rest)
    return ("+" if country.startswith("+") else "") + digits if 3 <= len(digits) <= 15 else ""


FILTERS = {"isolated": isolated, "paragraphs": paragraphs, "dialled": dialled}

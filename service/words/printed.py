"""How what somebody typed stands on a page: a name keeps to its place, and a long text keeps its line breaks."""

import re
from typing import Any

from markupsafe import Markup, escape

from tenants.lines import END, ISOLATE, isolated


class Typed(str):
    """What somebody typed, as a form gives it back in its field: nothing is put around it."""


def in_its_place(value: Any) -> Any:
    """What a template prints: a line that runs from right to left does not turn the words around it."""
    return isolated(value) if type(value) is str else value


def paragraphs(value: object) -> Markup:
    """Return a text with each of its lines on a line of its own; empty for what is not known."""
    if value is None or "\n" not in str(value):
        return escape(in_its_place(value or ""))
    return Markup('<span class="long">{}</span>').format(value)


# A zero between brackets is not dialled behind a country's number: +31 (0)20. Nor are hours behind a number: (9-17).
PHONE = re.compile(r"(\+?[0-9 .-]*)(?:\((0[0-9]*)\)([0-9 .-]*))?")


def dialled(typed: str) -> str:
    """The number that a text begins with, as a link dials it: 3 to 15 digits and a leading + (E.164), or nothing."""
    country, area, rest = (part or "" for part in PHONE.match(typed.strip(f" {ISOLATE}{END}")).groups())  # type: ignore[union-attr]
    area = "" if country and area == "0" else area
    digits = re.sub("[^0-9]", "", country + area + rest)
    return ("+" if country.startswith("+") else "") + digits if 3 <= len(digits) <= 15 else ""


FILTERS = {"isolated": isolated, "paragraphs": paragraphs, "dialled": dialled}

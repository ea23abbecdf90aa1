"""The name of a person from its parts: letters or calling name, tussenvoegsel, surname."""

import re
from collections.abc import Mapping

from tenants.lines import one_line

PARTS = ("first_name", "initials", "infix", "last_name")
DIGITS = frozenset("0123456789")
_DEFUSED = re.compile(r"'(?='*[=+\-@\t\r\n＝＋－＠])")
_DEFUSED_WITHIN = re.compile(r"(?<=[,\t\r\n])(\"*)'(?='*[=+\-@＝＋－＠])")


def undefused(cell: str) -> str:
    """Return a cell without the apostrophes that Meldketen writes before what a spreadsheet would run as a formula, and
    without a quotation mark that stands alone at one of its ends, unless it is a measure such as 5"."""
    if cell.count('"') == 1 and cell[-2:-1] not in DIGITS:
        cell = cell.strip('"')
    if "'" not in cell:
        return cell
    return _DEFUSED_WITHIN.sub(r"\1", _DEFUSED.sub("", cell, count=1) if cell.startswith("'") else cell)


def name_in(cells: Mapping[str, str]) -> str:
    """Return the name of a person: the cell `name`, or its parts in the order in which they are said. A calling name
    comes before letters; both are not written together."""
    whole = one_line(cells.get("name", ""))
    if whole and not any(cells.get(part, "").strip() for part in PARTS):
        return whole
    if whole and _says(whole, cells.get("first_name", "")):
        return whole
    first = cells.get("first_name", "").strip() or cells.get("initials", "").strip()
    said = " ".join((first, cells.get("infix", "").strip(), cells.get("last_name", "").strip() or whole))
    return one_line(" ".join(said.split()))


def _says(whole: str, first_name: str) -> bool:
    """Return whether a name is whole already: the calling name stands in it."""
    words = whole.casefold().replace(",", " ").split()
    return bool(first_name.strip()) and all(part in words for part in first_name.casefold().split())

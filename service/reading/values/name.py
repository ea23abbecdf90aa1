"""The name of a person from its parts: letters or calling name, tussenvoegsel, surname."""

import re
from collections.abc import Mapping

from service.reading.values.given_names import with_given_name
from service.reading.values.no_value import NO_VALUE
from tenants.lines import one_line

PARTS = ("first_name", "initials", "infix", "last_name")
NO_PART = NO_VALUE - {"na", "nb", "nee", "nil", "no", "null", "x"}
"""What stands in a part of a name that somebody has not. The words left out are names of people too."""
DIGITS = frozenset("0123456789")
_DEFUSED = re.compile(r"'(?='*[=+\-@\t\r\n＝＋－＠])")
_DEFUSED_WITHIN = re.compile(r"(?<=[,\t\r\n])(\"*)'(?='*[=+\-@＝＋－＠])")


def undefused(cell: str) -> str:
    """Return a cell without the apostrophes that Meldketen writes in CSV before what a spreadsheet would run as a
    formula."""
    if "'" not in cell:
        return cell
    return _DEFUSED_WITHIN.sub(r"\1", _DEFUSED.sub("", cell, count=1) if cell.startswith("'") else cell)


def without_odd_quote(cell: str) -> str:
    """Return a cell without a quotation mark that stands alone at one of its ends, unless it is a measure such as 5".
    """
    return cell.strip('"') if cell.count('"') == 1 and cell[-2:-1] not in DIGITS else cell


def name_in(cells: Mapping[str, str]) -> str:
    """Return the name of a person: the cell `name`, or its parts in the order in which they are said; of both the one
    that says most. A calling name comes before letters; both are not written together. Words such as "n.v.t." are no
    name."""
    whole = one_line(cells.get("name", ""))
    parts = {part: _part(cells.get(part, "")) for part in PARTS}
    said = "" if whole.casefold() in NO_VALUE else whole
    return _of_both(said, parts) if any(parts.values()) else said


def _part(cell: str) -> str:
    """Return a part of a name, "" where somebody wrote that there is none."""
    text = one_line(cell)
    return "" if text.casefold() in NO_PART else text


def _of_both(whole: str, parts: Mapping[str, str]) -> str:
    """Return the name of a cell `name`, which may be a calling name or a surname alone, and of these parts."""
    first, infix, last = parts["first_name"] or parts["initials"], parts["infix"], parts["last_name"]
    calls = bool(parts["first_name"]) and _words(parts["first_name"]) <= _words(whole)
    if not last:
        return whole if calls else with_given_name(whole, parts["first_name"], parts["initials"], infix)
    said, of_surname = _joined(first, infix, last), _words(_joined(infix, last))
    own = [word for word in whole.replace(",", " ").split() if not _words(word) <= of_surname]
    if _words(whole) <= _words(said):
        return said
    if _words(said) <= _words(whole):
        return whole
    is_called = calls if parts["first_name"] else not all(word.endswith(".") for word in own)
    return _joined(*own, infix, last) if is_called else said


def _words(text: str) -> set[str]:
    """Return the words of a name, to compare them."""
    return set(text.casefold().replace(",", " ").replace("-", " ").split())


def _joined(*parts: str) -> str:
    return " ".join(filter(None, parts))

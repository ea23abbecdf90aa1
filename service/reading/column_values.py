"""Whether the values of a column fit what its heading says: a heading with two meanings is decided by them."""

import re
from collections.abc import Sequence

from service.reading.fields import bare
from service.reading.values.no_value import NO_VALUE

NAMES = frozenset({"name", "first_name", "last_name", "contact_name"})
NUMBERS = frozenset({"people", "people_min", "people_max", "hours_to_notify"})
DAYS = frozenset({"informed_at", "in_force_from", "in_force_to", "began_on", "discovered_on", "reported_on"})
YES_NO = frozenset({"ja", "nee", "j", "n", "yes", "no", "y", "x", "true", "false"})
_MAIL_ALONE = re.compile(r"e?mail(?:adres|address)?[0-9]{0,2}")
_DAY = re.compile(r"[0-9]{1,4}[-/. ][0-9a-z]{1,9}[-/. ][0-9]{2,4}", re.IGNORECASE)


def can_hold(field: str, rank: int, heading: str, values: Sequence[str]) -> bool:
    """Return whether the values of a column fit this field. A column without values fits. `rank`: how sure its heading
    is, see Fields.ranked; the values of a sure one that do not fit are faults."""
    filled = [value for value in values if value.casefold() not in NO_VALUE]
    if field.endswith("email"):
        return _is_mail(heading, filled, values)
    if not filled or field == "people_told":
        return True
    if field in NAMES:
        return not all(value.casefold() in YES_NO or not any(map(str.isalpha, value)) for value in filled)
    if (field in DAYS and rank > 0) or (field in NUMBERS and rank > 1):
        return any(_has_digit(value) or value.startswith("#") for value in filled)
    if field == "is_test":
        return any(value.casefold() in YES_NO for value in filled)
    if field == "reported_to_ap":
        return not all(map(_DAY.match, filter(None, values)))  # a column of days says when, and not whether
    if field == "client_number" and not re.search("num|nr|code|id|no$", bare(heading)):
        return _are_numbers(filled)
    return True


def _has_digit(value: str) -> bool:
    return any("0" <= sign <= "9" for sign in value)


def _are_numbers(values: Sequence[str]) -> bool:
    """Return whether a column holds numbers of clients, and no names: most values have digits, or are short codes."""
    likely = sum(_has_digit(value) or (value.isupper() and " " not in value) for value in values)
    return likely > len(values) / 2


def _is_mail(heading: str, filled: Sequence[str], values: Sequence[str]) -> bool:
    """Return whether a column holds mail addresses: "adres" and "mailing" do only where a sign @ stands."""
    if _MAIL_ALONE.fullmatch(bare(heading)):
        return True
    return any("@" in value for value in filled) if any(values) else "mail" in bare(heading)

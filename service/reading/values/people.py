"""How many people, as people write it: a number, a range, an estimate, "more than 500", or not known.

A number is never made from what is no number: what a spreadsheet turned into a day, or rounded, is asked about.
"""

import re
from dataclasses import dataclass

from service.reading.outcome import Wrong
from service.reading.values.months import MONTHS
from service.reading.values.no_value import NOT_APPLICABLE, UNCLEAR, UNKNOWN
from service.words.whole_numbers import typed_whole
from tenants.lines import one_line

MOST_PEOPLE, LONGEST = 20_000_000, 60
"""The largest number that is read, and the most characters of a cell."""
NOBODY = frozenset({"geen", "niemand", "none", "nobody", "no one"})
"""Words for 0, which is proposed: they are also written where nobody knows."""
_ABOUT = (
    r"(?:ca\.?|c\.a\.|circa|ongeveer|ong\.?|bijna|gesch\.?|est\.?|"
    r"plm\.?|plusminus|zo'n|rond(?: de)?|±|~|≈|\+/-|naar schatting|geschat|"
    r"about|approx\.?|approximately|around)"
)
_AFTER = r"(?:\(?(?:ongeveer|schatting|geschat|estimate|estimated|approx\.?)\)?)"
_MOST = (
    r"(?:hooguit|hoogstens|maximaal|max\.?|ten hoogste|niet meer dan|tot(?: en met)?|t/m|<=|≤|"
    r"up to|at most|no more than)"
)
_LEAST = (
    r"(?:minimaal|minstens|min\.?|ten ?minste|op zijn minst|vanaf|niet minder dan|>=|≥|"
    r"at least|from|no fewer than)"
)
_UNDER = r"(?:minder dan|onder(?: de)?|<|fewer than|less than|under)"
_OVER = r"(?:meer dan|boven(?: de)?|ruim|over(?: de)?|>|more than)"
_UNIT = re.compile(
    r"(?:personen|mensen|betrokkenen|klanten|leden|medewerkers|werknemers|patiënten|people|persons|st\.?|stuks)$"
)
_BETWEEN = re.compile(
    r"(?:(?:tussen|van|between|from)(?: de)? )?(\S.*?)\s*"
    r"(?: en | and |t/m| tot(?: en met)? | to | of |–|—|-| à | a )\s*(\S.*)"
)
_SHAPES = (
    (re.compile(rf"{_ABOUT}\s*(\S.*)"), "about"), (re.compile(rf"(\S.*?)\s*{_AFTER}"), "about"),
    (re.compile(rf"{_UNDER}\s*(\S.*)"), "under"), (re.compile(rf"{_OVER}\s*(\S.*)"), "over"),
    (re.compile(rf"{_MOST}\s*(\S.*)"), "most"), (re.compile(rf"{_LEAST}\s*(\S.*)"), "least"),
    (re.compile(r"(\S.*?)\s*(?:\+|of meer|en meer|or more|en hoger)"), "least"),
    (re.compile(r"(\S.*?)\s*(?:of minder|or less|or fewer)"), "most"),
)  # fmt: skip
_DAY = re.compile(rf"([0-9]{{1,2}})[-/ ]({'|'.join(MONTHS)})\.?")
_DAY_TURNED = re.compile(rf"({'|'.join(MONTHS)})\.?[-/ ]([0-9]{{2}})")
_ISO_DAY = re.compile(r"[0-9]{4}-([0-9]{2})-([0-9]{2})(?:t00:00)?")
_FULL_DAY = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.](?:19|20)[0-9]{2}")
_MONTH = re.compile(r"(0?[1-9]|1[0-2])[-/]((?:19|20)([0-9]{2}))")
_SHORT_FORM = re.compile(r"[0-9]+(?:[.,][0-9]+)?e[+-]?[0-9]+")
_DECIMALS = re.compile(r"([0-9]+)[.,]0{1,2}")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+")


@dataclass(frozen=True)
class People:
    """The least and the largest number of people; None for an end that nobody knows. `is_estimate`: it was written as
    about so many."""

    least: int | None = None
    most: int | None = None
    is_estimate: bool = False


def people_in(cell: str) -> People | Wrong:
    """Return how many people a cell says."""
    text = _UNIT.sub("", one_line(cell[:LONGEST]).casefold()).strip()
    if text in UNKNOWN or text in UNCLEAR:
        return People()
    number = _number(text)
    if number is not None:
        return People(number, number)
    if text in NOBODY:
        return Wrong("file.not_a_number", "0", {"value": cell[:40]})
    return _spoiled(text) or _shaped(text) or _range(text) or Wrong(_key(text), "", {"value": cell[:40]})


def end_in(cell: str) -> int | Wrong | None:
    """Return one end of a range, from a column of its own; None when it is not known."""
    people = people_in(cell)
    if isinstance(people, Wrong):
        return people
    if people.is_estimate or people.least != people.most:
        return Wrong("file.end_no_number", "", {"value": cell[:40]})
    return people.least


def is_made_a_day(text: str) -> bool:
    """Return whether a spreadsheet made a day of a text such as 8-9."""
    return any(shape.fullmatch(text.casefold()) for shape in (_DAY, _DAY_TURNED, _ISO_DAY))


def _number(text: str) -> int | None:
    return None if _THOUSANDS.fullmatch(text) else typed_whole(text, MOST_PEOPLE)


def _key(text: str) -> str:
    return "file.people_not_applicable" if text in NOT_APPLICABLE else "file.not_a_number"


def _spoiled(text: str) -> Wrong | None:
    """Return what a spreadsheet made of a number: a day, a short form, decimals; or thousands that may be decimals."""
    if day := _DAY.fullmatch(text):
        return _made_a_day(text, f"{_bare(day[1])}-{MONTHS[day[2]]}")
    if turned := _DAY_TURNED.fullmatch(text):
        return _made_a_day(text, f"{MONTHS[turned[1]]}-{_bare(turned[2])}")
    if iso := _ISO_DAY.fullmatch(text):
        return _made_a_day(text, f"{_bare(iso[2])}-{_bare(iso[1])}")
    if full := _FULL_DAY.fullmatch(text):
        return _made_a_day(text, f"{_bare(full[1])}-{_bare(full[2])}")
    if month := _MONTH.fullmatch(text):
        short = f"{_bare(month[1])}-{_bare(month[3])}"
        return _made_a_day(text, short if isinstance(_range(short), People) else f"{month[1]} - {month[2]}")
    if _SHORT_FORM.fullmatch(text):
        return Wrong("file.short_form", "", {"value": text[:40]})
    if decimals := _DECIMALS.fullmatch(text):
        return Wrong("file.decimals", decimals[1], {"value": text[:40]})
    if _THOUSANDS.fullmatch(text):
        return Wrong("file.thousands", text.replace(",", ""), {"value": text[:40]})
    return None


def _bare(digits: str) -> str:
    return digits.lstrip("0") or "0"


def _made_a_day(text: str, numbers: str) -> Wrong:
    proposal = numbers if isinstance(_range(numbers), People) else ""
    return Wrong("file.made_a_day", proposal, {"value": text[:40], "numbers": numbers})


def _shaped(text: str) -> People | Wrong | None:
    for pattern, shape in _SHAPES:
        match = pattern.fullmatch(text)
        number = _number(match[1]) if match else None
        if number is not None:
            return _of_shape(shape, number)
        if match and shape == "about" and (ends := _range(match[1])) and isinstance(ends, People):
            return People(ends.least, ends.most, True)
    return None


def _of_shape(shape: str, number: int) -> People | Wrong:
    if shape == "about":
        return People(number, number, True)
    if shape in ("most", "under"):
        most = number - (shape == "under")
        return People(None, most) if most >= 0 else Wrong("file.not_a_number", "", {"value": str(number)})
    return People(number + (shape == "over"), None)


def _range(text: str) -> People | Wrong | None:
    match = _BETWEEN.fullmatch(text)
    if not match:
        return None
    least, most = _number(match[1]), _number(match[2])
    if least is None or most is None:
        return None
    if least > most:
        return Wrong("fact.people_reversed", "", {"value": text[:40]})
    return People(least, most)

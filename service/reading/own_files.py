"""Files that Meldketen wrote itself: which of their columns hold what, in each language and in JSON.

No heading of them is guessed. Where two columns hold one field (what was decided here, and what an old register said)
both are read: a row has one of them, or the later one goes first.
"""

from collections.abc import Mapping, Sequence
from functools import cache

from service.reading.values.services_in_cell import OF_SERVICE
from service.words.texts import LOCALES, spoken

OLD = "old_"
"""How the names of the columns begin that say what an old register said; in JSON they stand under `taken_over`."""
SERVICES = "services"
"""Of a client; in JSON each service has a name of its own under this one, and its value is the role."""
_OF_REGISTER = {
    "reference": "reference", "old_reference": "reference", "title": "title", "description": "description",
    "found_at": "discovered_on", "old_discovered_on": "discovered_on", "happened_from": "began_on",
    "old_began_on": "began_on", "submitted_at": "reported_on", "old_reported_on": "reported_on",
    "decision_state": "reported_to_ap", "old_reported_to_ap": "reported_to_ap", "people_told_at": "people_told",
    "old_people_told": "people_told", "people_min": "people_min", "people_max": "people_max",
    "people_estimate": "estimate", "authority_number": "ap_number", "nature": "nature", "old_nature": "nature",
    "data": "kinds_of_data", "old_kinds_of_data": "kinds_of_data", "consequences": "consequences",
    "measures": "measures", "decision_reason": "reason", "old_reason": "reason",
}  # fmt: skip
_OF_HITS = {
    "client_number": "client_number", "people_min": "people_min", "people_max": "people_max",
    "people_estimate": "estimate", "informed_at": "informed_at", "informed_how": "informed_how",
}  # fmt: skip
_OF_CLIENTS = {
    "client_number": "client_number", "controller_name": "name", "kvk_number": "kvk_number",
    "hours_to_notify": "hours_to_notify", "in_force_from": "in_force_from", "in_force_to": "in_force_to",
    SERVICES: SERVICES, "is_test": "is_test",
}  # fmt: skip
_OF_PEOPLE = {"name": "name", "address": "email"}
OURS: Mapping[str, tuple[tuple[str, Mapping[str, str]], ...]] = {
    "register": (("register.csv", _OF_REGISTER),),
    "hits": (("incidents.column", _OF_HITS), ("board.csv_column", _OF_HITS)),
    "clients": (("agreements.column", _OF_CLIENTS),), "recipients": (("notice.csv", _OF_PEOPLE),),
}  # fmt: skip
"""For each purpose: where the headings of a file of ours stand among the texts, and the field of each by its name."""
IN_JSON = {
    "facts nature": "nature", "facts data": "data",
    **{f"taken_over {name.removeprefix(OLD)}": name for name in _OF_REGISTER if name.startswith(OLD)},
}  # fmt: skip
"""What the names in JSON are called in the other forms, where that differs."""
OF_CONTACT = {f"contacts {part}": f"contact_{part}" for part in ("name", "email", "phone")}


def fields_of(headings: Sequence[str], purpose: str) -> dict[int, str] | None:
    """Return the field of each column that holds one, when these are the headings of a file of ours; else None."""
    present = set(headings)
    for by_heading, needed in _files(purpose):
        if needed <= present:
            named = ((place, _field(heading, by_heading)) for place, heading in enumerate(headings))
            return {place: field for place, field in named if field}
    return None


def place_of_own_numbers(headings: Sequence[str]) -> int | None:
    """Return the place of the column with the numbers that the register itself gave, when these are the headings of a
    file of our register; else None."""
    if fields_of(headings, "register") is None:
        return None
    own = {"reference", *(spoken(language)["register.csv.reference"] for language in LOCALES)}
    return next((place for place, heading in enumerate(headings) if heading in own), None)


def _field(heading: str, by_heading: Mapping[str, str]) -> str:
    """Return the field of a heading; that of a second contact has its number behind it."""
    return by_heading.get(heading) or by_heading.get(heading.rstrip("0123456789").rstrip(), "")


@cache
def _files(purpose: str) -> tuple[tuple[Mapping[str, str], frozenset[str]], ...]:
    """Return for each file of ours for this purpose the field of each heading, and the headings that it always has."""
    files = [_of_texts(place, names, spoken(language)) for place, names in OURS[purpose] for language in LOCALES]
    return (*files, *(_of_json(names) for _, names in OURS[purpose]))


def _of_texts(place: str, names: Mapping[str, str], texts: Mapping[str, str]) -> tuple[dict[str, str], frozenset[str]]:
    begin = f"{place}."
    headings = {key.removeprefix(begin): text for key, text in texts.items() if key.startswith(begin)}
    contacts = {text: name for name, text in headings.items() if name in OF_CONTACT.values()}
    return {headings[name]: field for name, field in names.items()} | contacts, frozenset(headings.values())


def _of_json(names: Mapping[str, str]) -> tuple[dict[str, str], frozenset[str]]:
    nested = {name: names[called] for name, called in IN_JSON.items() if called in names}
    needed = {name for name in names if not name.startswith(OLD) and name not in IN_JSON.values()}
    needed.discard(SERVICES)
    needed |= {"state", "state_at"} if names is _OF_PEOPLE else set()
    services = {f"{SERVICES} {key.removeprefix(OF_SERVICE)}": SERVICES for key in spoken("nl") if OF_SERVICE in key}
    return {**names, **nested, **OF_CONTACT, **services}, frozenset(needed)

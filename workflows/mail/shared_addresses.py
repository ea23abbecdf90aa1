"""Several people at one address: who stands on a list once, and whom one mail greets.

Nobody counts as told by a mail that does not name them: a family or a mailbox of an institution must be able to see
whom the mail is about. So one mail names as many people as it has room for, and the others are told in another way.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

import orjson

from tenants.lines import isolated
from workflows.mail.layout import escaped
from workflows.mail.links_in_text import as_text_only
from workflows.mail.words import word

ROOM = 9_000
"""The most bytes that the names in one mail take, as text and as HTML together: SendGrid takes 10,000 bytes for one
reader, with the tags. It is about 180 names of twenty letters."""


class Listed(Protocol):
    """Somebody on a list. `name` and `address` may be blank."""

    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str: ...


P = TypeVar("P", bound=Listed)


def each_once(people: Iterable[P]) -> Iterator[P]:
    """Return these people without who stands among them twice: the same name at the same address, capitals aside.

    An address without a name adds nobody where somebody has that address. Of those without an address all stay: two
    people may have one name. `people` is read two or three times; an iterator, which cannot be, is read into a list.
    """
    everybody = list(people) if isinstance(people, Iterator) else people
    nameless = {person.address.casefold() for person in everybody if not person.name and person.address}
    named = _named_among(nameless, everybody) if nameless else set[str]()
    seen = set[int]()
    for person in everybody:
        same = same_person(person)
        if person.address and (same in seen or (not person.name and person.address.casefold() in named)):
            continue
        if person.address:
            seen.add(same)
        yield person


def same_person(person: Listed) -> int:
    """Return what is the same for one person who stands on a list, or on two lists, twice: a hash of 64 bits, since
    lists may be long."""
    return hash((person.name.casefold(), person.address.casefold()))


def _named_among(addresses: set[str], people: Iterable[P]) -> set[str]:
    """Return those of these addresses at which somebody with a name is."""
    return {person.address.casefold() for person in people if person.name and person.address.casefold() in addresses}


def by_address(people: Iterable[P]) -> list[list[P]]:
    """Return who shares an address together, capitals aside, in the order in which the addresses come."""
    groups: dict[str, list[P]] = {}
    for person in people:
        groups.setdefault(person.address.casefold(), []).append(person)
    return list(groups.values())


def newcomers(people: Iterable[P], names: Iterable[str]) -> list[P]:
    """Return those of these people, all at one address, who are none of the people with these names there."""
    known = {name.casefold() for name in names}
    return [person for person in people if person.name and person.name.casefold() not in known]


def fitting(names: Iterable[str], beside: Iterable[str] = ()) -> int:
    """Return how many of these names, from the first on, one mail has room for beside those that it has already."""
    left, count = ROOM - sum(map(_room_of, beside)), 0
    for name in names:
        left -= _room_of(name)
        if left < 0:
            break
        count += 1
    return count


def greeted(names: Sequence[str], locale: str) -> str:
    """Return how one mail greets these people: "Jet de Boer, Tom de Boer en Nel de Boer". Blank names are left out.

    Where a name has a comma in it, semicolons stand between them.
    """
    written = [isolated(name.strip()) for name in names if name.strip()]
    if len(written) < 2:
        return "".join(written)
    between = "; " if any("," in name for name in written) else ", "
    return f"{between.join(written[:-1])} {word('and', locale)} {written[-1]}"


def person_at(person: Listed) -> str:
    """Return what is the same for one person at one address, in place of an address that several people have."""
    return f"{person.address}\n{person.name}"


def _room_of(name: str) -> int:
    shown = as_text_only(isolated(name)) + "; "
    return len(orjson.dumps(shown)) + len(orjson.dumps(escaped(shown)))

"""A second list beside the one of a notice: who is on both, who comes, and who goes. No database is needed.

A person is a name and an address, each of which may be blank. The same name at the same address is the same person; of
several people with one name and no address, each counts. An address without a name stands for everybody there.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from workflows.mail.shared_addresses import same_person

NAMED_AT_MOST = 5
"""How many people of the other list are named who are not on the list."""


class Person(NamedTuple):
    """Somebody on a list, of whom the name or the address may be blank."""

    name: str
    address: str


def taken_away(listed: Iterable[Person], other: Iterable[Person]) -> Iterator[Person]:
    """Return who stays on the list when the people of the other one go."""
    return (person for person, is_on_both in _marked(listed, other) if not is_on_both)


def added(listed: Iterable[Person], other: Iterable[Person]) -> Iterator[Person]:
    """Return both lists as one: who is on both stands there once."""
    on_list = Counter[int]()
    for person in listed:
        on_list[same_person(person)] += 1
        yield person
    for person in other:
        same = same_person(person)
        if on_list[same]:
            on_list[same] -= 1
        else:
            yield person


@dataclass(frozen=True)
class Comparison:
    """How many people are on the list, and on the other one. `both`: people of the list whom the other one names, who
    go when it is taken away. `kept`: people of the list who are on the other one too, also without their name, who stay
    when it comes in place of the list. `together`: people on both lists as one. `elsewhere`: people of the other one
    who are nobody on the list, with the first of them as `first_elsewhere`."""

    listed: int
    in_file: int
    both: int
    kept: int
    together: int
    elsewhere: int
    first_elsewhere: tuple[Person, ...]


def compared(listed: Iterable[Person], other: Iterable[Person]) -> Comparison:
    """Compare two lists, each read once. `listed` has everybody once (each_once); the other one need not."""
    here, there, elsewhere, first = _Side(), _Side(), 0, list[Person]()
    for person in listed:
        here.add(person)
    for person in other:
        there.add(person)
        if not here.has_as_often(person, there):
            elsewhere += 1
            first += [person][: NAMED_AT_MOST - len(first)]
    named = here.named.keys() & there.named.keys()
    exact = len(named) + (here.unmailed & there.unmailed).total()
    at_address = sum(at in there.nameless for same, at in here.named.items() if same not in named)
    both = exact + at_address + len(here.nameless & there.nameless)
    kept = exact + len(here.nameless & (there.nameless | there.addresses))
    return Comparison(here.count, there.count, both, kept, here.with_all(there).count, elsewhere, tuple(first))


@dataclass(frozen=True)
class _Side:
    """A list while it is read, as hashes: who has a name and an address, with that address; the addresses of these; the
    addresses without a name; and how often each name without an address is there."""

    named: dict[int, int] = field(default_factory=dict)
    addresses: set[int] = field(default_factory=set)
    nameless: set[int] = field(default_factory=set)
    unmailed: Counter[int] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        """How many people these are, each once."""
        return len(self.named) + len(self.nameless - self.addresses) + self.unmailed.total()

    def add(self, person: Person) -> None:
        at = hash(person.address.casefold())
        if not person.address:
            self.unmailed[same_person(person)] += 1
        elif not person.name:
            self.nameless.add(at)
        else:
            self.named[same_person(person)] = at
            self.addresses.add(at)

    def has_as_often(self, person: Person, other: "_Side") -> bool:
        """Return whether this person is here; of several with one name and no address, whether as often as there."""
        same, at = same_person(person), hash(person.address.casefold())
        if not person.address:
            return self.unmailed[same] >= other.unmailed[same]
        return same in self.named if person.name else at in self.addresses or at in self.nameless

    def with_all(self, other: "_Side") -> "_Side":
        """Return the people of both, as `added` and `each_once` bring them together."""
        return _Side(
            self.named | other.named, self.addresses | other.addresses, self.nameless | other.nameless,
            self.unmailed | other.unmailed,
        )  # fmt: skip


def _marked(listed: Iterable[Person], other: Iterable[Person]) -> Iterator[tuple[Person, bool]]:
    named, addresses = Counter[int](), set[str]()
    for person in other:
        named[same_person(person)] += 1
        if person.address and not person.name:
            addresses.add(person.address.casefold())
    for person in listed:
        same = same_person(person)
        is_named = named[same] > 0
        if is_named:
            named[same] -= 1
        yield person, is_named or person.address.casefold() in addresses

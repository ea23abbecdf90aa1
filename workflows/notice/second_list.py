"""A second list beside the one of a notice: who is on both, who comes, and who goes. No database is needed.

A person is a name and an address, each of which may be blank. The same name at the same address is the same person; of
several people with one name and no address, each counts. An address without a name stands for everybody there.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from workflows.mail.shared_addresses import same_person


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


def on_both(listed: Iterable[Person], other: Iterable[Person]) -> int:
    """Return how many people of the list the other one names too."""
    return sum(is_on_both for _, is_on_both in _marked(listed, other))


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

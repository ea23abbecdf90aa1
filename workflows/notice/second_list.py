"""A second list beside the one of a notice: who is on both, who comes, and who goes. No database is needed.

A person is a name and an address, each of which may be blank. The same name at the same address is the same person; of
several people with one name and no address, each counts. An address without a name stands for everybody there.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

Person = tuple[str, str]


def taken_away(listed: Sequence[Person], other: Sequence[Person]) -> list[Person]:
    """Return who stays on the list when the people of the other one go."""
    return [person for person, is_on_both in _marked(listed, other) if not is_on_both]


def added(listed: Sequence[Person], other: Sequence[Person]) -> list[Person]:
    """Return both lists as one: who is on both stands there once."""
    on_list = Counter(map(_same, listed))
    new = list[Person]()
    for person in other:
        if on_list[_same(person)]:
            on_list[_same(person)] -= 1
        else:
            new.append(person)
    return [*listed, *new]


def on_both(listed: Sequence[Person], other: Sequence[Person]) -> int:
    """Return how many people of the list the other one names too."""
    return sum(is_on_both for _, is_on_both in _marked(listed, other))


def _marked(listed: Sequence[Person], other: Iterable[Person]) -> list[tuple[Person, bool]]:
    named = Counter(map(_same, other))
    addresses = {address for name, address in named if not name and address}
    marked = []
    for person in listed:
        same = _same(person)
        is_named = named[same] > 0
        named[same] -= is_named
        marked.append((person, is_named or same[1] in addresses))
    return marked


def _same(person: Person) -> Person:
    name, address = person
    return name.casefold(), address.casefold()

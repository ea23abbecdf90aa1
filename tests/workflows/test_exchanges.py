"""Looking up a name is part of the exchange: a resolver that is silent holds nobody past the deadline."""

from collections.abc import Iterator
from threading import Event
from time import monotonic
from typing import Any

import pytest

from tests.conftest import WITHIN_S, until
from workflows.exchanges import MOST_LOOKUPS, Deadline, Resolver, addresses_of

NAME = "provider.example"
FOUND = [(2, 1, 6, "", ("192.0.2.1", 443))]


@pytest.fixture
def silent() -> Iterator[Resolver]:
    """A resolver that says nothing until the test is over, or until it is let go on."""
    go_on = Event()

    def resolver(*_: Any, **__: Any) -> list[Any]:
        go_on.wait(WITHIN_S)
        return FOUND

    resolver.go_on = go_on.set  # type: ignore[attr-defined]
    yield resolver
    go_on.set()


def at_once(*_: Any, **__: Any) -> list[Any]:
    return FOUND


def soon() -> Deadline:
    return Deadline(monotonic() + 0.1, 0)


def late() -> Deadline:
    return Deadline(monotonic() + WITHIN_S, 0)


def test_a_name_that_nobody_resolves_is_given_up(silent: Resolver) -> None:
    with pytest.raises(TimeoutError):
        addresses_of(NAME, 443, soon(), silent)


def test_so_many_wait_for_a_resolver_and_no_more(silent: Any) -> None:
    asked: list[Any] = []

    def counted(*about: Any, **more: Any) -> list[Any]:
        asked.append(about)
        return list(silent(*about, **more))

    for _ in range(MOST_LOOKUPS + 3):
        with pytest.raises(TimeoutError):
            addresses_of(NAME, 443, soon(), counted)
    assert len(asked) == MOST_LOOKUPS
    silent.go_on()
    assert addresses_of(NAME, 443, late(), at_once) == ["192.0.2.1"]


def test_an_address_needs_no_resolver(silent: Resolver) -> None:
    assert addresses_of("192.0.2.7", 443, soon(), silent) == ["192.0.2.7"]
    assert addresses_of("2001:db8::7", 443, soon(), silent) == ["2001:db8::7"]


def test_what_a_resolver_refuses_is_said_at_once() -> None:
    def refusing(*_: Any, **__: Any) -> list[Any]:
        raise OSError("no such name")

    with pytest.raises(OSError, match="no such name"):
        addresses_of(NAME, 443, late(), refusing)
    until(lambda: addresses_of(NAME, 443, late(), at_once))

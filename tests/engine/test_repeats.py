"""What fails again and again is logged once, then counted, and waits longer each time."""

import logging
from uuid import UUID, uuid4

import pytest

from workflows.engine.repeats import LONGEST_WAIT_S, Repeats


class Seconds:
    """A clock that a test turns on."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_fault_that_repeats_is_logged_once_then_counted(caplog: pytest.LogCaptureFixture) -> None:
    seconds, tried = Seconds(), []

    def choke(organisation: UUID) -> int:
        tried.append(organisation)
        raise OSError

    repeats, bad = Repeats(seconds), uuid4()
    with caplog.at_level(logging.ERROR):
        for _ in range(3600):
            assert repeats.apart(choke, bad) == 0
            seconds.at += 1
    assert 60 <= len(tried) <= 3600 / LONGEST_WAIT_S + 10
    assert [(record.message, vars(record)["attempt"]) for record in caplog.records] == [
        ("not done for an organisation", 1), ("still not done for an organisation", 10),
    ]  # fmt: skip


def test_a_failing_organisation_waits_alone_and_a_success_ends_the_wait() -> None:
    seconds, mended = Seconds(), set[UUID]()

    def work(organisation: UUID) -> int:
        if organisation not in mended:
            raise OSError
        return 7

    repeats, bad, good = Repeats(seconds), uuid4(), uuid4()
    mended.add(good)
    assert (repeats.apart(work, bad), repeats.apart(work, good)) == (0, 7)
    mended.add(bad)
    assert repeats.apart(work, bad) == 0, "it waits"
    seconds.at += LONGEST_WAIT_S
    assert repeats.apart(work, bad) == 7 == repeats.apart(work, bad)

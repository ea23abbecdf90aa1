"""References: 2026-0001 and on, without gaps and without doubles, whoever comes at the same time."""

from collections.abc import Callable
from threading import Barrier, Event
from uuid import UUID

import pytest

from tenants.isolation import acting_for, database_now
from tenants.register.references import next_reference
from tests.conftest import Database
from tests.factories import an_organisation


def numbers(references: list[str]) -> list[int]:
    return sorted(int(reference.partition("-")[2]) for reference in references)


def test_they_name_the_year_and_begin_at_one(database: Database):
    organisation = an_organisation()
    with acting_for(organisation):
        year = database_now().year
        assert [next_reference("breach"), next_reference("breach")] == [f"{year}-0001", f"{year}-0002"]


def test_each_kind_and_each_organisation_counts_for_itself(database: Database):
    first, other = an_organisation(), an_organisation()
    with acting_for(first):
        assert next_reference("breach").endswith("-0001") and next_reference("incident").endswith("-0001")
    with acting_for(other):
        assert next_reference("breach").endswith("-0001")


class Discarded(Exception):
    """Somebody changed their mind."""


def taker(organisation: UUID, together: Barrier, takes: int, drops: int) -> Callable[[], list[str]]:
    def take() -> list[str]:
        kept = []
        together.wait(10)
        for turn in range(takes):
            try:
                with acting_for(organisation):
                    reference = next_reference("breach")
                    if turn % 4 == drops:
                        raise Discarded
                kept.append(reference)
            except Discarded:
                continue
        return kept

    return take


def test_references_are_without_gaps_and_doubles_also_after_rollbacks(database: Database):
    organisation, together = an_organisation(), Barrier(4)
    answers = [database.elsewhere(taker(organisation, together, 12, drops)) for drops in range(4)]
    kept = [reference for answer in answers for reference in answer.result(20)]
    assert numbers(kept) == list(range(1, 4 * 9 + 1))


def test_a_number_that_is_given_back_goes_to_who_waited_for_it(database: Database):
    organisation, taken, give_back = an_organisation(), Event(), Event()

    def changes_its_mind() -> None:
        with acting_for(organisation):
            next_reference("breach")
            taken.set()
            give_back.wait(10)
            raise Discarded

    def waits() -> str:
        taken.wait(10)
        with acting_for(organisation):
            return next_reference("breach")

    first, second = database.elsewhere(changes_its_mind), database.elsewhere(waits)
    database.wait_until_blocked()
    give_back.set()
    with pytest.raises(Discarded):
        first.result(10)
    assert second.result(10).endswith("-0001")

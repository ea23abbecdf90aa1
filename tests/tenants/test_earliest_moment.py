"""The earliest moment that anybody stated stands with a breach from its first row on (Art. 33(1))."""

from tests.conftest import Database
from tests.factories import a_member, an_organisation, an_own_breach

MOMENTS = "select became_aware_at, earliest_aware_at from breach where id = :id"


def test_a_breach_begins_with_the_earliest_moment_that_was_stated(database: Database) -> None:
    here = an_organisation()
    [row] = database.outside(MOMENTS, id=an_own_breach(here, a_member(here)))
    assert row["became_aware_at"] and row["earliest_aware_at"] == row["became_aware_at"]

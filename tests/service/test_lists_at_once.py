"""Several lists of people at the same moment: each replaces the one before it, and the last one alone stands."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tenants.identity.users import PRIVACY_OFFICER
from tests.conftest import WITHIN_S, Database
from tests.service.served_locked import locked_run
from tests.service.worlds import READERS, EveryRole

LISTS, PEOPLE = 4, 20


@pytest.fixture
def there(app: Flask, database: Database) -> EveryRole:
    """An organisation with a notice that has no list yet."""
    place = EveryRole(app, database)
    place.path = f"notices/{place.callers[PRIVACY_OFFICER].post(f'{place.path}/notice').json['id']}"
    return place


def uploaded_at_once(there: EveryRole, lists: list[list[dict[str, str]]]) -> list[TestResponse]:
    """The answers to these lists, that all came in before the first of them could be stored."""
    officer = there.callers[PRIVACY_OFFICER]
    with locked_run(there.database, there.path):
        answers = [
            there.database.elsewhere(lambda people=people: officer.put(f"{there.path}/recipients",
                                                                       {"recipients": people}))
            for people in lists
        ]  # fmt: skip
        there.database.wait_until_blocked(len(lists))
    return [answer.result(WITHIN_S) for answer in answers]


def test_of_different_lists_the_last_one_stands(there: EveryRole) -> None:
    lists = [[{"email": f"lezer{n}@lijst{of}.example"} for n in range(PEOPLE)] for of in range(LISTS)]
    answers = uploaded_at_once(there, lists)
    assert [answer.status_code for answer in answers] == [200] * LISTS, [answer.text for answer in answers]
    assert [answer.json["sums"]["planned"] for answer in answers] == [PEOPLE] * LISTS
    assert there.callers[PRIVACY_OFFICER].get(there.path).json["sums"]["planned"] == PEOPLE
    counts = there.database.outside(
        "select details->'count' as people from history where what = 'bulk_notice.recipients' and subject_id = :id",
        id=there.path.removeprefix("notices/"),
    )
    assert [row["people"] for row in counts] == [PEOPLE] * LISTS


def test_the_same_list_again_is_stored_again(there: EveryRole) -> None:
    answers = uploaded_at_once(there, [READERS["recipients"]] * LISTS)
    assert [answer.status_code for answer in answers] == [200] * LISTS, [answer.text for answer in answers]
    assert there.callers[PRIVACY_OFFICER].get(there.path).json["sums"]["planned"] == len(READERS["recipients"])

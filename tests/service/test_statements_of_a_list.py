"""How many statements the API's list of breaches sends: who it is, who acts, and the rows."""

from flask import Flask

from tests.counting import statements_of
from tests.factories import a_member, an_organisation, an_own_breach
from tests.service.caller import caller_for

OF_A_LIST = 3


def test_a_list_takes_three_statements_however_many_rows_it_has(app: Flask) -> None:
    here = an_organisation("Bakkerij")
    officer = a_member(here)
    assert officer.id is not None
    caller = caller_for(app, officer.id)
    for rows in range(3):
        caller.get("breaches")  # that somebody was seen is noted once a minute, apart from the list
        with statements_of(app) as seen:
            answer = caller.get("breaches")
        assert len(answer.json["items"]) == rows  # type: ignore[index]
        assert len(seen) == OF_A_LIST, seen
        an_own_breach(here, officer)


def test_a_page_that_follows_takes_as_many(app: Flask) -> None:
    here = an_organisation("Slagerij")
    officer = a_member(here)
    assert officer.id is not None
    for _ in range(3):
        an_own_breach(here, officer)
    caller = caller_for(app, officer.id)
    after = caller.get("breaches?limit=1").json["next"]  # type: ignore[index]
    with statements_of(app) as seen:
        answer = caller.get(f"breaches?limit=1&after={after}")
    assert len(answer.json["items"]) == 1  # type: ignore[index]
    assert len(seen) == OF_A_LIST, seen

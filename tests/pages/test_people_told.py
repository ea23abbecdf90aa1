"""How many people a notice informed: the form says the same on its page and in the API, in each state of a mail."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tenants.history.entries import Actor
from tests.conftest import Database
from tests.factories import NOTICE_TEXT
from tests.pages.conftest import Reader
from tests.pages.forms import untouched_form
from tests.pages.worlds import Controller, a_begun_notice
from tests.service.caller import caller_for
from workflows.mail.people_told import PeopleTold, people_told
from workflows.mail.states import NAMES

INFORMED = {"accepted", "processed", "deferred", "delivered"}
PEOPLE = [{"email": "ans@example.nl"}, {"email": "bob@example.nl"}, {"email": "cor@example.nl"}]
ONE = "update recipient set state = :state where id = (select min(id::text)::uuid from recipient where about_id = :n)"


@pytest.fixture
def bakery(app: Flask, reader: Callable[[Actor], Reader]) -> Controller:
    """A controller whose notice has begun."""
    return a_begun_notice(reader)


def counts_of_form(app: Flask, database: Database, bakery: Controller, state: str) -> tuple[Any, Any]:
    """What the forms of page and API say, once the notice was sent and one of three mails is in this state."""
    caller = caller_for(app, bakery.officer.id)  # type: ignore[arg-type]
    notice = caller.get(f"breaches/{bakery.breach}").json["notice_id"]  # type: ignore[index]
    assert caller.put(f"notices/{notice}/recipients", {"recipients": PEOPLE}).status_code == 200
    assert caller.put(f"notices/{notice}/text", NOTICE_TEXT).status_code == 200
    approver = caller_for(app, bakery.approver.id)  # type: ignore[arg-type]
    assert approver.post(f"notices/{notice}/approval", {"agrees": True}).status_code == 200
    database.outside("update recipient set state = 'bounced' where about_id = :n", n=notice)
    database.outside(ONE, state=state, n=notice)
    database.outside("update notice set sent_at = now() where id = :n", n=notice)
    asked = caller.get(f"breaches/{bakery.breach}/form").json["chapters"]  # type: ignore[index]
    [in_api] = [row for chapter in asked for row in chapter["questions"] if row["q"] == "10.1.3"]
    typed = untouched_form(bakery.olga.see(f"{bakery.base}/breaches/{bakery.breach}/form"))
    return typed["informed_count"], in_api["value"]


@pytest.mark.parametrize("state", NAMES)
def test_page_and_api_agree_in_each_state(app: Flask, database: Database, bakery: Controller, state: str) -> None:
    informed = int(state in INFORMED)
    assert counts_of_form(app, database, bakery, state) == ([str(informed)], informed)


@pytest.mark.parametrize("state", NAMES)
def test_each_state_counts_once(state: str) -> None:
    counted = people_told({state: 3})
    assert counted.informed + counted.not_reached + counted.not_sent == 3
    assert counted.informed == (3 if state in INFORMED else 0)


def test_those_of_whom_nothing_is_known_yet_are_apart() -> None:
    reached, failed, waiting = {"delivered": 4}, {"bounced": 3, "unconfirmed": 1}, {"planned": 1, "unknown": 2}
    by_state = reached | failed | waiting | {"deferred": 2, "accepted": 1}
    assert people_told(by_state) == PeopleTold(informed=7, on_the_way=3, not_reached=4, not_sent=3)

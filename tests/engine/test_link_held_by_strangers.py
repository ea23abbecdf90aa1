"""Whoever holds a mailed link sends each of its forms again and again: the histories grow by one entry at most."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from sqlalchemy import text
from werkzeug.routing import Rule

from tenants.identity.invitations import new_invitation
from tenants.identity.users import OWNER
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import verified
from tests.service.whole_service import whole_service
from tests.worlds.asked_controller import AskedController
from tests.worlds.led_elsewhere import LedElsewhere, invitation_kept
from workflows.mail.outbox import Outbox

TIMES = 20
PASSWORD = "een wachtwoord van lengte"
ENTRIES = "select organisation_id, count(*) as many from history group by organisation_id"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def app(own_database: Database, compiled: BytecodeCache) -> Iterator[Flask]:
    """The whole service on this test's own database."""
    with whole_service(own_database.config, compiled) as service:
        yield service


@pytest.fixture
def led(app: Flask, own_database: Database, outbox: Outbox) -> LedElsewhere:
    return LedElsewhere(AskedController(own_database, outbox)).accepted()


def routes(app: Flask) -> list[Rule]:
    """Every address that takes something from whoever holds a link."""
    views = app.view_functions
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())
             and getattr(views[rule.endpoint], "is_by_token", False)]  # fmt: skip
    assert len(rules) >= 5
    return rules


def a_link(led: LedElsewhere, address: str, joins: bool = False) -> str:
    with acting_for(led.house.id):
        token, invitation = new_invitation(led.house.id, address, OWNER, None if joins else led.breach)
        invitation_kept(invitation)
    return token


def entries(led: LedElsewhere) -> dict[object, int]:
    return {row["organisation_id"]: row["many"] for row in led.house.database.outside(ENTRIES)}


def sent(app: Flask, rule: Rule, token: str) -> int:
    """The status that a new browser gets."""
    client, path = app.test_client(), rule.rule.replace("<token>", token)
    body = {"name": f"Bo {token[:5]}"} | ({} if "receipt" in path else {"password": PASSWORD})
    if path.startswith("/api/"):
        return client.post(path, json=body).status_code
    shown = TOKEN.search(client.get("/login").text)
    assert shown
    return client.post(path, data=body | {"csrf_token": shown[1]}).status_code


@pytest.mark.parametrize("is_proven", [False, True])
@pytest.mark.parametrize("joins", [False, True])
def test_a_link_adds_one_entry_to_a_history(app: Flask, led: LedElsewhere, is_proven: bool, joins: bool) -> None:
    if is_proven:
        verified(led.house.database.config.owner_url(), led.register)
    for nth, rule in enumerate(routes(app)):
        token = a_link(led, f"holder{nth}@client.example", joins)
        done = sent(app, rule, token)
        works = ("receipt" in rule.rule) != joins and "provider" not in rule.rule
        assert (done < 400) == works, f"{rule.rule}: {done}"
        before = entries(led)
        for _ in range(TIMES):
            with led.house.database.superuser.begin() as behind:
                behind.execute(text("delete from login_attempt"))
            sent(app, rule, token)
        grown = {house: many - before[house] for house, many in entries(led).items()}
        assert max(grown.values()) == 0, f"{rule.rule}: what was sent once is sent again"


@pytest.mark.parametrize("is_proven", [False, True])
def test_a_receipt_that_was_given_clears_no_attempts(app: Flask, led: LedElsewhere, is_proven: bool) -> None:
    if is_proven:
        verified(led.house.database.config.owner_url(), led.register)
    [rule] = [rule for rule in routes(app) if rule.rule.startswith("/api/") and "receipts" in rule.rule]
    token = a_link(led, led.bo)
    statuses = [sent(app, rule, token) for _ in range(TIMES)]
    assert statuses[0] == 200 and statuses[-1] == 429


def test_each_link_states_receipt_once(app: Flask, led: LedElsewhere) -> None:
    [rule] = [rule for rule in routes(app) if rule.rule.startswith("/api/") and "receipts" in rule.rule]
    before = entries(led)
    for address in (led.bo, led.anna):
        token = a_link(led, address)
        assert [sent(app, rule, token) for _ in range(3)] == [200] * 3
    grown = {house: many - before[house] for house, many in entries(led).items()}
    assert sorted(many for many in grown.values() if many) == [2, 2]

"""What waits at a processor that is not accepted yet shows its clock, over the API and on the page."""

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask
from jinja2 import BytecodeCache

from tenants.agreements.consents import ACCEPTED
from tests.conftest import Database
from tests.factories import an_incident
from tests.service.caller import Caller, caller_for
from tests.service.whole_service import whole_service
from tests.worlds.asked_controller import AskedController
from tests.worlds.strangers import by_telephone, own_moment
from workflows.law.gdpr import authority_period
from workflows.mail.outbox import Outbox

SHOWN = {
    ("nl", "mail"): "kwam bij u aan op", ("nl", "phone"): "per telefoon, wist u het op",
    ("en", "mail"): "reached you on", ("en", "phone"): "by telephone, you knew on",
}  # fmt: skip
ENDS = {"nl": "Melden aan de Autoriteit Persoonsgegevens vóór", "en": "Notify the AP before"}
NOT_YET = {"nl": "nog niet vastgelegd wanneer u dit wist", "en": "not been recorded yet when you knew"}


@pytest.fixture
def house(own_database: Database, outbox: Outbox) -> AskedController:
    return AskedController(own_database, outbox)


@pytest.fixture
def served(own_database: Database, compiled: BytecodeCache) -> Iterator[Flask]:
    """The whole service on this test's database."""
    with whole_service(own_database.config, compiled) as service:
        yield service


def page(app: Flask, caller: Caller, language: str, path: str = "processors") -> str:
    browser = app.test_client()
    browser.set_cookie("meldketen_session", caller.token)
    browser.set_cookie("language", language)
    return re.sub(r"\s+", " ", browser.get(f"/o/{caller.slug}/{path}").text)


@pytest.mark.parametrize("is_opened", [False, True])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_message_that_waits_says_when_its_term_ends(
    served: Flask, house: AskedController, language: str, is_opened: bool
) -> None:
    """Counted from what the office stated, whatever somebody stated who opened the register."""
    if is_opened:
        own_moment(house)
        by_telephone(house)
    else:
        an_incident(house.office)
        house.work()
    how = "phone" if is_opened else "mail"
    assert house.by.id
    there = caller_for(served, house.by.id)
    [message] = there.get("processors").json["items"][0]["messages"]
    stated_at = datetime.fromisoformat(message["stated_aware_at"])
    [row] = house.database.outside("select stated_aware_at from breach where organisation_id <> :o", o=house.id)
    assert stated_at == row["stated_aware_at"] and message["stated_aware_how"] == how
    period, ends = authority_period(stated_at), [datetime.fromisoformat(message[e]) for e in ("alarm_at", "due_at")]
    assert ends == [period.alarm_at, period.due_at]
    shown = page(served, there, language)
    said = [SHOWN[language, how], ENDS[language]]
    assert all(words in shown for words in said) and NOT_YET[language] not in shown


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_delivery_that_falls_away_once_it_is_accepted_shows_no_end_before(
    served: Flask, house: AskedController, language: str
) -> None:
    """Somebody who proved nothing opened the register: the mail was delivered to them."""
    own_moment(house)
    assert house.by.id
    there = caller_for(served, house.by.id)
    [message] = there.get("processors").json["items"][0]["messages"]
    assert {message[name] for name in ("stated_aware_at", "stated_aware_how", "alarm_at", "due_at")} == {None}
    shown = page(served, there, language)
    assert NOT_YET[language] in shown and ENDS[language] not in shown
    assert house.answered(ACCEPTED) == 1
    [row] = house.database.outside("select became_aware_at, due_at from breach where organisation_id = :o", o=house.id)
    assert row == {"became_aware_at": None, "due_at": None}


def test_the_term_of_a_message_is_the_one_that_its_register_and_every_page_show(
    served: Flask, house: AskedController
) -> None:
    """Before it is accepted and after: the same alarm, and beside it the same legal end."""
    an_incident(house.office)
    house.work()
    assert house.by.id
    there = caller_for(served, house.by.id)
    [message] = there.get("processors").json["items"][0]["messages"]
    [row] = house.database.outside("select id, alarm_at, due_at from breach")
    [clock] = house.database.outside("select alarm_at, due_at from clock where name = 'notify-authority'")
    ends = [datetime.fromisoformat(message[end]) for end in ("alarm_at", "due_at")]
    assert ends == [row["alarm_at"], row["due_at"]] == [clock["alarm_at"], clock["due_at"]]
    shown = until(page(served, there, "nl"))
    house.answered(ACCEPTED)
    texts = until(page(served, there, "nl", f"breaches/{row['id']}"))
    assert shown == texts == {ends[0]}, "one moment to be ahead of"


def until(page: str) -> set[datetime]:
    """The moments that a page counts down to."""
    return {datetime.fromisoformat(at) for at in re.findall(r'<time datetime="([^"]+)" data-until', page)}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_an_unread_message_has_no_end_yet(served: Flask, house: AskedController, language: str) -> None:
    an_incident(house.office)
    assert house.by.id
    there = caller_for(served, house.by.id)
    [message] = there.get("processors").json["items"][0]["messages"]
    assert message["alarm_at"] is message["stated_aware_at"] is message["due_at"] is message["stated_aware_how"] is None
    shown = page(served, there, language)
    assert NOT_YET[language] in shown and ENDS[language] not in shown

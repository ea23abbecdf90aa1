"""How many statements the page of a breach sends, from the login to the last line, in every state of a breach; and so
that of a notice, of an incident's board and of an escalation."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from service.web.layout import local_input
from tenants.history.entries import Actor, Entry, record
from tenants.identity.deputies import add_deputy
from tenants.identity.users import APPROVER, HANDLER, OWNER
from tenants.isolation import acting_for, database_now
from tenants.register.escalations import board
from tests.conftest import Database
from tests.counting import statements_of
from tests.factories import a_member, an_incident, an_office, an_organisation, an_own_breach
from tests.open_decisions import fail_for_good
from tests.pages.conftest import Reader, slug_of, typed_assessment
from tests.service.caller import caller_for
from workflows.mail.outbox import Outbox
from workflows.running.jobs import drain

Login = Callable[[Actor], Reader]
MOST_OF_A_PAGE = 9
"""Whoever can do its step is asked for their draft of that form."""
MOST_OF_THE_API = 7
"""Once it was submitted, what is still due reads the history for how many answers were open when it was sent."""
MOST_OF_A_NOTICE, MOST_OF_A_BOARD, MOST_OF_AN_ESCALATION = 18, 13, 11
"""A notice asks who shares an address, and for the files of its list: those that made it, and those that wait. An
escalation asks whether each of its contacts still works."""


@dataclass(frozen=True)
class Bakery:
    """A controller with people in three roles, and a breach of its own."""

    id: UUID
    breach: UUID
    people: dict[str, Actor]
    read: Login

    @property
    def page(self) -> str:
        return f"/o/{slug_of(self.id)}/breaches/{self.breach}"

    def do(self, who: str, step: str, **form: Any) -> None:
        self.read(self.people[who]).done(f"{self.page}/steps/{step}", form, seen=self.page)

    def decide(self, until: str, risk: str = "risk") -> None:
        """Every step of people up to this one."""
        acts = {
            "assess": ("officer", typed_assessment(risk)),
            "draft": ("officer", {"decision": "notify", "reason": "R"}),
            "approve": ("approver", {"agrees": "true"}),
            "submit": ("handler", {"submitted_at": local_now(self.id), "authority_number": "AP-1"}),
        }  # fmt: skip
        for step, (who, form) in acts.items():
            self.do(who, step, **form)
            if step == until:
                return


def local_now(organisation: UUID) -> str:
    with acting_for(organisation):
        return local_input(database_now())


@pytest.fixture
def bakery(app: Flask, reader: Login) -> Bakery:
    """A breach of an hour ago about which nobody did anything."""
    here = an_organisation("Bakkerij")
    roles = {"approver": APPROVER, "handler": HANDLER}
    people = {name: a_member(here, role, name) for name, role in roles.items()} | {"officer": a_member(here)}
    return Bakery(here, an_own_breach(here, people["officer"]), people, reader)


def most_statements(app: Flask, look: Callable[[], Any]) -> int:
    look()  # that somebody was seen is noted once a minute, apart from the page
    with statements_of(app) as seen:
        look()
    return len(seen)


def assert_few(app: Flask, house: Bakery, *who: str) -> None:
    """As each of these people, and by the API."""
    for name in who:
        browser = house.read(house.people[name])
        assert most_statements(app, partial(browser.see, house.page)) <= MOST_OF_A_PAGE, name
        caller = caller_for(app, house.people[name].id)  # type: ignore[arg-type]
        read = partial(caller.get, f"breaches/{house.breach}")
        assert read().status_code == 200
        assert most_statements(app, read) <= MOST_OF_THE_API, name


@pytest.mark.parametrize("until", ["assess", "draft", "approve", "submit"])
def test_a_breach_at_each_of_its_steps(app: Flask, bakery: Bakery, until: str) -> None:
    bakery.decide(until)
    assert_few(app, bakery, "officer", "approver", "handler")


def test_a_new_breach(app: Flask, bakery: Bakery) -> None:
    assert_few(app, bakery, "officer", "approver")


def test_a_breach_with_a_notice(app: Flask, bakery: Bakery, outbox: Outbox) -> None:
    bakery.decide("approve", "high")
    while drain(str(bakery.id)):
        pass
    browser = bakery.read(bakery.people["officer"])
    notice = re.search(r"/o/[^/]+/notices/[0-9a-f-]{36}", browser.see(bakery.page))
    assert notice is not None
    assert most_statements(app, partial(browser.see, notice[0])) <= MOST_OF_A_NOTICE
    assert_few(app, bakery, "officer", "handler")


def test_a_breach_that_is_stuck(app: Flask, bakery: Bakery, database: Database) -> None:
    bakery.decide("approve", "high")
    fail_for_good(database, bakery.id, "ap_notification", "tell-people")
    assert "/retry" in bakery.read(bakery.people["officer"]).see(bakery.page)
    assert_few(app, bakery, "officer", "handler")


def test_a_breach_with_sealed_words_and_a_deputy(app: Flask, bakery: Bakery) -> None:
    """Sealed values take the organisation's key, and who acted for somebody takes that colleague's name."""
    officer, handler = bakery.people["officer"], bakery.people["handler"]
    assert officer.id and handler.id
    with acting_for(bakery.id):
        now = database_now()
        add_deputy(officer.id, handler.id, now - timedelta(hours=1), now + timedelta(days=2), "Vakantie", officer.id)
    bakery.do("handler", "assess", **typed_assessment())
    bakery.do("officer", "draft", decision="notify", reason="R")
    assert ", namens " in bakery.read(officer).see(bakery.page)
    with acting_for(bakery.id):
        record([Entry("breach", bakery.breach, "breach.changes_seen", officer, {}, {"reason": "Anna belde"})])
    assert_few(app, bakery, "officer", "approver", "handler")


def test_a_breach_whose_owner_is_alone(app: Flask, reader: Login) -> None:
    here = an_organisation("Alleen")
    owner = a_member(here, OWNER, "Olga")
    house = Bakery(here, an_own_breach(here, owner), {"owner": owner}, reader)
    house.do("owner", "assess", **typed_assessment())
    house.do("owner", "draft", decision="notify", reason="R")
    assert 'id="notify-alone"' in reader(owner).see(house.page)
    assert_few(app, house, "owner")


def test_a_breach_that_a_processor_told(app: Flask, reader: Login) -> None:
    office = an_office(1)
    incident = an_incident(office)
    with acting_for(office.id):
        escalation = board(incident.id, 1)[0]
        client, breach = escalation.controller_id, escalation.breach_id
    house = Bakery(client, breach, {"officer": a_member(client)}, reader)
    assert 'id="confirm"' in reader(house.people["officer"]).see(house.page)
    assert_few(app, house, "officer")


def test_a_board_and_an_escalation(app: Flask, reader: Login) -> None:
    office = an_office(2)
    incident = an_incident(office)
    with acting_for(office.id):
        escalation_id = board(incident.id, 1)[0].id
    browser, at = reader(office.officer), f"/o/{slug_of(office.id)}/incidents/{incident.id}"
    assert most_statements(app, partial(browser.see, at)) <= MOST_OF_A_BOARD
    assert most_statements(app, partial(browser.see, f"{at}/escalations/{escalation_id}")) <= MOST_OF_AN_ESCALATION

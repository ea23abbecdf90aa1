"""Pages, overview, API and mails give what the rule of whose turn it is gives: one table of composed situations."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tenants.history.entries import Actor
from tenants.identity.deputies import add_deputy
from tenants.identity.users import APPROVER, HANDLER, OWNER, PRIVACY_OFFICER
from tenants.isolation import acting_for, database_now
from tests.conftest import Database
from tests.factories import a_member, an_organisation, an_own_breach
from tests.pages.conftest import slug_of, typed_assessment
from tests.pages.worlds import WHY, Login
from tests.service.caller import caller_for
from workflows.catalogue import CATALOGUE
from workflows.decisions import turn_mails
from workflows.mail.outbox import Outbox
from workflows.running import jobs

FORMS: dict[str, dict[str, Any]] = {
    "assess": typed_assessment(), "draft": {"decision": "notify", "reason": "Er is een risico"},
    "approve": {"agrees": "true"},
}  # fmt: skip
ROLES = {"Wim": OWNER, "Olga": PRIVACY_OFFICER, "Adam": APPROVER, "Hugo": HANDLER}
SEAT_WAITS = "update membership set counts_from = now() + interval '1 day' where user_id = :who"


@dataclass(frozen=True)
class Situation:
    """Who is there, who did which step (with "!" alone), who stands in for whom, whose seat counts tomorrow; then the
    step, who can do it, who is mailed, and the way out for each person when nobody can."""

    done: dict[str, str]
    step: str
    can: str = ""
    mailed: str = ""
    way_out: dict[str, str] | None = None
    deputy: tuple[str, str] | None = None
    waits: str = ""
    others: str = ""

    def names(self) -> list[str]:
        """Return everybody who is there."""
        said = " ".join((*self.done.values(), self.can, self.mailed, self.waits, self.others)).replace("!", "")
        return sorted(set(said.split()))


SITUATIONS = {
    "alone": Situation({"assess": "Wim", "draft": "Wim"}, "approve", way_out={"Wim": "alone"}),
    "two": Situation({"assess": "Olga", "draft": "Olga"}, "approve", can="Adam", mailed="Adam"),
    "two, and the owner prepared": Situation(
        {"assess": "Wim", "draft": "Olga"}, "approve", mailed="Wim", way_out={"Wim": "alone", "Olga": "owner"}
    ),
    "three": Situation(
        {"assess": "Olga", "draft": "Olga", "approve": "Adam"}, "submit", can="Hugo", mailed="Hugo"
    ),
    "deputy": Situation(
        {"assess": "Olga", "draft": "Olga"}, "approve", can="Adam Hugo", mailed="Adam Hugo", deputy=("Hugo", "Adam")
    ),
    "the deputy decided": Situation(
        {"assess": "Olga", "draft": "Olga", "approve": "Hugo"}, "submit", mailed="", deputy=("Hugo", "Adam"),
        way_out={"Olga": "invite", "Adam": "invite", "Hugo": "invite"}, others="Adam",
    ),
    "seat later": Situation(
        {"assess": "Olga", "draft": "Olga"}, "approve", waits="Adam", way_out={"Olga": "wait", "Adam": "wait"}
    ),
    "after broken glass": Situation(
        {"assess": "Wim", "draft": "Wim", "approve": "Wim!"}, "submit", can="Hugo", mailed="Hugo"
    ),
}  # fmt: skip


class House:
    """An organisation in one of the situations."""

    def __init__(self, wanted: Situation, reader: Login, database: Database) -> None:
        self.id = an_organisation("Bakkerij")
        self.people: dict[str, Actor] = {name: a_member(self.id, ROLES[name], name) for name in wanted.names()}
        self.browsers = {name: reader(who) for name, who in self.people.items()}
        self.breach = an_own_breach(self.id, self.people[wanted.done["assess"]])
        self.base = f"/o/{slug_of(self.id)}"
        self.page = f"{self.base}/breaches/{self.breach}"
        if wanted.deputy:
            self._appoint(*wanted.deputy)
        if wanted.waits:
            database.outside(SEAT_WAITS, who=self.people[wanted.waits].id)
        for step, who in wanted.done.items():
            self._do(step, who)

    def _appoint(self, deputy: str, of: str) -> None:
        who, whom = self.people[deputy].id, self.people[of].id
        assert who and whom
        with acting_for(self.id):
            now = database_now()
            add_deputy(whom, who, now - timedelta(hours=1), now + timedelta(days=2), "Vakantie", whom)

    def _do(self, step: str, who: str) -> None:
        alone = who.endswith("!")
        form = FORMS[step] | ({"alone_reason": WHY} if alone else {})
        browser = self.browsers[who.removesuffix("!")]
        browser.done(f"{self.page}/{'alone' if alone else 'steps'}/{step}", form, seen=self.page)

    def mailed(self, outbox: Outbox) -> set[str]:
        """Send what is due to those whose turn it is, and return who got it."""
        turn_mails.note_turns(self.id, CATALOGUE, 500)
        for who in self.people.values():
            assert who.id
            turn_mails.mail_turns(who.id, self.id)
        jobs.drain(str(self.id))
        sent = [(mail.as_read_by(to)[0], to.name) for mail in outbox.mails for to in mail.people]
        return {name for subject, name in sent if subject.startswith("U bent aan de beurt")}


@pytest.mark.parametrize("name", SITUATIONS)
def test_everything_says_what_the_rule_says(
    app: Flask, reader: Login, database: Database, outbox: Outbox, name: str
) -> None:
    wanted = SITUATIONS[name]
    house = House(wanted, reader, database)
    can, way_out = wanted.can.split(), wanted.way_out or {}
    for who, browser in house.browsers.items():
        out = way_out.get(who)
        is_mine = who in can or out == "alone"
        turn = caller_for(app, house.people[who].id).get(f"breaches/{house.breach}").json["turn"]
        assert (turn["step"], sorted(turn["names"]), turn["me"]) == (wanted.step, can, is_mine), who
        assert turn["way_out"] == out and [later["name"] for later in turn["later"]] == wanted.waits.split()
        home, page = browser.see(f"{house.base}/"), browser.see(house.page)
        assert ("Dit kunt u nu doen" in home) == is_mine, who
        assert (f'action="{house.page}/steps/{wanted.step}"' in page) == (who in can), who
        assert ("Niemand anders kan deze stap doen" in page) == (out == "alone"), who
        assert ("Nu is aan zet: " in page) == bool(can and who not in can), who
        assert ("Dit kan een eigenaar nu doen, alleen" in page) == (out == "owner"), who
        assert ("kan het vanaf" in page) == (out == "wait"), who
    assert house.mailed(outbox) == set(wanted.mailed.split())

"""Whatever somebody types in a name or a text, through the API: every clock, failure, silence and broken glass speaks.

What cannot be kept is refused at its field; what is kept never makes a mail fail, to anybody. Each word has an office
and a client of its own in one world, where all of them speak at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tenants.database import db
from tenants.identity.invitations import new_invitation
from tenants.identity.users import APPROVER, FG, HANDLER, OWNER, make_member, places_of, user_at
from tenants.isolation import acting_for, acting_for_nobody, database_now
from tenants.register.escalations import board
from tests import factories
from tests.conftest import Database
from tests.house.reading import MAIL_TEXTS
from tests.service.caller import Caller, caller_for
from tests.trials.attack.payloads import WORDS
from workflows.accounts.own_account import mail_reset
from workflows.mail.outbox import Outbox
from workflows.mail.texts import text
from workflows.running import jobs

LINES = {
    "line separator": "Rob\u2028Pol", "line feed": "Rob\nPol", "two lines": "Proef Holding\nt.a.v. administratie",
    "next line": "Lida Vos\u0085directie", "paragraph separator": "Uw gegevens zijn\u2029kwijtgeraakt",
    "private use": "Naam\ue000\ue001\ue002\ue003\ue004",
    "page": "Eerste alinea\x0btweede regel\x0cna een paginaeinde", "right to left": "שרה כהן",
}  # fmt: skip
"""Seen in the field, beside what attackers try."""
ALL = {**WORDS, **LINES}
TYPED = {
    "name", "organisation", "office", "controller", "who", "title", "what_happened", "cause", "measures", "contact",
    "contact_name", "contact_email", "contact_phone", "subject", "nature", "consequences",
}  # fmt: skip
"""The placeholders of mails that hold what somebody typed; each is filled with a hostile word below."""
OUR_OWN = {
    "count", "link", "what", "soonest", "people", "found_at", "decide_by", "your_time", "check_code", "check_url",
    "how", "end_of_register", "counts_from", "own_moment",
    "operator", "standing", "role", "moment", "do", "counts", "again_from", "objects_from",
    "opening", "reference", "since", "until", "steps", "more", "aware_at", "data", "groups", "browser", "why_you",
    "again", "answers", "trial", "first", "rest", "does", "closed",
}  # fmt: skip
SAME_NAMES = {
    "client", "processor", "as_stated", "whose", "inviter", "before", "after", "note", "by", "approving",
    "asked_by", "where", "clients", "now",
}  # fmt: skip
"""Names and notes once more, in mails that this world does not send."""
_number = count(1)


def test_every_placeholder_of_a_mail_is_tried() -> None:
    keys = {file.stem for file in (MAIL_TEXTS / "nl").glob("*.txt")}
    assert set().union(*(text(key, "nl").placeholders for key in keys)) == TYPED | OUR_OWN | SAME_NAMES


@dataclass
class OfficeAndClient:
    """An office and its client; a hostile word wherever somebody may type one."""

    app: Flask
    word: str

    def __post_init__(self) -> None:
        self.nth = next(_number)
        self.office = factories.an_office(clients=0)
        self.officer = caller_for(self.app, _id(self.office.officer))
        self.handler = caller_for(self.app, _id(factories.a_member(self.office.id, HANDLER, "Joris")))
        self._client()
        self._incident()
        self.controller = self._controller()
        self.approver, self.owner = self._joins()
        factories.a_member(self.controller, FG, "Fatima")
        self._notice()
        self._glass()

    def address(self, who: str) -> str:
        return f"{who}{self.nth}@hostile.example"

    def _joins(self) -> tuple[Caller, Caller]:
        """Who has the word as a name approves at the office and owns the client's register."""
        with acting_for(self.office.id):
            token, invitation = new_invitation(self.office.id, self.address("joins"), APPROVER)
            db.session.add(invitation)
        client, path = self.app.test_client(), f"/api/invitations/{token}"
        secret = "een lang wachtwoord voor deze proef"
        answer = client.post(path, json={"name": self.word, "password": secret})
        if answer.status_code == 422:
            answer = client.post(path, json={"name": "Gewoon", "password": secret})
        assert answer.status_code == 201, answer.text
        with acting_for_nobody():
            user = user_at(self.address("joins"))
            assert user
            make_member(user.id, self.controller, OWNER)
            slugs = {place.organisation_id: place.slug for place in places_of(user.id)}
        there = caller_for(self.app, user.id)
        return replace(there, slug=slugs[self.office.id]), replace(there, slug=slugs[self.controller])

    def _sends(self, caller: Caller, method: str, path: str, body: Any, names: dict[str, str]) -> Any:
        """With the word in every one of these fields that takes it."""
        words = dict.fromkeys(names, self.word)
        while True:
            answer = caller.call(method, path, json=body | words)
            refused = {fault["field"] for fault in answer.json.get("errors", [])} & set(names)
            if answer.status_code != 422 or not refused:
                assert answer.status_code == (200 if method == 'PUT' else 201), answer.text
                return answer.json
            words |= {name: names[name] for name in refused}

    def _client(self) -> None:
        terms = {key: value for key, value in factories.a_client(1).items() if key != "slug"}
        names = [(self.word, self.word), (self.word, "Lida"), ("Klant", self.word), ("Klant", "Lida")]
        for name, contact in names:
            contacts = [{"name": contact, "email": self.address("lida")}, {"name": "Bo", "email": self.address("bo")}]
            client = terms | {"name": name, "contacts": contacts}
            answer = self.officer.post("agreements", {"clients": [client]})
            if answer.status_code == 201:
                return
        raise AssertionError(answer.text)

    def _incident(self) -> None:
        body = {
            "services": ["payroll_bare"], "found_at": _ago(31), "became_aware_at": _ago(30), "contact_name": "F",
            "contact_email": "fg@delinde.example", "clients": [{"client_number": "K0001", "people": 5}],
            "facts": {"nature": ["confidentiality"], "data": ["name"]},
        }  # fmt: skip
        names = {"title": "Weg", "description": "Weg", "cause": "Pech", "measures": "Geen"}
        names |= {"contact_name": "F", "contact_phone": "12345"}
        self.incident = self._sends(self.officer, "POST", "incidents", body, names)["id"]

    def _controller(self) -> UUID:
        with acting_for(self.office.id):
            return board(UUID(self.incident), 1)[0].controller_id

    def _notice(self) -> None:
        """In the office's own register: written, approved by who has the hostile name, and sent."""
        own = factories.an_own_breach(self.office.id, self.office.officer)
        path = f"notices/{self.officer.post(f'breaches/{own}/notice').json['id']}"
        person = {"email": self.address("reader")}
        listed = self.officer.put(f"{path}/recipients", {"recipients": [person | {"name": self.word}]})
        if listed.status_code == 422:
            listed = self.officer.put(f"{path}/recipients", {"recipients": [person]})
        assert listed.status_code == 200, listed.text
        names = dict.fromkeys(("subject", "nature", "contact", "consequences", "measures"), "Gewoon")
        self._sends(self.officer, "PUT", f"{path}/text", {}, names)
        assert self.officer.get(f"{path}/preview").status_code == 200
        for caller, step, body in ((self.approver, "approval", {"agrees": True}), (self.handler, "release", None)):
            answer = caller.post(f"{path}/{step}", body)
            assert answer.status_code == 200, answer.text

    def _glass(self) -> None:
        """The client's owner does alone what takes two: the FG hears of it, with the owner's hostile name."""
        own = factories.an_own_breach(self.controller, hours_ago=30)
        path = f"breaches/{own}"
        self.owner.post(f"{path}/assessment", factories.an_assessment())
        self.owner.post(f"{path}/draft", {"decision": "notify", "reason": "Het moet."})
        alone = {"alone_reason": "Er is niemand anders vandaag.", "approval": {"agrees": True}}
        answer = self.owner.post(f"{path}/broken-glass", alone)
        assert answer.status_code == 200, answer.text


def _id(actor: Any) -> UUID:
    actor_id: UUID = actor.id
    return actor_id


def _ago(hours: float) -> str:
    with acting_for_nobody():
        return (database_now() - timedelta(hours=hours)).isoformat()


@pytest.fixture(scope="module")
def outbox() -> Outbox:
    """Where all mail of this world goes."""
    empty = Outbox()
    jobs.use_mail_sender(empty)
    return empty


@pytest.fixture(scope="module")
def houses(app: Flask, database: Database, outbox: Outbox) -> dict[str, OfficeAndClient]:
    """A house for each word, where everything that can has spoken."""
    built = {name: OfficeAndClient(app, word) for name, word in ALL.items()}
    with app.app_context():
        everything_speaks(database, built.values())
    return built


def everything_speaks(database: Database, houses: Iterable[OfficeAndClient]) -> None:
    """The first mails, then a step that failed, readers who went unheard, clocks that ran out, a lost password."""
    for house in houses:
        jobs.drain(str(house.office.id))
    database.outside("""
        update step set state = 'failed' where kind = 'job' and state = 'waiting' and organisation_id = any(:o)""",
        o=[house.office.id for house in houses])  # fmt: skip
    database.outside("update mail_batch set answered_at = now() - interval '5 days'")
    database.outside("update notice set sent_at = now() - interval '5 days', look_at = now()")
    jobs.sweep()
    database.outside("update turn_mail set created_at = now() - interval '1 minute'")
    jobs.sweep()
    for house in houses:
        mail_reset(house.address("joins"), is_counted=False)
    jobs.poll()


@pytest.mark.parametrize("name", ALL)
def test_nothing_that_is_typed_makes_a_mail_fail(
    database: Database, outbox: Outbox, houses: dict[str, OfficeAndClient], name: str
) -> None:
    house = houses[name]
    both = [house.office.id, house.controller]
    batches = database.outside("select text_key, state, error from mail_batch where organisation_id = any(:o)", o=both)
    assert {(row["state"], row["error"]) for row in batches} == {("accepted", None)}
    assert {row["text_key"] for row in batches} == {
        "escalation", "escalation_next_contact", "notice", "step_failed", "mail_unheard",
        "reminder_overdue_calls", "reminder_clock", "glass_broken", "reset", "new_role", "your_turn",
    }  # fmt: skip
    put_off = "select from clock where organisation_id = any(:o) and attempt > 0"
    assert database.outside(put_off, o=both) == []
    written = {person.address for mail in outbox.mails for person in mail.people}
    assert {house.address(who) for who in ("lida", "bo", "reader", "joins")} <= written

"""Through every route of an organisation that nobody verified: no mail reaches somebody who is not its own.

Its people go through all routes with bodies that are filled in, a notice is decided by three of them, and then workers
and the clock run. The same notice goes as soon as the organisation is verified, so the silence is a decision.
Who belongs to another organisation is a stranger too.
"""

import random
from dataclasses import dataclass

import pytest
from flask import Flask

from tenants.identity.users import APPROVER, AUDITOR, HANDLER, OWNER, PRIVACY_OFFICER
from tests.conftest import Database
from tests.factories import NOTICE_TEXT, an_office, verified
from tests.service.caller import caller_for
from tests.trials.attack.requests import Answer, Client, Request
from tests.trials.attack.routes import Route, ids_of, learn_fields, routes_of
from tests.trials.attack.seeding import DEPUTY, IDS, Firm, fill
from tests.trials.attack.visitors import Visitor
from tests.trials.attack.walking import LAST, TYPED
from workflows.mail.limits import LIMITS
from workflows.mail.outbox import Outbox
from workflows.running import jobs

STRANGERS = [f"niemand-{number}@elders.example" for number in range(3)]
WHO = (OWNER, PRIVACY_OFFICER, APPROVER, HANDLER)
SEAT = """
    insert into membership (organisation_id, user_id, role) values (:firm, :user, :role)
        on conflict (organisation_id, user_id) do update set role = excluded.role"""
OWN = """
    select lower(u.email) as address
      from app_user u join membership m on m.user_id = u.id where m.organisation_id = :house
    union select lower(c ->> 'email') from processing_agreement a, jsonb_array_elements(a.contacts) c
           where :house in (a.controller_id, a.processor_id)"""
SENDERS = "select id::text as reader, organisation_id as house from recipient"


class Inside(Client):
    """The same requests, without a network."""

    def __init__(self, app: Flask) -> None:
        super().__init__("http://127.0.0.1:8000")
        self.app = app

    def send(self, request: Request) -> Answer:
        """The answer of the app."""
        self.sent += 1
        client = self.app.test_client(use_cookies=False)
        answer = client.open(request.target, method=request.method, headers=list(request.headers), data=request.body)
        return Answer(answer.status_code, tuple(answer.headers.items()), answer.get_data())


@dataclass
class ClaimedController:
    """A controller that opened its register, with breaches and a notice; its people; all routes."""

    app: Flask
    firm: Firm
    people: list[Visitor]
    routes: list[Route]
    database: Database
    client: Client
    chance: random.Random
    strangers: list[str]

    def route(self, visitor: Visitor, route: Route) -> Answer:
        """Go through one route, with ids of one's own; who decides has looked. Who lost the session gets another."""
        ids = ids_of(self.firm, self.chance)
        target = route.at(self.firm.slug, ids, self.chance)
        kind_and_body = route.body(ids, visitor.csrf, TYPED) or ("", None)
        more = (("Content-Type", kind_and_body[0]), ("If-Match", self.seen(visitor, route, target)))
        headers = visitor.headers(route.is_api) + tuple(pair for pair in more if pair[1])
        answer = self.client.send(Request(route.method, target, headers, kind_and_body[1], visitor.name))
        if answer.status == 401 or answer.header("Location").startswith("/login"):
            self.let_in(visitor)
        if "user_id" in route.ids and answer.status < 400:  # whoever was moved or removed is back in their place
            for role, actor in self.firm.people.items():
                seat = AUDITOR if role == DEPUTY else role
                self.database.outside(SEAT, firm=self.firm.id, user=actor.id, role=seat)
        return answer

    def let_in(self, visitor: Visitor) -> None:
        """Logged in, with a form's token."""
        assert visitor.user
        visitor.token = caller_for(self.app, visitor.user).token
        visitor.take_form(self.client)

    def seen(self, visitor: Visitor, route: Route, target: str) -> str:
        """Which version somebody looked at before they change or decide it."""
        if route.method == "GET" or not route.is_api:
            return ""
        looked = self.client.send(Request("GET", target.rpartition("/")[0], visitor.headers(True), who=visitor.name))
        return looked.header("ETag")


@pytest.fixture(scope="module")
def house(app: Flask, database: Database) -> ClaimedController:
    """The office and the clients of `meldketen attack`; one client's people are the visitors. Nobody is verified."""
    firm = fill(1, database.config)[0]["b"]
    for name, query in IDS.items():
        rows = database.outside(query.replace("%s", ":id"), id=firm.id)
        firm.ids[name] = list(dict.fromkeys(str(next(iter(row.values()))) for row in rows))
    elsewhere = [row["address"] for row in database.outside(OWN, house=an_office().id)]
    assert len(elsewhere) == 3, "a member of another office and two contacts of its client"
    people = [Visitor(role, firm.letter, user=firm.people[role].id) for role in WHO]
    routes = routes_of(app, app.test_client().get("/api/openapi.json").json)
    return ClaimedController(app, firm, people, routes, database, Inside(app), random.Random(1), STRANGERS + elsewhere)


def all_doors(house: ClaimedController) -> dict[int, int]:
    """Everybody through every route; how often each status was the answer to a change."""
    statuses: dict[int, int] = {}
    pages = [route for route in house.routes if route.method == "GET" and route.is_page]
    for visitor in house.people:
        house.let_in(visitor)
        for route in pages:
            learn_fields(house.app, house.routes, house.route(visitor, route).content.decode("utf-8", "replace"))
    last = [route for route in house.routes if route.endpoint.rpartition(".")[2] in LAST]
    for route in [other for other in house.routes if other not in last] + last:
        for visitor in house.people:
            status = house.route(visitor, route).status
            if route.method != "GET":
                statuses[status] = statuses.get(status, 0) + 1
    return statuses


def decided_notice(house: ClaimedController) -> str:
    """A notice to strangers, which three people wrote, approved and let go through the API."""
    callers = {role: caller_for(house.app, house.firm.people[role].id) for role in WHO}  # type: ignore[arg-type]
    officer = callers[PRIVACY_OFFICER]
    body = {"title": "Tape", "description": "Weg", "found_at": "2026-11-20T10:00:00+01:00",
            "became_aware_at": "2026-11-20T10:00:00+01:00", "facts": {"data": ["name"]}}  # fmt: skip
    breach = officer.post("breaches", body)
    assert breach.status_code == 201, breach.text
    begun = officer.post(f"breaches/{breach.json['id']}/notice")
    path = f"notices/{begun.json['id']}"
    people = {"recipients": [{"name": "Ans", "email": address} for address in house.strangers]}
    assert officer.put(f"{path}/recipients", people).status_code == 200
    assert officer.put(f"{path}/text", NOTICE_TEXT).status_code == 200
    assert callers[APPROVER].post(f"{path}/approval", {"agrees": True}).status_code == 200
    assert callers[HANDLER].post(f"{path}/release").status_code == 200
    return path


def work(database: Database) -> None:
    """Workers and the clock, until nothing is left."""
    everybody = [str(row["id"]) for row in database.outside("select id from organisation")]
    for _ in range(3):
        while sum(jobs.drain(organisation) for organisation in everybody):
            pass
        jobs.sweep()


def strangers(database: Database, outbox: Outbox) -> list[tuple[str, str]]:
    """Who was mailed and is nobody's own: no member of the house that sent it, no contact of its agreements."""
    house_of = {row["reader"]: row["house"] for row in database.outside(SENDERS)}
    own = {house: {row["address"] for row in database.outside(OWN, house=house)} for house in set(house_of.values())}
    invited = {row["email"].lower() for row in database.outside("select email from invitation")}
    sent = [(mail.purpose, person.address.lower()) for mail in outbox.mails for person in mail.people]
    invitations = [address for purpose, address in sent if purpose == "invitation"]
    assert len(invitations) <= LIMITS["invitation"].of_organisation and set(invitations) <= invited
    return [
        (mail.purpose, person.address.lower()) for mail in outbox.mails for person in mail.people
        if mail.purpose != "invitation" and person.address.lower() not in own[house_of[person.custom["m"]]]
    ]  # fmt: skip


def test_an_unverified_organisation_mails_no_stranger_by_any_route(
    house: ClaimedController, database: Database, outbox: Outbox
) -> None:
    statuses = all_doors(house)
    assert sum(count for status, count in statuses.items() if status < 400) > 50, statuses
    assert not any(status >= 500 for status in statuses), statuses
    decided_notice(house)
    work(database)
    assert strangers(database, outbox) == []
    listed = "select count(*) as n from recipient where purpose = 'notice' and organisation_id = :id"
    assert database.outside(listed, id=house.firm.id)[0]["n"] >= len(house.strangers)

    verified(database.config.owner_url(), house.firm.id)
    work(database)
    assert {("notice", address) for address in house.strangers} <= set(strangers(database, outbox))

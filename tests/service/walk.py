"""A walk of every person along every route in this process, and what changed unremembered."""

import random
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import Flask

from tests.conftest import Database
from tests.service.remembering import begin_act, forgotten, touched
from tests.trials.attack.facts import STOLEN
from tests.trials.attack.requests import Answer, Request, json_body
from tests.trials.attack.routes import Route, ids_of, learn_fields
from tests.trials.attack.seeding import Firm
from tests.trials.attack.visitors import Gate, Visitor

SEED = 20261127
WORD = "Zo is het gegaan, zegt wie het weet"
CLIENT = {
    "name": "Nieuwe klant", "kvk_number": "12345678", "client_number": "K77",
    "financial_undertaking": False, "hours_to_notify": 24, "services": {"payroll_bare": "processor"},
    "contacts": [{"name": "Anna", "email": "anna@client.example", "phone": "010 12345"}],
    "in_force_from": "2020-01-01", "in_force_to": None,
}  # fmt: skip
INCIDENT = {
    "title": "Back-upstation kwijt", "services": ["payroll_bare"], "found_at": "2026-11-20T10:00:00+01:00",
    "became_aware_at": "2026-11-20T10:00:00+01:00", "description": "Weg", "contact_name": "Fenna de Wit",
    "contact_email": "fenna@example.nl", "facts": STOLEN, "clients": [{"client_number": "Kb", "people": 5}],
}  # fmt: skip
PROVIDER = {"name": "x", "issuer": "https://login.example", "client_id": "x", "client_secret": "x"}
BODIES = {
    ("POST", "agreements"): {"clients": [CLIENT]}, ("POST", "incidents"): INCIDENT, ("PUT", "provider"): PROVIDER,
}  # fmt: skip
"""What the specification alone does not fill in well enough to be taken."""


@dataclass
class InProcess:
    """Asks the app in this process, as the attack asks a server."""

    app: Flask
    sent: int = 0

    def send(self, request: Request) -> Answer:
        """The answer."""
        self.sent += 1
        client = self.app.test_client(use_cookies=False)
        answer = client.open(request.target, method=request.method, headers=list(request.headers), data=request.body)
        return Answer(answer.status_code, tuple(answer.headers), answer.data)


@dataclass
class Walk:
    """Who goes where, and what was found."""

    database: Database
    client: InProcess
    gate: Gate
    routes: list[Route]
    firms: dict[str, Firm]
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    found: dict[str, set[str]] = field(default_factory=dict)
    changing: dict[str, set[str]] = field(default_factory=dict)

    def go(self, visitor: Visitor, route: Route) -> None:
        firm = self.firms[visitor.letter]
        self.gate.renew(visitor, firm)  # an act before this one may have ended the session
        ids = ids_of(firm, self.chance)
        target = route.at(firm.slug, ids, self.chance)
        known = BODIES.get((route.method, route.rule.removeprefix("/api/o/<organisation>/")))
        kind, body = route.body(ids, visitor.csrf, WORD) or ("", b"")
        body = json_body(known) if known else body
        headers = (*visitor.headers(route.is_api), ("Content-Type", kind), *self.seen(visitor, route, target))
        begin_act(self.database)
        answer = self.client.send(Request(route.method, target, headers, body, visitor.name))
        name = f"{route.method} {route.rule}"
        if tables := touched(self.database):
            self.changing.setdefault(name, set()).update(tables)
            if strange := forgotten(self.database):
                self.found.setdefault(name, set()).update(strange)
        if "user_id" in route.ids or answer.status == 401:
            self.gate.reseat(firm)
            self.gate.renew(visitor, firm)

    def seen(self, visitor: Visitor, route: Route, target: str) -> tuple[tuple[str, str], ...]:
        """Whoever decides looks first, where the specification asks which version they looked at."""
        if not any(parameter["name"] == "If-Match" for parameter in (route.doc or {}).get("parameters", [])):
            return ()
        looked = self.client.send(Request("GET", urlsplit(target).path.rpartition("/")[0], visitor.headers(True)))
        return (("If-Match", looked.header("ETag")),) if looked.header("ETag") else ()

    def learn(self, visitor: Visitor) -> None:
        firm = self.firms[visitor.letter]
        for route in [page_route for page_route in self.routes if page_route.method == "GET" and page_route.is_page]:
            for _ in range(2 if route.ids else 1):
                target = route.at(firm.slug, ids_of(firm, self.chance), self.chance)
                answer = self.client.send(Request("GET", target, visitor.headers(False)))
                if answer.status == 200 and answer.kind == "text/html":
                    learn_fields(self.gate.app, self.routes, answer.content.decode())

"""What an office sees of a controller is what their escalation holds; a controller never learns who else was hit.

Every address that can be read is read, by both, with their own ids and with each other's.
"""

import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from service.admission.access import COOKIE
from tenants.database import db
from tenants.history.entries import Actor
from tenants.identity.users import APPROVER, HANDLER, OWNER
from tenants.isolation import acting_for, database_now
from tenants.register.breaches import breach
from tenants.register.escalations import acknowledge_receipt, board
from tests import factories
from tests.conftest import Database
from tests.house.routes import routes
from tests.service.caller import Caller, caller_for
from tests.service.zipped import unpacked
from tests.worlds.calls import record_call
from workflows.engine.advance import complete
from workflows.mail.outbox import Outbox
from workflows.notice.bulk_notice import begin_by_choice
from workflows.notification.ap_notification import AP_NOTIFICATION
from workflows.running import jobs

REASONS = ("Onze eigen afweging blijft bij ons", "Dit besluit namen wij om deze reden", "Eigen lek van de bakkerij")
PEOPLE = ("Zoë Zwijgzaam", "Adriaan Achterhoek", "Hugo Hinderlaag")


def work_on(organisation: UUID) -> None:
    """What a worker does until nothing is ready."""
    jobs.use_mail_sender(Outbox())
    while jobs.drain(str(organisation)):
        pass


class OfficeAndTwoClients:
    """An office, two clients hit by one incident, of which the first has decided and has a breach of its own."""

    def __init__(self, app: Flask, database: Database) -> None:
        self.office = factories.an_office(clients=3)
        self.incident = factories.an_incident(self.office, self.office.hits[:2])
        with acting_for(self.office.id):
            self.first, self.second = board(self.incident.id, 2)
        here = self.first.controller_id
        roles = (OWNER, APPROVER, HANDLER)
        self.people = [factories.a_member(here, role, name) for role, name in zip(roles, PEOPLE, strict=True)]
        self.own = factories.an_own_breach(here, self.people[0], title=REASONS[2])
        self._decides(here)
        self.database = database
        boss = factories.a_member(self.office.id, OWNER, "Baas")
        assert boss.id and self.people[0].id
        self.at_the_office, self.at_the_client = caller_for(app, boss.id), caller_for(app, self.people[0].id)

    def _decides(self, here: UUID) -> None:
        zoe, adriaan, hugo = self.people
        work_on(self.office.id)
        with acting_for(self.office.id):
            record_call(self.first.id, database_now(), "phone", self.office.officer)
        work_on(self.office.id)
        with acting_for(here):
            acknowledge_receipt(self.first.breach_id, Actor(None, "Wie de mail las"))
        self._step(here, "assess", zoe, factories.an_assessment("high", reason=REASONS[0]))
        self._step(here, "draft", zoe, {"decision": "notify", "reason": REASONS[1]})
        self._step(here, "approve", adriaan, {"agrees": True})
        work_on(here)
        with acting_for(here):
            sent = {"submitted_at": database_now(), "authority_number": "AP-9"}
            self.notice = begin_by_choice(breach(self.first.breach_id), zoe).id
        self._step(here, "submit", hugo, sent)

    def _step(self, here: UUID, name: str, by: Actor, values: dict[str, Any]) -> None:
        with acting_for(here):
            assert by.role
            complete(AP_NOTIFICATION, self.first.breach_id, name, by, by.role, values)

    def ids(self) -> dict[str, list[UUID]]:
        """Everything that an address may ask for, of both sides."""
        runs = self.database.outside("select id from run where organisation_id in (:o, :c)",
                                     o=self.office.id, c=self.first.controller_id)  # fmt: skip
        return {
            "breach_id": [self.first.breach_id, self.own], "notice_id": [self.notice],
            "incident_id": [self.incident.id], "escalation_id": [self.first.id, self.second.id],
            "run_id": [row["id"] for row in runs],
        }  # fmt: skip


@pytest.fixture(scope="module")
def chain(app: Flask, database: Database) -> OfficeAndTwoClients:
    """As it stands when the first controller has decided."""
    return OfficeAndTwoClients(app, database)


def addresses(app: Flask, slug: str, ids: dict[str, list[UUID]]) -> Iterator[str]:
    """Every address that can be read in this organisation, with each of the ids."""
    for method, rule in routes(app):
        if method == "GET" and "organisation" in rule.arguments:
            names = re.findall(r"<uuid:([^>]+)>", rule.rule)
            for chosen in product(*(ids.get(name, [uuid4()]) for name in names)):
                path = rule.rule.replace("<organisation>", slug)
                for name, choice in zip(names, chosen, strict=True):
                    path = path.replace(f"<uuid:{name}>", str(choice))
                for ending in ("csv", "json") if "ending" in rule.arguments else ("",):
                    yield re.sub(r"<[^>]+>", "x", path.replace("<ending:ending>", ending))


def everything_read(chain: OfficeAndTwoClients, who: Caller) -> dict[str, str]:
    """What every address that answers says, by address."""
    browser, pages = who.app.test_client(), {}
    browser.set_cookie(COOKIE, who.token)
    for path in addresses(who.app, who.slug, chain.ids()):
        answer = who.get(path) if path.startswith("/api/") else browser.get(path)
        if answer.status_code == 200:
            is_zip = answer.content_type == "application/zip"
            text = str(unpacked(answer.get_data())) if is_zip else answer.get_data(as_text=True)
            pages[path] = json.dumps(answer.json, ensure_ascii=False) if answer.is_json else text
    return pages


def test_the_office_sees_what_the_escalation_holds_and_no_more(chain: OfficeAndTwoClients) -> None:
    texts = everything_read(chain, chain.at_the_office)
    assert len(texts) > 25
    secrets = (*REASONS, *PEOPLE, str(chain.own), str(chain.notice), "AP-9")
    leaks = [(path, secret) for path, text in texts.items() for secret in secrets if secret in text]
    assert leaks == []
    whole = texts[f"/api/o/{chain.at_the_office.slug}/escalations/{chain.first.id}"]
    assert '"notified"' in whole and "Wie de mail las" in whole, "the outcome and the receipt are shared"


def test_a_controller_never_learns_who_else_was_hit(chain: OfficeAndTwoClients) -> None:
    texts = everything_read(chain, chain.at_the_client)
    assert len(texts) > 25
    other = chain.second
    slugs = chain.database.outside("select slug from organisation where id = :o", o=other.controller_id)
    secrets = [
        other.controller_name, str(other.controller_id), str(other.id), str(other.breach_id), slugs[0]["slug"],
        *(contact["email"] for contact in other.contacts), str(chain.incident.id),
    ]  # fmt: skip
    asked = {str(other.id), str(chain.incident.id)}
    leaks = [
        (path, secret) for path, text in texts.items() for secret in secrets
        if secret in text and not (secret in asked and secret in path)
    ]  # fmt: skip
    assert leaks == []
    assert any(REASONS[0] in text for text in texts.values()), "its own it does read"


def test_no_row_of_the_office_holds_what_the_controller_does_not_share(chain: OfficeAndTwoClients) -> None:
    """Not by an address alone: of all rows that the office may read, none tells it."""
    with acting_for(chain.office.id):
        shared = db.session.scalar(text("select string_agg(to_jsonb(e)::text, ' ') from escalation e"))
    assert shared and not any(secret in shared for secret in (*REASONS, *PEOPLE, str(chain.own)))

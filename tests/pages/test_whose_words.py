"""The words follow who looks: an organisation that is no office, and never was, is nowhere called one."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule

from service.web.layout import OFFICE_ONLY
from tenants.history.entries import Actor
from tenants.identity.users import OWNER
from tenants.isolation import acting_for
from tenants.organisations.organisations import claim_acting_organisation
from tenants.register.escalations import board
from tenants.register.notices import notice_of_breach
from tests.factories import a_member, an_incident, an_office, an_organisation, an_own_breach
from tests.pages.conftest import Reader, slug_of, typed_assessment

Login = Callable[[Actor], Reader]
OF_AN_OFFICE = {"web.call_list", "web.contacts", *(f"web.{name}" for name in OFFICE_ONLY)}
"""What the menu shows to offices alone. Somebody else who types such an address reads what an office may do."""
WORDS = {
    "nl": re.compile(r"[^.?!:>]*\b(?:kantoor|opdrachtgevers?)\b[^.?!<]*", re.I),
    "en": re.compile(r"[^.?!:>]*\b(?:your office|your clients?|our clients?)\b[^.?!<]*", re.I),
}
OF_ANOTHER = re.compile("|".join((
    "Werkt een kantoor voor u dat hier is toegelaten", "Een kantoor kan pas om toegang vragen als",
    "Bel het kantoor op een nummer dat u zelf al had", "Toegelaten als kantoor door", "Wat dit kantoor zegt over",
    "Vraag het kantoor waarom niet", "Nummer bij het kantoor", "wat dit kantoor later schrijft",
    "Het kantoor ziet alleen dat u niet hebt bevestigd", "nieuwe berichten van dit kantoor",
    "KvK-nummer van het kantoor", "opdrachtgevers en overeenkomsten vastleggen",
    "afspraken en contacten van opdrachtgevers wijzigen",
    "bewezen is dat dit kantoor is wie het zegt",
)))  # fmt: skip
"""Sentences that speak of another's office, to somebody for whom it works."""


class Bakery:
    """An organisation of one owner that was never an office; or a client, with a breach that its office sent."""

    def __init__(self, reader: Login, is_client: bool) -> None:
        self.ids: dict[str, Any] = {}
        if is_client:
            office = an_office(1)
            incident = an_incident(office)
            with acting_for(office.id):
                [sent] = board(incident.id, 1)
            self.id: UUID = sent.controller_id
            self.ids["breach_id"] = sent.breach_id
            with acting_for(self.id):
                assert claim_acting_organisation()
            self.ids["office_id"] = office.id
        else:
            self.id = an_organisation("Bakkerij Zon")
        self.owner = a_member(self.id, OWNER, "Wim")
        colleague = a_member(self.id, OWNER, "Saar")
        self.browser = reader(self.owner)
        own = an_own_breach(self.id, self.owner)
        self.ids = {"organisation": slug_of(self.id), "breach_id": own, "user_id": colleague.id, **self.ids}
        self.base = f"/o/{self.ids['organisation']}"
        page = f"{self.base}/breaches/{own}"
        for step, form in (("assess", typed_assessment("high")), ("draft", {"decision": "notify", "reason": "Risico"})):
            self.browser.done(f"{page}/steps/{step}", form, seen=page)
        if not is_client:
            self.browser.done(f"{page}/notice", {}, seen=page)
            with acting_for(self.id):
                notice_id = notice_of_breach(own)
                assert notice_id
                self.ids["notice_id"] = notice_id.id

    def pages(self, app: Flask) -> Iterator[tuple[str, str]]:
        """Every page that this organisation can look at: its address, and the page."""
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and rule.endpoint.startswith("web.") and self.may_see(rule):
                address = rule.build({name: self.ids[name] for name in rule.arguments})
                assert address
                answer = self.browser.client.get(address[1])
                kind = answer.content_type or ""
                if answer.status_code != 303 and kind.startswith("text/html"):
                    yield rule.rule, answer.get_data(as_text=True)

    def may_see(self, rule: Rule) -> bool:
        """Whether the address is not of an office's page, and of something that is there."""
        return rule.endpoint.rpartition(".")[0] not in OF_AN_OFFICE and rule.arguments <= self.ids.keys()


@pytest.fixture(params=[False, True], ids=["never an office", "client of an office"])
def bakery(request: pytest.FixtureRequest, reader: Login, app: Flask) -> Bakery:
    return Bakery(reader, request.param)


def said_of_itself(page: str, language: str) -> list[str]:
    """The sentences of a page that call whoever looks an office; its own name and what people typed left out."""
    words = unescape(re.sub(r"[\u2066-\u2069]", "", page))
    return [match[0] for match in WORDS[language].finditer(words) if not OF_ANOTHER.search(match[0])]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_page_calls_it_an_office(bakery: Bakery, app: Flask, language: str) -> None:
    bakery.browser.client.set_cookie("language", language)
    seen = dict(bakery.pages(app))
    assert len(seen) > 20 and "/o/<organisation>/breaches/new" in seen, sorted(seen)
    assert {rule: said for rule, page in seen.items() if (said := said_of_itself(page, language))} == {}

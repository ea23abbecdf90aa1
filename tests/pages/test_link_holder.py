"""Whoever held a mailed link confirmed receipt: page, API and evidence say where it went, and which name was given."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask

from service.evidence.page import page_of
from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tenants.organisations.organisations import claim_acting_organisation
from tenants.register.breaches import breach
from tenants.register.escalations import acknowledge_receipt, board
from tests.factories import Office, a_member, an_incident, an_office
from tests.pages.conftest import Reader, slug_of
from tests.service.caller import caller_for
from workflows.evidence.evidence import gather

ADDRESS = "fg@client.example"
NL = f"door wie de link had die gestuurd is naar {ADDRESS}; als naam is opgegeven: Sanne"
EN = f"by somebody who had the link sent to {ADDRESS}; the name given is: Sanne"


class HeldLink:
    """An office that told its client; whoever held the mailed link confirmed receipt and gave the name Sanne."""

    def __init__(self) -> None:
        self.office: Office = an_office(1)
        self.incident = an_incident(self.office)
        with acting_for(self.office.id):
            [self.escalation] = board(self.incident.id, 1)
            self.client: UUID = self.escalation.controller_id
            self.breach: UUID = self.escalation.breach_id
        self.anna = a_member(self.client, name="Anna")
        with acting_for(self.client):
            assert claim_acting_organisation()
            acknowledge_receipt(self.breach, Actor(None, "Sanne"), ADDRESS)


@pytest.fixture
def chain(app: Flask) -> HeldLink:
    return HeldLink()


def test_the_pages_of_both_say_where_the_link_went(chain: HeldLink, reader: Callable[[Actor], Reader]) -> None:
    page = reader(chain.anna).see(f"/o/{slug_of(chain.client)}/breaches/{chain.breach}")
    assert page.count(f'<span class="muted small">{NL}</span>') == 1
    there = f"/o/{slug_of(chain.office.id)}/incidents/{chain.incident.id}/escalations/{chain.escalation.id}"
    assert reader(chain.office.officer).see(there).count(f'<span class="muted small">{NL}</span>') == 1


def test_the_history_of_the_api_says_so_at_that_entry_alone(chain: HeldLink, app: Flask) -> None:
    assert chain.anna.id
    entries = caller_for(app, chain.anna.id).get(f"breaches/{chain.breach}/history").json["items"]
    said = {entry["what"]: entry["link_holder"] for entry in entries}
    assert said.pop("breach.receipt_confirmed") == EN and said and set(said.values()) == {None}


def test_the_evidence_says_so(chain: HeldLink) -> None:
    with acting_for(chain.client):
        evidence = gather(breach(chain.breach))
        assert NL in page_of(evidence, "nl") and EN in page_of(evidence, "en")

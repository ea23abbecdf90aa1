"""An office sees that one person of a client decided alone; of a decision by several people it sees no such mark."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tenants.history.entries import Actor, of_subject
from tenants.identity.users import APPROVER, OWNER
from tenants.isolation import acting_for, database_now
from tenants.organisations.organisations import claim_acting_organisation
from tenants.register.escalations import Escalation, board
from tests.factories import Office, a_member, an_incident, an_office
from tests.pages.conftest import Reader, slug_of, typed_assessment
from tests.pages.test_alone import WHY
from tests.pages.test_incidents import local
from tests.service.caller import caller_for
from workflows.escalation.escalation import make_aware

Login = Callable[[Actor], Reader]
SENT = {"submitted_at": local(0), "authority_number": "AP-2026-9"}


class Chain:
    """An office with three clients that were told: one decides alone, one with several people, one not yet."""

    def __init__(self, reader: Login) -> None:
        self.office: Office = an_office(clients=3)
        self.incident: UUID = an_incident(self.office).id
        self.reader = reader
        with acting_for(self.office.id):
            at = database_now() - timedelta(hours=1)
            make_aware({row.id: (at, "phone") for row in board(self.incident, 9)})
        self.at = f"/o/{slug_of(self.office.id)}/incidents/{self.incident}"
        self.alone, self.together, self.open = self.rows()

    def rows(self) -> list[Escalation]:
        with acting_for(self.office.id):
            return sorted(board(self.incident, 9), key=lambda row: row.controller_name)

    def opened(self, row: Escalation, risk: str = "risk") -> tuple[Reader, str]:
        """The owner of this client, who drafted a decision, and the page of the breach."""
        with acting_for(row.controller_id):
            claim_acting_organisation()
        who = self.reader(a_member(row.controller_id, OWNER, "Wim"))
        page = f"/o/{slug_of(row.controller_id)}/breaches/{row.breach_id}"
        decision = "do_not_notify" if risk == "unlikely" else "notify"
        who.done(f"{page}/steps/assess", typed_assessment(risk), seen=page)
        who.done(f"{page}/steps/draft", {"decision": decision, "reason": "Zo is het"}, seen=page)
        return who, page

    def told(self, row: Escalation) -> list[dict[str, Any]]:
        """What the office's own history says of the decisions about this client."""
        with acting_for(self.office.id):
            return [entry.details for entry in of_subject(row.id) if entry.what == "escalation.decided"]


@pytest.fixture
def chain(reader: Login, app: Flask) -> Chain:
    return Chain(reader)


def decides_together(chain: Chain) -> None:
    _, page = chain.opened(chain.together, "unlikely")
    adam = chain.reader(a_member(chain.together.controller_id, APPROVER, "Adam"))
    adam.done(f"{page}/steps/approve", {"agrees": "true"}, seen=page)


def test_a_notification_that_was_done_alone_is_marked_wherever_the_office_looks(chain: Chain, app: Flask) -> None:
    decides_together(chain)
    who, page = chain.opened(chain.alone)
    who.done(f"{page}/alone", SENT | {"alone_reason": WHY}, seen=page)
    assert "alleen gedaan" in who.see(f"{page.partition('/breaches')[0]}/register"), "as the register itself says"
    assert [(row.decision, row.decided_alone) for row in chain.rows()] == [
        ("notified", True), ("not_notified", False), (None, None),
    ]  # fmt: skip
    fenna = chain.reader(chain.office.officer)
    shown = fenna.see(chain.at)
    assert 'data-sum="decided_alone">1<' in shown and 'data-sum="decided">2<' in shown
    rows = [row for row in shown.split('<th scope="row">') if "alleen gedaan</strong>" in row]
    assert len(rows) == 1 and chain.alone.controller_name in rows[0]
    sums = json.loads(fenna.see(f"{chain.at}/sums.json"))
    assert sums["sums"]["decided_alone"] == 1 and sums["shown"]["decided_alone"] == "1"
    pages = [fenna.see(f"{chain.at}/escalations/{row.id}") for row in chain.rows()]
    assert ["zonder tweede persoon" in words for words in pages] == [True, False, False]
    assert [words.count("Alleen gedaan.") for words in pages] == [2, 0, 0], "at the decision and in its history"
    assert WHY not in "".join([shown, *pages]), "the reason is the client's own"


def test_programs_read_it_in_the_list_the_escalation_and_the_sums(chain: Chain, app: Flask) -> None:
    who, page = chain.opened(chain.alone)
    who.done(f"{page}/alone", SENT | {"alone_reason": WHY}, seen=page)
    decides_together(chain)
    assert chain.office.officer.id
    officer = caller_for(app, chain.office.officer.id)
    listed = officer.get(f"incidents/{chain.incident}/escalations").json["items"]
    marks = {row["controller_name"]: row["decided_alone"] for row in listed}
    names = [row.controller_name for row in (chain.alone, chain.together, chain.open)]
    assert marks == dict(zip(names, (True, False, None), strict=True))
    assert officer.get(f"escalations/{chain.alone.id}").json["decided_alone"] is True
    assert officer.get(f"incidents/{chain.incident}/board").json["decided_alone"] == 1
    [alone], [together] = chain.told(chain.alone), chain.told(chain.together)
    assert alone["alone"] is True and "alone" not in together and chain.told(chain.open) == []


def test_not_to_notify_that_was_approved_alone_is_marked_too(chain: Chain) -> None:
    who, page = chain.opened(chain.alone, "unlikely")
    who.done(f"{page}/alone/approve", {"agrees": "true", "alone_reason": WHY}, seen=page)
    first = chain.rows()[0]
    assert (first.decision, first.decided_alone) == ("not_notified", True)

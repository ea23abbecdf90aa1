"""A client that assesses a breach one question at a time."""

import re
from collections.abc import Callable
from datetime import timedelta

from tenants.history.entries import Actor
from tenants.identity.users import OWNER
from tenants.isolation import acting_for, database_now
from tenants.organisations.organisations import claim_acting_organisation
from tenants.register.breaches import Breach, breach
from tenants.register.escalations import acknowledge_receipt, board
from tests.conftest import Database
from tests.factories import Office, a_member, an_incident, an_office
from tests.pages.conftest import Reader, slug_of
from workflows.escalation.escalation import make_aware

MOST_WORDS = 400
SAID = {"nature": ["confidentiality"], "data": ["name", "address", "bsn", "payroll"], "groups": ["employees"],
        "taken": "yes", "recipients": "unknown", "malicious": True}  # fmt: skip
"""What an office usually knows of a stolen laptop within a day."""
ACTION = re.compile(r'action="(/o/[^"]*/assess/[^"]*)"')


class Client:
    """A client that its office told of a stolen laptop, and whose owner confirmed the receipt."""

    def __init__(self, reader: Callable[[Actor], Reader]) -> None:
        self.office: Office = an_office(1)
        incident = an_incident(self.office, title="Laptop gestolen", facts=SAID).id
        with acting_for(self.office.id):
            [row] = board(incident, 1)
            make_aware({row.id: (database_now() - timedelta(hours=1), "phone")})
        self.id = row.controller_id
        with acting_for(self.id):
            claim_acting_organisation()
        self.reader, self.breach_id = reader, row.breach_id
        self.page = f"/o/{slug_of(self.id)}/breaches/{self.breach_id}"
        self.at = f"{self.page}/assess/"
        self.anna_herself = a_member(self.id, OWNER, "Anna")
        self.anna = reader(self.anna_herself)
        with acting_for(self.id):
            acknowledge_receipt(self.breach_id, self.anna_herself)

    def answer(self, **form: str | list[str]) -> str:
        """Answer the question that is shown; returns the screen that follows."""
        screen = ACTION.search(self.anna.see(self.at))
        assert screen
        return self.anna.done(screen[1], form, seen=self.at)

    def kept(self, database: Database) -> int:
        """How many people have a draft."""
        of_breach = "select count(*) as n from form_draft where subject_id = :breach"
        return int(database.outside(of_breach, breach=self.breach_id)[0]["n"])

    @property
    def breach(self) -> Breach:
        with acting_for(self.id):
            return breach(self.breach_id)

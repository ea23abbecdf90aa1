"""An office, a client that uses its own register, and an incident that hit the client."""

from datetime import datetime, timedelta
from typing import Any

from tenants.isolation import acting_for, database_now
from tenants.organisations.organisations import claim_acting_organisation
from tests.conftest import Database
from tests.factories import a_member, an_incident, an_office
from tests.worlds.calls import record_call
from workflows.mail.outbox import Outbox
from workflows.notification.own_awareness import state_awareness
from workflows.running import jobs

RISK = {"risk": "risk", "reason": "Namen", "departure_reason": "Het advies weet nog weinig"}


class InformedClient:
    """An office, one client that uses its register, and an incident of three hours ago that hit it."""

    def __init__(self, database: Database, outbox: Outbox, hours_ago: float = 3) -> None:
        self.database, self.outbox, self.office = database, outbox, an_office(clients=1)
        register = database.outside("select controller_id from processing_agreement")[0]["controller_id"]
        self.client, self.by = register, a_member(register, name="Bram")
        with acting_for(register):
            assert claim_acting_organisation()
        an_incident(self.office, hours_ago=hours_ago)
        self.escalation = dict(database.outside("select * from escalation")[0])

    def called(self, hours_ago: float) -> datetime:
        """The office says that it told this client by telephone; its machine passes that on."""
        with acting_for(self.office.id):
            moment = database_now() - timedelta(hours=hours_ago)
            record_call(self.escalation["id"], moment, "phone", self.office.officer)
        self.work()
        return moment

    def work(self) -> None:
        for organisation in (self.office.id, self.client):
            while jobs.drain(str(organisation)):
                pass

    def states(self, hours_ago: float, **more: Any) -> datetime:
        with acting_for(self.client):
            moment = database_now() - timedelta(hours=hours_ago)
            state_awareness(self.escalation["breach_id"], moment, "Toen las de directie het", self.by, **more)
        return moment

    @property
    def clock(self) -> Any:
        return self.database.outside("""
            select c.* from clock c join run r on r.organisation_id = c.organisation_id and r.id = c.run_id
             where c.organisation_id = :o and c.name = 'notify-authority'""", o=self.client)[0]  # fmt: skip

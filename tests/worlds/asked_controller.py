"""A verified organisation that an office says it works for; what the two did to its register."""

from typing import Any
from uuid import UUID

from tenants.agreements.processing_agreements import register_clients
from tenants.history.entries import Actor
from tenants.isolation import acting_for, acting_for_nobody
from tenants.organisations.organisations import found_organisation
from tests.conftest import Database
from tests.factories import Office, a_client, a_member, an_office, sendgrid_tells
from workflows.mail.outbox import Outbox
from workflows.running import jobs
from workflows.trust.consenting import answer

NUMBER = "33031431"
OF_ASKING = "select organisation_id, id from run where workflow = 'asked'"
FREE_OF_ASKING = {
    "run": "select * from run where workflow <> 'asked'",
    "step": f"select * from step where (organisation_id, run_id) not in ({OF_ASKING})",
    "mail_batch": "select * from mail_batch where text_key not in ('processor_asks', 'processor_writes')",
    "recipient": """select r.* from recipient r join mail_batch b on b.organisation_id = r.organisation_id
                      and b.id = r.batch_id where b.text_key not in ('processor_asks', 'processor_writes')""",
}
"""All but what its own people hear about being asked: that never touches the register."""


class AskedController:
    """A verified organisation, its privacy officer, and an office that says that it works for it."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self.database, self.outbox = database, outbox
        with acting_for_nobody():
            self.id = found_organisation("ing", "ING Bank N.V.", NUMBER)
        database.outside(
            """
            update organisation set verified_at = now(), verified_how = 'operator' where id = :o""",
            o=self.id,
        )
        self.by = a_member(self.id)
        self.office = self.an_office()

    def an_office(self) -> Office:
        """One more that has the number."""
        office = an_office(clients=0)
        with acting_for(office.id):
            register_clients([a_client(1, kvk_number=NUMBER, name="Hun eigen woorden")])
        return Office(office.id, office.officer, 1)

    def answered(self, answered: str, by: Actor | None = None, office: UUID | None = None) -> int:
        with acting_for(self.id):
            return answer(office or self.office.id, answered, by or self.by)

    def rows(self, owner: UUID | None = None) -> dict[str, Any]:
        """Everything of one organisation that another could have changed, and that it sees."""
        mine = owner or self.id
        tables = ("breach", "run", "step", "clock", "history", "history_head", "register_counter", "mail_batch",
                  "recipient", "membership", "invitation", "carried_head")  # fmt: skip
        keys = {table: "organisation_id" for table in tables} | {"organisation": "id"}
        keys |= {table: "controller_id" for table in ("escalation", "processing_agreement", "consent")}
        whole = "select coalesce(string_agg(t::text, '|' order by t::text), '') as all from {} where {} = :o"
        said = {table: f"({FREE_OF_ASKING[table]}) t" if table in FREE_OF_ASKING else f"{table} t" for table in keys}
        return {
            table: self.database.outside(whole.format(said[table], key), o=mine)[0]["all"]
            for table, key in keys.items()
        }  # fmt: skip

    def work(self) -> None:
        """The worker does what is ready, and every mail is delivered."""
        for organisation in (self.office.id, self.id):
            while jobs.drain(str(organisation)):
                pass
        sendgrid_tells(self.outbox.mails)
        for organisation in (self.office.id, self.id):
            while jobs.drain(str(organisation)):
                pass

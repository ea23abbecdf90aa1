"""One organisation with two registers: one that an office opened for it, and one that it founded."""

from dataclasses import replace
from uuid import UUID

from tenants.history.entries import Actor
from tenants.identity.users import OWNER, make_member
from tenants.isolation import acting_for, acting_for_nobody, database_now
from tenants.organisations.organisations import claim_acting_organisation, the_acting_organisation
from tests.conftest import Database
from tests.factories import a_member, an_office, an_organisation
from workflows.trust.joining import join


class TwoRegisters:
    """An organisation that opened an office's register, and founded one of its own with the same number."""

    def __init__(self, database: Database) -> None:
        self.database, self.office = database, an_office(clients=1)
        of_office = "select controller_id from processing_agreement where processor_id = :o"
        self.old: UUID = database.outside(of_office, o=self.office.id)[0]["controller_id"]
        with acting_for(self.old):
            claim_acting_organisation()
            number = the_acting_organisation().kvk_number
        self.goes_on = an_organisation()
        database.outside("update organisation set kvk_number = :n where id = :o", n=number, o=self.goes_on)
        self.owner = self.proven(a_member(self.old, OWNER, "Eva"))
        self.seat(self.goes_on, OWNER)

    def proven(self, by: Actor) -> Actor:
        with acting_for(self.old):
            return replace(by, role=OWNER, proven_at=database_now())

    def seat(self, organisation: UUID, role: str) -> None:
        with acting_for_nobody():
            assert self.owner.id
            make_member(self.owner.id, organisation, role)

    def join(self, by: Actor | None = None) -> int:
        with acting_for(self.goes_on):
            return join(self.old, by or self.owner)

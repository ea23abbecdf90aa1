"""A desk from which two colleagues call one client of an incident."""

from collections.abc import Callable
from uuid import UUID

from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tenants.organisations.organisations import the_acting_organisation
from tenants.register.escalations import board
from tests.factories import Office, a_member, an_incident, an_office
from tests.pages.conftest import Reader, slug_of

Login = Callable[[Actor], Reader]


class Desk:
    """An office with one client to call, and two colleagues who look at its page."""

    def __init__(self, reader: Login) -> None:
        self.office: Office = an_office(1)
        with acting_for(self.office.id):
            self.office_name = the_acting_organisation().name
        self.incident: UUID = an_incident(self.office, hours_ago=2).id
        with acting_for(self.office.id):
            [row] = board(self.incident, 1)
            self.client, self.contacts = row.id, row.contacts
        self.fenna = reader(self.office.officer)
        self.joris = reader(a_member(self.office.id, name="Joris Mulder"))
        self.calls = f"/o/{slug_of(self.office.id)}/incidents/{self.incident}/calls"
        self.at = f"/o/{slug_of(self.office.id)}/incidents/{self.incident}/escalations/{self.client}"

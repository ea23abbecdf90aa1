"""The operator takes a register back from a stranger: what remains, by how many offices it had and how it was told."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from tenants.agreements.consents import ENDED
from tenants.agreements.doubted_contacts import doubted_contacts
from tenants.identity.invitations import accept, new_invitation
from tenants.identity.users import OWNER
from tenants.isolation import acting_for, database_now
from tests.conftest import Database
from tests.engine.test_claimed_by_strangers import AGREEMENTS
from tests.engine.test_consent import House
from tests.engine.test_contacts_led_elsewhere import Led, invitation_kept
from tests.engine.test_released_deliveries import NO_MOMENT, clock, of_another_office
from tests.engine.test_released_registers import work
from tests.factories import a_member, an_incident, proven, sendgrid_tells
from tests.operating import released
from workflows.accounts.inviting import confirm_receipt
from workflows.escalation.incident_board import call_list
from workflows.escalation.phone_reports import record_call
from workflows.mail.outbox import Outbox
from workflows.running import jobs
from workflows.trust.consenting import answer

STAYS = {"mail": False, "receipt": False, "phone": True}
"""By how the client was told: whether that still counts when the one who was told was a stranger."""


@pytest.fixture
def house(own_database: Database, outbox: Outbox) -> Iterator[House]:
    yield House(own_database, outbox)


class Told(Led):
    """The client was told in one way alone; then the stranger opened the register by Anna's link."""

    def __init__(self, house: House, how: str) -> None:
        self.house, self.office = house, house.office.id
        an_incident(house.office)
        self.drained()
        row = self.newest()
        self.escalation, self.breach = row["id"], row["breach_id"]
        self.register: UUID = row["controller_id"]
        self.anna, self.bo = (contact["email"] for contact in row["contacts"])
        if how == "mail":
            sendgrid_tells(house.outbox.mails)
        elif how == "phone":
            with acting_for(self.office):
                record_call(self.escalation, database_now(), how, house.office.officer)
        else:
            with acting_for(self.register):
                _, link = new_invitation(self.register, self.anna, OWNER, self.breach)
                assert confirm_receipt(invitation_kept(link), "Anna") is not None
        self.drained()
        assert self.newest()["informed_how"] == how
        with acting_for(self.register):
            _, invitation = new_invitation(self.register, self.anna, OWNER, self.breach)
            accept(invitation_kept(invitation), "Vreemd", "een wachtwoord van lengte")

    def newest(self) -> dict[str, Any]:
        [row] = self.house.database.outside("select * from escalation where processor_id = :o", o=self.office)
        return dict(row)

    def drained(self) -> None:
        while jobs.drain(str(self.office)):
            pass


def ended_before(told: Told) -> None:
    by = proven(a_member(told.register, OWNER))
    with acting_for(told.register):
        answer(told.office, ENDED, by)


@pytest.mark.parametrize("how", STAYS)
@pytest.mark.parametrize("offices", ["one", "two", "ended before"])
def test_what_remains_after_a_release(house: House, offices: str, how: str):
    told = Told(house, how)
    before = clock(told)
    assert before["state"] == "running" and before["aware_how"] == how
    if offices == "two":
        of_another_office(told)
    elif offices == "ended before":
        ended_before(told)
    released(told.register)
    row = told.newest()
    register = row["controller_id"]
    work(house, register)
    assert (register != told.register) == (offices != "one")
    assert house.database.outside(AGREEMENTS, o=told.office) == [{"controller_id": register}]
    row = told.newest()
    assert (row["acknowledged_at"], row["decision"]) == (None, None)
    assert row["informed_how"] == (how if STAYS[how] else None)
    assert clock(told, register) == (before if STAYS[how] else NO_MOMENT)
    with acting_for(told.office):
        assert [each.contact["email"] for each in doubted_contacts()] == [told.anna]
        assert [called.id for called in call_list(row["incident_id"])] == ([] if STAYS[how] else [told.escalation])

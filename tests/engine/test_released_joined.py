"""Strangers decide in a register and join it into another: the release of that one closes both, and undoes both."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from tenants.agreements.consents import ACCEPTED, processors
from tenants.agreements.doubted_contacts import doubted_contacts
from tenants.identity.users import APPROVER, OWNER, PRIVACY_OFFICER, make_member
from tenants.isolation import acting_for, acting_for_nobody
from tenants.organisations.admission import closed_with, goes_on_at, release_claim
from tenants.organisations.joining import join_register
from tenants.organisations.organisations import found_organisation
from tenants.register.breaches import breach
from tests.conftest import Database
from tests.factories import a_member, an_assessment
from tests.operating import know, operator, released
from tests.operator_commands import operate
from tests.worlds.asked_controller import NUMBER, AskedController
from tests.worlds.led_elsewhere import NO_MOMENT, LedElsewhere, acts_about, clock, opened_by_link
from workflows.engine.advance import complete
from workflows.mail.outbox import Outbox
from workflows.notification.ap_notification import AP_NOTIFICATION
from workflows.running import jobs


@pytest.fixture
def house(own_database: Database, outbox: Outbox) -> Iterator[AskedController]:
    yield AskedController(own_database, outbox)


class Joined(LedElsewhere):
    """Strangers decided not to notify in the register of this office, and joined it into others, one after another."""

    def __init__(self, house: AskedController, times: int = 1) -> None:
        super().__init__(house)
        self.accomplice = a_member(self.register, OWNER)
        self.decided()
        self.chain = [self.register]
        for _ in range(times):
            other = house.an_office()
            [row] = house.database.outside("select id from organisation where made_by = :o", o=other.id)
            opened_by_link(house, other, row["id"])
            self.joins(row["id"])

    def decided(self) -> None:
        officer, approver = a_member(self.register, PRIVACY_OFFICER), a_member(self.register, APPROVER)
        with acting_for(self.register):
            assessed = an_assessment("unlikely", departure_reason="Anders gezien")
            complete(AP_NOTIFICATION, self.breach, "assess", officer, PRIVACY_OFFICER, assessed)
            draft = {"decision": "do_not_notify", "reason": "Geen kans op schade."}
            complete(AP_NOTIFICATION, self.breach, "draft", officer, PRIVACY_OFFICER, draft)
            complete(AP_NOTIFICATION, self.breach, "approve", approver, APPROVER, {"agrees": True})
        while jobs.drain(str(self.register)):
            pass

    def joins(self, into: UUID) -> None:
        """What is open in the last one is finished first."""
        self.house.database.outside("""
            update run set state = 'done', finished_at = now() where organisation_id = :o and state = 'running'""",
            o=self.chain[-1])  # fmt: skip
        people = "select user_id, role from membership where organisation_id = :o"
        places = self.house.database.outside(people, o=self.chain[-1])
        with acting_for_nobody():
            for place in places:
                make_member(place["user_id"], into, place["role"])
        with acting_for(into):
            assert self.accomplice.id and join_register(self.chain[-1], self.accomplice.id) is not None
        self.chain.append(into)

    def slug(self, register: UUID) -> str:
        [row] = self.house.database.outside("select slug from organisation where id = :o", o=register)
        return str(row["slug"])

    def undone_in(self, register: UUID) -> None:
        """The office waits again, and the breach stands anew in this register."""
        row = self.row()
        assert row["controller_id"] == register and row["call_needed_at"] is not None
        assert row["decision"] is row["decided_at"] is row["acknowledged_at"] is row["informed_at"] is None
        assert clock(self, register) == NO_MOMENT
        with acting_for(register):
            anew = breach(self.breach)
            assert anew.decision is anew.risk is anew.became_aware_at is None and anew.people_min == 5
        assert {"breach.received", "breach.delivery_led_elsewhere"} <= set(acts_about(register, self.breach))
        assert "escalation.begun_anew" in acts_about(self.office, self.escalation)
        with acting_for(self.office):
            assert [each.contact["email"] for each in doubted_contacts()] == [self.anna]


def rows_of(house: AskedController, table: str, registers: list[UUID], more: str = "") -> list[dict[str, Any]]:
    return [row for row in house.database.outside(f"select * from {table} {more}")
            if row["organisation_id"] in registers]  # fmt: skip


@pytest.mark.parametrize("times", [1, 2])
def test_the_release_of_the_one_that_goes_on_undoes_what_was_decided_in_each(house: AskedController, times: int):
    joined = Joined(house, times)
    assert joined.row()["decision"] == "not_notified" and joined.row()["controller_id"] == joined.register
    released(joined.chain[-1])
    its_own = joined.row()["controller_id"]
    [row] = house.database.outside("select * from organisation where id = :o", o=its_own)
    assert (row["made_by"], row["claimed_at"]) == (joined.office, None) and its_own not in joined.chain
    joined.undone_in(its_own)
    assert rows_of(house, "membership", joined.chain) == []
    assert rows_of(house, "invitation", joined.chain, "where expires_at > now()") == []
    assert rows_of(house, "run", joined.chain, "where state = 'running'") == []
    assert house.database.outside("select 1 from consent where state = 'accepted'") == []
    for register in joined.chain:
        assert "register.claim_released" in acts_about(register, register)
    assert house.answered(ACCEPTED) == 1
    with acting_for(house.id):
        assert breach(joined.breach).decision is None


@pytest.mark.parametrize("times", [1, 2])
def test_a_joined_one_is_not_released_and_the_operator_hears_which_one_is(house: AskedController, times: int):
    joined = Joined(house, times)
    slugs = [joined.slug(register) for register in joined.chain]
    with operator().begin() as connection:
        for slug in slugs[:-1]:
            assert release_claim(connection, slug, "Een vreemde") is None
            assert goes_on_at(connection, slug) == slugs[-1]
        assert goes_on_at(connection, slugs[-1]) is None
        assert sorted(closed_with(connection, joined.register)) == sorted(joined.chain)
    refused = operate(house.database, "office", "release-claim", slugs[0], "--note", "Een vreemde")
    assert refused.returncode != 0 and f"Sluit {slugs[-1]}" in refused.stderr
    done = operate(house.database, "office", "release-claim", slugs[-1], "--note", "Een vreemde")
    assert done.returncode == 0 and slugs[-1] in done.stdout, done.stderr
    joined.undone_in(joined.row()["controller_id"])


def test_one_that_was_founded_is_closed_with_it_unless_its_number_is_proven(house: AskedController):
    joined = Joined(house)
    with acting_for_nobody():
        founded = found_organisation("gesticht", "Gesticht", NUMBER)
    joined.joins(founded)
    know(founded)
    with operator().begin() as connection:
        assert release_claim(connection, "gesticht", "Een vreemde") is None
    house.database.outside("update organisation set verified_at = null, verified_how = null where id = :o", o=founded)
    released(founded)
    joined.undone_in(joined.row()["controller_id"])
    assert rows_of(house, "membership", joined.chain) == []


def test_a_founded_organisation_without_joined_registers_keeps_its_claim(house: AskedController):
    with acting_for_nobody():
        found_organisation("gesticht", "Gesticht", NUMBER)
    with operator().begin() as connection:
        assert release_claim(connection, "gesticht", "Een vreemde") is None
        assert goes_on_at(connection, "gesticht") is goes_on_at(connection, "bestaat-niet") is None


@pytest.mark.parametrize("times", [1, 2])
def test_who_accepts_the_office_sees_and_gets_what_was_decided_in_a_joined_one(house: AskedController, times: int):
    joined = Joined(house, times)
    with acting_for(house.id):
        [message] = [m for p in processors() if p.processor_id == joined.office for m in p.messages]
    assert message["title"] == "Back-upstation kwijt" and message["acknowledged_at"] is None
    assert house.answered(ACCEPTED) == 1
    joined.undone_in(house.id)

"""`make run` loads the demo at each start: what its people did in between stays as it is."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from service.demo.logins import AT_CLIENTS, AT_OFFICE, OFFICE
from service.story.demo_office import load_demo
from tenants.agreements.consents import ENDED
from tenants.history.entries import Actor
from tenants.identity.users import HANDLER, OWNER, make_member, user_at
from tenants.isolation import acting_for, acting_for_nobody
from tenants.organisations.admission import release_claim
from tenants.organisations.organisations import found_organisation
from tests.conftest import Database, fresh_database
from tests.factories import proven
from tests.operating import operator
from workflows.trust.consenting import answer

REGISTERS = """
    select o.id, o.slug, o.claimed_at is not null as claimed, o.verified_at is not null as verified,
           (select count(*) from membership m where m.organisation_id = o.id) as seats,
           (select min(a.client_number) from processing_agreement a where a.controller_id = o.id) as client_number
      from organisation o order by o.id"""


@pytest.fixture
def loaded(servers: Any) -> Iterator[Database]:
    """The demo with three clients, two of which opened their register."""
    with fresh_database(servers) as database:
        load_demo(database.config, 3)
        yield database


def seated(address: str, organisation: UUID, role: str) -> Actor:
    with acting_for_nobody():
        user = user_at(address)
        assert user is not None
        make_member(user.id, organisation, role)
        return Actor(user.id, user.name)


def test_a_second_load_changes_nothing(loaded: Database) -> None:
    there = loaded.outside(REGISTERS)
    assert [row["verified"] for row in there if row["client_number"] in ("K00001", "K00002")] == [True, True]
    load_demo(loaded.config, 3)
    assert loaded.outside(REGISTERS) == there


def test_the_office_is_found_by_its_address_wherever_its_people_have_other_seats(loaded: Database) -> None:
    with acting_for_nobody():
        other = found_organisation("aalbers", "Aalbers Advies")
    for login in AT_OFFICE:
        seated(login.email, other, HANDLER)
    loaded.outside("delete from membership m using app_user u, organisation o where u.id = m.user_id"
                   " and o.id = m.organisation_id and o.slug = :slug and u.email = :first",
                   slug=OFFICE[0], first=AT_OFFICE[0].email)  # fmt: skip
    there = loaded.outside(REGISTERS)
    load_demo(loaded.config, 3)
    assert loaded.outside(REGISTERS) == there


def test_a_register_that_waits_after_the_client_ended_the_office_is_left_to_wait(loaded: Database) -> None:
    [office] = [row["id"] for row in loaded.outside(REGISTERS) if row["slug"] == OFFICE[0]]
    [own] = [row["id"] for row in loaded.outside(REGISTERS) if row["client_number"] == "K00001"]
    by = seated(AT_CLIENTS[0][0].email, own, OWNER)
    with acting_for(own):
        answer(office, ENDED, proven(by))
    there = loaded.outside(REGISTERS)
    [waiting] = [row for row in there if row["client_number"] == "K00001"]
    assert waiting["id"] != own and not waiting["claimed"]
    load_demo(loaded.config, 3)
    assert loaded.outside(REGISTERS) == there


def test_a_register_that_the_operator_released_is_left_to_wait(loaded: Database) -> None:
    [slug] = [row["slug"] for row in loaded.outside(REGISTERS) if row["client_number"] == "K00002"]
    loaded.outside("update organisation set verified_at = null, verified_how = null where slug = :slug", slug=slug)
    with operator().begin() as connection:
        assert release_claim(connection, slug, "De link kwam bij een ander") is not None
    there = loaded.outside(REGISTERS)
    load_demo(loaded.config, 3)
    assert loaded.outside(REGISTERS) == there

"""What is counted for a limit on mail: of whom, to whom, on which day, of which kind; and by one at a time."""

from hashlib import sha256
from uuid import UUID, uuid4

import pytest

from tenants.isolation import acting_for, acting_for_nobody, database_now
from tenants.sealing import keyed_hash
from tests.conftest import Database
from tests.factories import an_organisation
from workflows.law.periods import AMSTERDAM
from workflows.mail.limits import DROPPED, LIMITS, Hold, hold_each, is_over, let_mail_of_today_go

INVITATION = LIMITS["invitation"]


def of_all(address: str) -> bytes:
    """The key under which the mails of all organisations to this address are counted."""
    return keyed_hash("mail to address", address)


def of_one(organisation: UUID, address: str) -> bytes:
    """The key under which those of one organisation are."""
    return sha256(of_all(address) + organisation.bytes).digest()


@pytest.mark.parametrize("count", ["of the organisation", "of it to the address", "of all to the address"])
@pytest.mark.parametrize("apart", ["another day", "another kind"])
@pytest.mark.parametrize("purpose", sorted(LIMITS | DROPPED))
def test_what_was_mailed_on_another_day_or_of_another_kind_counts_for_nothing(
    database: Database, purpose: str, apart: str, count: str
):
    """Each count is full, but of yesterday, or of today and another kind."""
    limit, organisation, address = (LIMITS | DROPPED)[purpose], an_organisation(), f"{uuid4()}@example.nl"
    table, name, key, mails = {
        "of the organisation": ("mail_count", "organisation_id", organisation, limit.of_organisation),
        "of it to the address": ("mail_to_address", "address_hash", of_one(organisation, address), 100),
        "of all to the address": ("mail_to_address", "address_hash", of_all(address), limit.of_all * 10),
    }[count]  # fmt: skip
    others = sorted(set(LIMITS | DROPPED) - {purpose})
    kinds, day = ([purpose], "yesterday") if apart == "another day" else (others, "today")
    for kind in kinds:
        database.outside(
            f"""insert into {table} ({name}, purpose, day, mails)
                values (:key, :kind, (cast(:day as timestamptz) at time zone 'Europe/Amsterdam')::date, :mails)""",
            key=key, kind=kind, day=day, mails=mails,
        )  # fmt: skip
    with acting_for(organisation):
        assert not is_over(purpose, address) if purpose in DROPPED else hold_each(purpose, [address]) == [None]


@pytest.mark.parametrize("purpose", sorted(LIMITS))
def test_mail_for_a_later_day_takes_no_room_of_other_organisations(database: Database, purpose: str):
    """What waits for its day counts there for who wrote it, and not in the count of all to that address."""
    limit, address, organisation = LIMITS[purpose], f"{uuid4()}@example.nl", an_organisation()
    with acting_for(organisation):
        assert hold_each(purpose, [address] * 2 * limit.to_address)[-1] is not None
    booked = "select count(*) as n from mail_to_address where address_hash = :key and day > :today"
    keys = (of_one(organisation, address), of_all(address))
    with acting_for_nobody():
        today = database_now().astimezone(AMSTERDAM).date()
    assert [database.outside(booked, key=key, today=today)[0]["n"] for key in keys] == [1, 0]


def invites(organisation: UUID, address: str) -> Hold | None:
    with acting_for(organisation):
        return hold_each("invitation", [address])[0]


def invites_while_another_does(database: Database, one: UUID, other: UUID, addresses: tuple[str, str]) -> Hold | None:
    """The first has counted and not committed yet when the second comes; what the second is told."""
    with acting_for(one):
        assert hold_each("invitation", [addresses[0]]) == [None]
        second = database.elsewhere(invites, other, addresses[1])
        database.wait_until_blocked()
    return second.result(10)


def test_the_last_of_an_organisations_day_goes_to_one_of_two_at_the_same_moment(database: Database):
    """To two addresses, so that nothing else keeps them apart."""
    organisation = an_organisation()
    first, second, *others = (f"{uuid4()}@example.nl" for _ in range(INVITATION.of_organisation + 1))
    for address in others:
        assert invites(organisation, address) is None
    why = invites_while_another_does(database, organisation, organisation, (first, second))
    assert why and why.held_for == "organisation"


def test_the_last_to_an_address_goes_to_one_of_two_organisations_at_the_same_moment(database: Database):
    address, (one, other) = f"{uuid4()}@example.nl", (an_organisation(), an_organisation())
    for organisation in (one, other, *(an_organisation() for _ in range(INVITATION.of_all - 3))):
        assert invites(organisation, address) is None
    why = invites_while_another_does(database, one, other, (address, address))
    assert why and why.held_for == "address"


def test_a_mail_that_waits_uses_up_nothing_of_its_organisations_day(database: Database):
    organisation, address = an_organisation(), f"{uuid4()}@example.nl"
    room = INVITATION.of_organisation - INVITATION.to_address
    with acting_for(organisation):
        holds = hold_each("invitation", [address] * INVITATION.of_organisation)
        assert [why and why.held_for for why in holds].count(None) == INVITATION.to_address
        others = [f"{uuid4()}@example.nl" for _ in range(room + 1)]
        assert [why and why.held_for for why in hold_each("invitation", others)] == [*[None] * room, "organisation"]


def test_counts_of_before_today_are_forgotten_and_those_of_today_are_not(database: Database):
    """The clock process asks for it each second: a count that it forgot too early would be no limit."""
    organisation, address = an_organisation(), f"{uuid4()}@example.nl"
    for _ in range(INVITATION.to_address):
        assert invites(organisation, address) is None
    database.outside("""
        insert into mail_to_address (day, purpose, address_hash, mails)
        select day - 1, purpose, address_hash, 1 from mail_to_address on conflict do nothing""")
    with acting_for_nobody():
        today = database_now().astimezone(AMSTERDAM).date()
        let_mail_of_today_go()
    assert database.outside("select count(*) as n from mail_to_address where day < :today", today=today)[0]["n"] == 0
    assert invites(organisation, address) is not None

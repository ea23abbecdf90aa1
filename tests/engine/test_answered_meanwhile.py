"""A register moves while an organisation answers its office: the answer is about the register of now, or about none."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from uuid import UUID

import pytest
from sqlalchemy import text

from tenants.agreements.consents import ACCEPTED, answer_processor, processors
from tenants.isolation import acting_for, acting_for_nobody
from tenants.organisations.admission import release_claim
from tenants.organisations.organisations import found_organisation
from tests.conftest import Database
from tests.operating import know, operator
from tests.worlds.asked_controller import NUMBER, AskedController
from tests.worlds.led_elsewhere import LedElsewhere, of_another_office
from tests.worlds.strangers import AGREEMENTS
from workflows.mail.outbox import Outbox

ACTS_FOR = "select set_config('app.organisation', :o, true)"
ACCEPTS = "select answer_processor(:office, 'accepted', null)"
PROVES = "update organisation set verified_at = now(), verified_how = 'letter' where id = :o"


@pytest.fixture
def house(own_database: Database, outbox: Outbox) -> Iterator[AskedController]:
    yield AskedController(own_database, outbox)


@contextmanager
def proves_its_number(led: LedElsewhere) -> Iterator[None]:
    with operator().begin() as at_once:
        at_once.execute(text(PROVES), {"o": led.register})
        yield


@contextmanager
def is_accepted_elsewhere(led: LedElsewhere) -> Iterator[None]:
    """By another organisation that proved the number: a branch of its own."""
    with acting_for_nobody():
        branch = found_organisation("ing-west", "ING West", NUMBER)
    know(branch)
    with operator().begin() as at_once:
        at_once.execute(text(ACTS_FOR), {"o": str(branch)})
        assert at_once.scalar(text(ACCEPTS), {"office": led.office}) == 1
        at_once.execute(text("select chain_history('[]')"))
        yield


@contextmanager
def is_released(led: LedElsewhere) -> Iterator[None]:
    """Of two offices: what this one wrote goes on in a register of its own."""
    of_another_office(led)
    led.house.database.outside("update organisation set verified_at = null, verified_how = null where id = :o",
                               o=led.register)  # fmt: skip
    [row] = led.house.database.outside("select slug from organisation where id = :o", o=led.register)
    with operator().begin() as at_once:
        assert release_claim(at_once, row["slug"], "Een vreemde") == led.register
        yield


def answered_meanwhile(led: LedElsewhere, moves: AbstractContextManager[None]) -> int | None:
    """What the organisation's acceptance comes to, which begins while the register moves, and ends after it."""

    def accepts() -> int | None:
        with acting_for(led.house.id):
            return answer_processor(led.office, ACCEPTED, None)

    with moves:
        answering = led.house.database.elsewhere(accepts)
        led.house.database.wait_until_blocked()
    return answering.result(30)


def leads_to(led: LedElsewhere) -> UUID:
    [row] = led.house.database.outside(AGREEMENTS, o=led.office)
    return UUID(str(row["controller_id"]))


def test_a_register_that_proves_its_number_meanwhile_keeps_its_office(house: AskedController):
    led = LedElsewhere(house)
    assert answered_meanwhile(led, proves_its_number(led)) is None
    assert leads_to(led) == led.register
    with acting_for(house.id):
        assert processors() == [], "nothing was kept of the answer"


def test_an_office_that_is_accepted_elsewhere_meanwhile_goes_on_there(house: AskedController):
    led = LedElsewhere(house)
    assert answered_meanwhile(led, is_accepted_elsewhere(led)) is None
    assert leads_to(led) not in (led.register, house.id)
    [row] = house.database.outside("select controller_id from escalation where id = :e", e=led.escalation)
    assert row["controller_id"] == leads_to(led)


def test_an_answer_is_about_the_register_that_a_release_made_meanwhile(house: AskedController):
    led = LedElsewhere(house)
    assert answered_meanwhile(led, is_released(led)) == 1
    [row] = house.database.outside("select controller_id from escalation where id = :e", e=led.escalation)
    assert leads_to(led) == row["controller_id"] == house.id

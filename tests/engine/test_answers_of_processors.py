"""Every state of a processor and every answer: what can be answered, in Python and in the database alike."""

from typing import Any

import pytest
from sqlalchemy import text

from tenants.agreements.consents import ACCEPTED, ASKED, ENDED, REFUSED, Processor, processors
from tenants.database import db
from tenants.errors import AlreadyDone, NotFound
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import an_incident
from tests.worlds.asked_controller import AskedController
from workflows.mail.outbox import Outbox

CAN_BE = {
    (ASKED, True): {ACCEPTED, REFUSED},
    (ASKED, False): {REFUSED},
    (ACCEPTED, True): {ENDED},
    (ACCEPTED, False): {ENDED},
    (REFUSED, True): {ACCEPTED},
    (REFUSED, False): set[str](),
    (ENDED, True): {ACCEPTED, REFUSED},
    (ENDED, False): {REFUSED},
}
"""By the state, and whether a register of the office waits."""
ANSWERS = (ASKED, ACCEPTED, REFUSED, ENDED, "forgotten")
PAIRS = [(state, waits, answer) for state, waits in CAN_BE for answer in ANSWERS]
CAN_STAND = [pair for pair in CAN_BE if pair not in {(ASKED, False), (ACCEPTED, True)}]
"""An office asks by a register that waits, and what was accepted moved."""


@pytest.fixture
def house(own_database: Database, outbox: Outbox) -> AskedController:
    return AskedController(own_database, outbox)


def brought_to(house: AskedController, state: str, waits: bool) -> None:
    """The office stands so, by acts of the organisation and of the operator."""
    for answer in {ASKED: (), ACCEPTED: (ACCEPTED,), REFUSED: (REFUSED,), ENDED: (ACCEPTED, ENDED)}[state]:
        house.answered(answer)
    if not waits:
        house.database.outside("update admission set state = 'suspended' where organisation_id = :o", o=house.office.id)


def asked_again(house: AskedController) -> list[Any]:
    return house.database.outside("select subject_id from run where workflow = 'asked' and organisation_id = :o",
                                  o=house.id)  # fmt: skip


@pytest.mark.parametrize(("state", "waits", "answer"), PAIRS)
def test_python_and_the_database_decide_the_same(database: Database, state: str, waits: bool, answer: str):
    wanted = answer in CAN_BE[state, waits]
    standing = Processor(None, "", state, "", None, waits, [])  # type: ignore[arg-type]
    [row] = database.outside("select can_be_answered(:s, :a, :w) as can", s=state, a=answer, w=waits)
    assert (answer in standing.answers, row["can"]) == (wanted, wanted)


@pytest.mark.parametrize("answer", [ACCEPTED, REFUSED, ENDED])
@pytest.mark.parametrize(("state", "waits"), CAN_STAND)
def test_each_answer_in_each_state_is_given_or_refused_with_its_message(
    house: AskedController, state: str, waits: bool, answer: str
):
    brought_to(house, state, waits)
    with acting_for(house.id):
        [standing] = processors()
        assert (standing.state, standing.waits) == (state, waits)
    if answer in CAN_BE[state, waits]:
        house.answered(answer)
    else:
        with acting_for(house.id):
            asked = {"processor": house.office.id, "answer": answer, "by": house.by.id}
            assert db.session.scalar(text("select answer_processor(:processor, :answer, :by)"), asked) is None
        with pytest.raises(AlreadyDone) as refusal:
            house.answered(answer)
        assert refusal.value.key == "processor.answered"
    with acting_for(house.id):
        now = processors()[0].state
    assert now == (answer if answer in CAN_BE[state, waits] else state)


def test_an_office_that_neither_asks_nor_was_answered_is_unknown(house: AskedController):
    house.database.outside("update admission set state = 'suspended' where organisation_id = :o", o=house.office.id)
    for answer in (ACCEPTED, REFUSED, ENDED):
        with pytest.raises(NotFound) as refusal:
            house.answered(answer)
        assert refusal.value.key == "processor.unknown"


def test_mail_about_an_ended_office_stops_once_it_is_refused(house: AskedController):
    house.answered(ACCEPTED)
    house.answered(ENDED)
    an_incident(house.office)
    before = asked_again(house)
    assert before, "of an office that was ended they hear"
    house.answered(REFUSED)
    an_incident(house.office)
    assert asked_again(house) == before

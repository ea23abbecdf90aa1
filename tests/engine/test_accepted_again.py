"""An organisation that ended an office accepts it again, whatever became of other registers in between."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from tenants.agreements.consents import ACCEPTED, ENDED
from tenants.history.entries import of_subject
from tenants.history.witness import verify_acting_organisation
from tenants.identity.users import OWNER
from tenants.isolation import acting_for
from tenants.organisations.organisations import claim_acting_organisation
from tenants.register.breaches import breach
from tests.conftest import Database
from tests.factories import a_member, an_incident, verified
from tests.operating import released
from tests.worlds.asked_controller import AskedController
from tests.worlds.strangers import AGREEMENTS, Strangers, work
from workflows.escalation.board_list import Asked
from workflows.escalation.board_states import LETTERS
from workflows.escalation.incident_board import read_board
from workflows.mail.outbox import Outbox
from workflows.trust.consenting import answer

RUNNING = """
    select r.organisation_id, r.subject_id from clock c
      join run r on r.organisation_id = c.organisation_id and r.id = c.run_id
     where r.workflow = 'ap_notification' and c.state in ('waiting', 'running')
       and exists (select from escalation e where e.processor_id = :o and e.breach_id = r.subject_id
                                              and e.controller_id = r.organisation_id)
     order by r.subject_id"""


@pytest.fixture
def house(own_database: Database, outbox: Outbox) -> Iterator[AskedController]:
    yield AskedController(own_database, outbox)


def leads_to(house: AskedController) -> UUID:
    [row] = house.database.outside(AGREEMENTS, o=house.office.id)
    controller_id: UUID = row["controller_id"]
    return controller_id


def opened(house: AskedController) -> UUID:
    """A stranger opens the register where the office's messages are."""
    register = leads_to(house)
    a_member(register, OWNER)
    with acting_for(register):
        assert claim_acting_organisation()
    return register


def told(house: AskedController) -> UUID:
    """The office escalates; the breach."""
    incident = an_incident(house.office)
    house.work()
    [row] = house.database.outside("select breach_id from escalation where incident_id = :i", i=incident.id)
    breach_id: UUID = row["breach_id"]
    return breach_id


def stand_once(house: AskedController, breaches: set[UUID]) -> None:
    """Each of them in the organisation's own register, with the one clock about it."""
    with acting_for(house.id):
        assert {breach(each).id for each in breaches} == breaches
        assert verify_acting_organisation().ok
    running = house.database.outside(RUNNING, o=house.office.id)
    assert sorted((row["organisation_id"], row["subject_id"]) for row in running) == [
        (house.id, each) for each in sorted(breaches)]  # fmt: skip


def test_after_a_stranger_s_register_is_released_it_accepts_the_office_again(house: AskedController):
    first = told(house)
    strange = opened(house)
    assert house.answered(ACCEPTED) == 1
    house.work()
    house.answered(ENDED)
    second = told(house)
    released(strange)
    work(house, strange)
    assert house.answered(ACCEPTED) == 1
    stand_once(house, {first, second})
    with acting_for(house.office.id):
        assert verify_acting_organisation().ok
    seats = house.database.outside("select 1 from membership where organisation_id = :o", o=strange)
    running = house.database.outside("select 1 from run where organisation_id = :o and state = 'running'", o=strange)
    assert seats == running == [], "nobody goes on in what the stranger opened"


def test_it_accepts_and_ends_again_and_again_with_a_breach_before_each(house: AskedController):
    breaches = set()
    for strange in (True, False, True):
        breaches.add(told(house))
        register = opened(house) if strange else None
        assert house.answered(ACCEPTED) == 1
        house.work()
        house.answered(ENDED)
        breaches.add(told(house))
        if register:
            released(register)
            work(house, register)
        assert house.answered(ACCEPTED) == 1
        stand_once(house, breaches)
        house.answered(ENDED)


def test_what_comes_back_to_where_it_stood_goes_on_there(house: AskedController):
    """Its first register proves its number too: what its people have there stays, and no second one begins."""
    first = told(house)
    strange = opened(house)
    by = a_member(strange)
    house.answered(ACCEPTED)
    house.work()
    house.answered(ENDED)
    verified(house.database.config.owner_url(), strange)
    house.database.outside("update breach set people_min = 7 where organisation_id = :o", o=strange)
    house.database.outside("update organisation set made_by = :by where id = :o", by=house.office.id, o=house.id)
    an_office_beside = house.an_office()
    house.answered(ACCEPTED, office=an_office_beside.id)
    released(house.id)
    with acting_for(strange):
        assert answer(house.office.id, ACCEPTED, by) == 1
        assert (breach(first).people_min, breach(first).acknowledged_at) == (7, None)
        assert "breach.taken_up_again" in [entry.what for entry in of_subject(first)]
        assert verify_acting_organisation().ok
    work(house, strange)
    running = house.database.outside(RUNNING, o=house.office.id)
    assert [(row["organisation_id"], row["subject_id"]) for row in running] == [(strange, first)]


def test_what_was_decided_where_it_comes_back_is_on_the_board_of_the_office_again(house: AskedController):
    strangers = Strangers(house)
    decided = "select decision, decided_at, decided_alone from escalation"
    [before] = house.database.outside(decided)
    assert before["decision"] == "notified"
    by = a_member(strangers.register)
    house.answered(ACCEPTED)
    house.work()
    assert house.database.outside(decided)[0]["decision"] is None
    house.answered(ENDED)
    verified(house.database.config.owner_url(), strangers.register)
    house.database.outside("update organisation set made_by = :by where id = :o", by=house.office.id, o=house.id)
    an_office_beside = house.an_office()
    house.answered(ACCEPTED, office=an_office_beside.id)
    released(house.id)
    with acting_for(strangers.register):
        assert answer(house.office.id, ACCEPTED, by) == 1
        there = breach(strangers.breach)
        assert there.submitted_at is not None and verify_acting_organisation().ok
    [row] = house.database.outside("select * from escalation")
    after = {name: row[name] for name in before}
    assert after == dict(before) | {"decided_at": there.submitted_at}
    with acting_for(house.office.id):
        assert state_on_board(row["incident_id"]) == ["decided"]
        assert [entry.what for entry in of_subject(row["id"])][-1] == "escalation.decided"
        assert verify_acting_organisation().ok


def state_on_board(incident_id: UUID) -> list[str]:
    """Where each message about this incident stands."""
    return [LETTERS[letter][0] for letter in read_board(incident_id, Asked(most=0)).letters]

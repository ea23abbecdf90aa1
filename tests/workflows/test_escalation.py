"""Escalation (Art. 33(2)), told as stories: the machine's steps follow each other, clocks run beside them."""

from datetime import timedelta

import pytest

from tests.factories import FENNA, FRIDAY_EVENING, an_escalation
from tests.workflows.story import Story
from workflows.escalation.escalation import ESCALATION, contract_hours, see_receipt

HOUR = timedelta(hours=1)


def test_a_controller_is_told_reached_and_confirms():
    story = Story(ESCALATION, an_escalation())
    story.machine_does("inform")
    assert story.turn == "deliver"
    story.later(1)
    story.subject.informed_at = story.now
    story.machine_does("deliver")
    assert story.clock("inform-controller").state == "met"
    assert story.turn == "acknowledge" and story.clock("receipt").state == "running"
    reached_at = story.clock("inform-controller").stopped_at
    story.later(1)
    story.machine_does("acknowledge")
    assert story.run.state == "done" and story.clock("receipt").state == "met"
    assert story.clock("inform-controller").stopped_at == reached_at, "a clock that was met stands still"


def test_the_contract_hours_run_from_the_offices_own_awareness():
    story = Story(ESCALATION, an_escalation(hours_agreed=36))
    clock = story.clock("inform-controller")
    end = FRIDAY_EVENING + 36 * HOUR
    assert (clock.alarm_at, clock.due_at) == (end, end)
    assert clock.moments == [end - 6 * HOUR, end - 2 * HOUR, end]


def test_no_hours_agreed_is_our_own_target_of_a_day():
    period = contract_hours(an_escalation(hours_agreed=None))
    assert period.alarm_at == FRIDAY_EVENING + 24 * HOUR and not period.agreed


def test_the_clock_for_the_receipt_starts_with_the_informing_not_before():
    story = Story(ESCALATION, an_escalation())
    assert story.clock("receipt").state == "waiting"
    story.machine_does("inform")
    assert story.clock("receipt").state == "waiting"
    story.subject.informed_at = FRIDAY_EVENING + 5 * HOUR
    story.machine_does("deliver")
    assert story.clock("receipt").alarm_at == FRIDAY_EVENING + 29 * HOUR


def test_contacts_are_written_to_in_the_agreements_own_order():
    escalation = an_escalation()
    names = []
    while (contact := escalation.next_contact) is not None:
        names.append(contact["name"])
        escalation.rung += 1
    assert names == ["Anna", "Bo"]


def test_only_who_confirmed_receipt_has_confirmed():
    escalation, confirmed = an_escalation(), an_escalation(acknowledged_at=FRIDAY_EVENING)
    assert list(see_receipt([escalation, confirmed])) == [confirmed.id]


@pytest.mark.parametrize("step", ["inform", "deliver", "acknowledge"])
def test_no_person_can_do_a_machines_step(step: str):
    story = Story(ESCALATION, an_escalation())
    with pytest.raises(Exception, match=r"step\.not_a_persons"):
        story.does(FENNA, step)

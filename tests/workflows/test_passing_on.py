"""What may be passed on to one's own clients, and since when the office knew: rules alone, without a database."""

from datetime import UTC, datetime, timedelta

from tenants.register.passed_on import MOST_STEPS
from workflows.escalation.passing_on import faults_of_awareness, faults_of_steps

RECEIVED = datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_what_nobody_sent_is_not_passed_on_and_a_passing_on_ends() -> None:
    assert [fault.key for fault in faults_of_steps(0)] == ["incident.no_message"]
    assert all(faults_of_steps(steps) == [] for steps in range(1, MOST_STEPS))
    assert [fault.key for fault in faults_of_steps(MOST_STEPS)] == ["incident.passed_on_too_often"]


def test_an_office_knows_at_the_latest_when_the_message_informed_it() -> None:
    assert faults_of_awareness(RECEIVED, RECEIVED) == []
    assert faults_of_awareness(RECEIVED, RECEIVED - timedelta(days=1)) == []
    [fault] = faults_of_awareness(RECEIVED, RECEIVED + timedelta(seconds=1))
    assert (fault.key, fault.field, fault.values["moment"]) == ("incident.aware_before", "became_aware_at", RECEIVED)
    assert faults_of_awareness(None, RECEIVED) == []

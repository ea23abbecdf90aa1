"""Notification to the authority (Art. 33), told as stories."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tenants.errors import Invalid, NotAllowed, Refused
from tenants.identity.users import APPROVER, AUDITOR, FG, HANDLER, OWNER, PRIVACY_OFFICER
from tests.factories import BRAM, FENNA, FRIDAY_EVENING, JORIS, a_breach, an_assessment
from tests.workflows.story import Story, a_story, approved, drafted
from workflows.notification.ap_notification import AP_NOTIFICATION

NUMBER = "AP-2026-123456"


def refusal(story: Story, *args: Any, **values: Any) -> Refused:
    """What is refused changes nothing: the same step waits, nothing more was done."""
    before = story.turn, story.done, story.run.state
    with pytest.raises(Refused) as refused:
        story.does(*args, **values)
    assert (story.turn, story.done, story.run.state) == before
    return refused.value


def test_a_friday_evening_breach_goes_all_the_way():
    story = a_story()
    assert story.turn == "assess"
    story.later(14)
    story.does(FENNA, "assess", **an_assessment())
    story.does(FENNA, "draft", decision="notify", reason="Een kans op fraude.", answers={"summary": "Kwijt."})
    assert story.turn == "approve" and story.subject.decided_at is None
    story.does(BRAM, "approve", APPROVER, agrees=True)
    assert story.turn == "submit" and story.subject.decided_at is not None
    story.does(JORIS, "submit", submitted_at=story.now, authority_number=NUMBER)
    assert story.run.state == "done" and story.turn is None
    assert (story.subject.authority_number, story.subject.late_reason) == (NUMBER, None)
    assert story.done == ["assess", "draft", "approve", "submit"]


def test_the_clock_runs_through_the_weekend_until_the_submission():
    story = approved()
    clock = story.clock("notify-authority")
    assert clock.state == "running"
    assert clock.alarm_at == datetime(2026, 11, 23, 18, 40, tzinfo=UTC)
    assert clock.due_at == datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
    assert clock.next_at == clock.alarm_at - timedelta(hours=48)
    story.does(JORIS, "submit", submitted_at=story.now, authority_number=NUMBER)
    assert clock.state == "met" and clock.next_at is None and clock.stopped_at is not None


def test_no_clock_runs_and_nobody_assesses_before_the_controller_was_informed():
    story = Story(AP_NOTIFICATION, a_breach(aware_at=None))
    assert story.clock("notify-authority").state == "waiting"
    refused = refusal(story, FENNA, "assess", risk="high", reason="BSN")
    assert refused.key == "breach.confirm_receipt_first"


def test_one_may_not_approve_ones_own_draft():
    assert refusal(drafted(), FENNA, "approve", OWNER, agrees=True).key == "step.four_eyes"


def test_four_eyes_looks_at_the_last_draft():
    story = drafted()
    story.does(BRAM, "approve", OWNER, agrees=False, reason="De maatregelen ontbreken.")
    story.does(BRAM, "draft", OWNER, decision="notify", reason="Nu met maatregelen.")
    assert refusal(story, BRAM, "approve", OWNER, agrees=True).key == "step.four_eyes"
    assert refusal(story, FENNA, "approve", OWNER, agrees=True).key == "step.four_eyes", "she still assessed"
    story.does(JORIS, "approve", OWNER, agrees=True)
    assert story.turn == "submit"


def test_four_eyes_looks_at_the_last_assessment():
    story = a_story()
    story.does(BRAM, "assess", OWNER, **an_assessment("unlikely"))
    story.does(FENNA, "draft", decision="do_not_notify", reason="Versleuteld.")
    assert refusal(story, BRAM, "approve", OWNER, agrees=True).key == "step.four_eyes"
    story.does(JORIS, "assess", **an_assessment("unlikely"))
    story.does(FENNA, "draft", decision="do_not_notify", reason="Versleuteld.")
    story.does(BRAM, "approve", OWNER, agrees=True)
    assert story.run.state == "exempt"


@pytest.mark.parametrize(
    ("step", "role"),
    [
        ("assess", APPROVER), ("assess", HANDLER), ("assess", AUDITOR), ("assess", FG), ("submit", APPROVER),
        ("submit", FG),
    ],
)
def test_a_step_is_for_its_roles(step: str, role: str):
    story = approved() if step == "submit" else a_story()
    refused = refusal(story, JORIS, step, role, risk="risk", reason="x", submitted_at=story.now, authority_number="1")
    assert isinstance(refused, NotAllowed) and refused.key == "step.not_your_role"


@pytest.mark.parametrize("role", [PRIVACY_OFFICER, HANDLER, AUDITOR, FG])
def test_only_who_decides_approves(role: str):
    assert refusal(drafted(), BRAM, "approve", role, agrees=True).key == "step.not_your_role"


def test_a_second_decision_is_refused():
    story = approved()
    assert refusal(story, BRAM, "approve", APPROVER, agrees=True).key == "step.already_done"


def test_a_step_is_refused_before_its_turn():
    story = a_story()
    early = {"draft": {"decision": "notify", "reason": "Meteen."},
             "submit": {"submitted_at": story.now, "authority_number": NUMBER}}  # fmt: skip
    for step, values in early.items():
        refused = refusal(story, FENNA, step, **values)
        assert (refused.key, refused.values) == ("step.already_done", {"name": step})


def test_returned_to_the_drafter_and_approved_later():
    story = drafted()
    assert refusal(story, BRAM, "approve", APPROVER, agrees=False).key == "field.reason_required"
    story.does(BRAM, "approve", APPROVER, agrees=False, reason="Welke mensen?")
    assert story.turn == "draft" and story.subject.decided_at is None
    story.does(FENNA, "draft", decision="notify", reason="Vijf werknemers.")
    story.does(BRAM, "approve", APPROVER, agrees=True)
    assert story.turn == "submit"
    assert story.done == ["assess", "draft", "approve", "draft", "approve"]
    assert [row.outcome for row in story.run.done() if row.name == "approve"] == ["returned", None]


def test_not_to_notify_needs_an_unlikely_risk_and_a_second_person():
    story = drafted("unlikely", "do_not_notify")
    assert story.run.state == "running" and story.turn == "approve"
    story.does(BRAM, "approve", APPROVER, agrees=True)
    assert story.run.state == "exempt" and story.turn is None
    assert story.clock("notify-authority").state == "cancelled"


@pytest.mark.parametrize("risk", ["risk", "high"])
def test_a_risk_must_be_notified(risk: str):
    story = a_story()
    story.does(FENNA, "assess", **an_assessment(risk))
    refused = refusal(story, FENNA, "draft", decision="do_not_notify", reason="Liever niet.")
    assert (refused.key, refused.field) == ("decision.duty_to_notify", "decision")


def test_an_unknown_risk_is_never_an_exception():
    breach = a_breach(decision="do_not_notify", decision_reason="x", decided_at=FRIDAY_EVENING, risk=None)
    story = Story(AP_NOTIFICATION, breach)
    assert story.run.state == "running" and story.turn == "assess"


def test_one_may_notify_an_unlikely_risk_all_the_same():
    assert approved("unlikely", "notify").turn == "submit"


def test_a_risk_raised_from_unlikely_to_high_reopens_the_run_and_its_clock():
    story = approved("unlikely", "do_not_notify")
    story.later(20)
    story.does(FENNA, "assess", **an_assessment("high", reason="Het bestand bleek niet versleuteld."))
    clock = story.clock("notify-authority")
    assert story.run.state == "running" and story.run.finished_at is None and story.turn == "draft"
    assert story.subject.decision is None and story.subject.decided_at is None
    assert clock.state == "running" and clock.alarm_at == FRIDAY_EVENING + timedelta(days=3)
    story.does(FENNA, "draft", decision="notify", reason="Hoog risico.")
    story.does(BRAM, "approve", APPROVER, agrees=True)
    assert story.turn == "tell-people"


def test_a_higher_risk_undoes_the_approval_that_waited_for_submission():
    story = approved()
    story.does(FENNA, "assess", **an_assessment("high", reason="Ook medische gegevens."))
    assert story.turn == "draft"
    assert [row.state for row in story.run.steps if row.name == "submit"] == ["cancelled"]


def test_a_high_risk_starts_the_notice_before_the_submission():
    story = approved("high")
    assert story.turn == "tell-people"
    story.machine_does("tell-people")
    assert story.turn == "submit"


PROTECTED = {"people_exception": "protected", "people_reason": "Versleuteld.", "departure_reason": "Zie het bericht."}


@pytest.mark.parametrize(("financial_undertaking", "exception"), [(True, {}), (False, PROTECTED)])
def test_a_known_exception_of_article_34_starts_no_notice(financial_undertaking: bool, exception: dict[str, Any]):
    story = a_story(financial_undertaking=financial_undertaking)
    story.does(FENNA, "assess", **an_assessment("high", **exception))
    story.does(FENNA, "draft", decision="notify", reason="Hoog risico.")
    story.does(BRAM, "approve", APPROVER, agrees=True)
    assert story.turn == "submit"


def test_an_exception_to_telling_people_needs_its_reason():
    refused = refusal(a_story(), FENNA, "assess", **an_assessment("high", people_exception="protected"))
    assert (refused.key, refused.field) == ("field.reason_required", "people_reason")


@pytest.mark.parametrize("reason", [None, "", "   "])
def test_late_needs_its_reasons(reason: str | None):
    story = approved()
    late = story.subject.due_at
    values = {"submitted_at": late, "authority_number": NUMBER, "late_reason": reason}
    assert refusal(story, JORIS, "submit", **values).key == "submission.late_reason_required"
    story.does(JORIS, "submit", **values | {"late_reason": "De omvang werd pas maandag bekend."})
    assert story.run.state == "done" and story.subject.late_reason.startswith("De omvang")


def test_between_alarm_and_due_is_still_in_time_and_keeps_no_reason():
    story = approved()
    last = story.subject.due_at - timedelta(seconds=1)
    story.does(JORIS, "submit", submitted_at=last, authority_number=NUMBER, late_reason="Toch net op tijd.")
    assert story.subject.late_reason is None


def test_a_submission_before_awareness_is_refused():
    story = approved()
    before = FRIDAY_EVENING - timedelta(minutes=1)
    refused = refusal(story, JORIS, "submit", submitted_at=before, authority_number=NUMBER)
    assert refused.key == "submission.before_awareness"


@pytest.mark.parametrize(
    ("step", "values"), [("assess", {"risk": "high", "reason": "x"}), ("draft", {"decision": "notify", "reason": "x"})]
)
def test_what_was_submitted_stands(step: str, values: dict[str, str]):
    story = approved()
    story.does(JORIS, "submit", submitted_at=story.now, authority_number=NUMBER)
    with pytest.raises(Invalid, match=r"breach\.already_submitted"):
        story.does(FENNA, step, **values)
    assert story.subject.risk == "risk" and story.subject.decided_at is not None


def test_a_submission_is_recorded_once():
    story = approved()
    story.does(JORIS, "submit", submitted_at=story.now, authority_number=NUMBER)
    again = refusal(story, JORIS, "submit", submitted_at=story.now, authority_number="2")
    assert again.key == "step.already_done" and story.subject.authority_number == NUMBER


def test_a_machines_step_is_not_a_persons():
    story = approved("high")
    assert refusal(story, FENNA, "tell-people").key == "step.not_a_persons"

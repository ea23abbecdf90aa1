"""What is sent is what was approved: every column of a breach and of a notice, changed after the approval."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import inspect

from tenants.errors import Invalid
from tenants.history.entries import Actor
from tenants.register.breaches import Breach
from tenants.register.notices import Notice
from tests.factories import BRAM, FENNA, JORIS, NOTICE_TEXT, a_notice
from tests.workflows.story import Story, approved
from workflows.notice.bulk_notice import BULK_NOTICE
from workflows.notification.approved import OF_BREACH, OF_NOTICE

SENDER = Actor(UUID(int=4), "Anna")
FACTS = {"facts": {"nature": ["availability"]}, "people_min": 7, "people_max": 90_000, "financial_undertaking": True}
BESIDE_A_BREACH = {
    "organisation_id", "id", "created_at", "version", "reference", "origin", "processor_id", "processor_name",
    "escalation_id", "incident_id", "contacts", "acknowledged_at", "assessed_on", "decided_on", "decided_at", "seen_on",
    "approved_on", "sent_as", "prepared_by", "submitted_at", "authority_number", "late_reason",
    "questions_open", "people_estimate",
    "stated_aware_at", "stated_aware_how", "stated_by", "own_aware_reason", "own_aware_stated_at",
    "taken_over", "taken_over_file", "taken_over_key",
    "earliest_aware_at", "later_aware_at", "later_aware_reason", "later_aware_stated_at", "later_aware_by",
}  # fmt: skip
"""Where it came from, the approval itself, and what is written when it is sent: nothing that was approved.

Whether the number of people is an estimate is no fact of the law's rules: it asks for no new approval.
Whose word began the clock stands beside the moment itself, which is approved; a new word asks for a new approval.
"""
BESIDE_A_NOTICE = {
    "organisation_id", "id", "created_at", "version", "breach_id", "approved_at", "approved_on", "sent_at", "look_at",
    "prepared_by",
}  # fmt: skip


def columns(record: type) -> set[str]:
    return {column.key for column in inspect(record).columns}


def test_every_column_is_approved_or_is_said_not_to_be():
    """Whoever adds a column says on which side it is: a part of what is approved, or beside it."""
    for record, parts, beside in ((Breach, OF_BREACH, BESIDE_A_BREACH), (Notice, OF_NOTICE, BESIDE_A_NOTICE)):
        named = [name for names in parts.values() for name in names]
        assert len(named) == len(set(named))
        assert set(named) | beside == columns(record) and not set(named) & beside, record.__name__


def other(value: Any) -> Any:
    return value + timedelta(hours=1) if hasattr(value, "astimezone") else f"{value} en nog iets"


@pytest.mark.parametrize("name", [name for part, names in OF_BREACH.items() if part != "facts" for name in names])
def test_a_changed_column_of_a_breach_is_not_sent(name: str):
    story = approved()
    setattr(story.subject, name, other(getattr(story.subject, name)))
    with pytest.raises(Invalid) as refusal:
        story.does(JORIS, "submit", submitted_at=story.now, authority_number="AP-1")
    assert refusal.value.key == "submission.not_as_approved" and story.turn == "submit"


@pytest.mark.parametrize("name", OF_BREACH["facts"])
def test_a_fact_that_came_later_is_flagged_and_seen_first(name: str):
    story = approved()
    setattr(story.subject, name, FACTS[name])
    with pytest.raises(Invalid) as refusal:
        story.does(JORIS, "submit", submitted_at=story.now, authority_number="AP-1")
    assert refusal.value.key == "submission.see_changes_first"


@pytest.mark.parametrize("name", [name for names in OF_NOTICE.values() for name in names])
def test_a_changed_column_of_a_notice_is_not_sent(name: str):
    story = Story(BULK_NOTICE, a_notice())
    story.does(JORIS, "recipients", count=3)
    story.does(FENNA, "text", **NOTICE_TEXT)
    story.does(BRAM, "approve", "approver", agrees=True)
    setattr(story.subject, name, other(getattr(story.subject, name)))
    with pytest.raises(Invalid) as refusal:
        story.does(SENDER, "release", "handler")
    assert refusal.value.key == "notice.not_as_approved" and story.turn == "release"

"""What an office records about its calls and letters to a client."""

from datetime import datetime
from uuid import UUID

from tenants.history.entries import Actor
from workflows.escalation.conversations import Conversation, record_conversation


def record_call(escalation_id: UUID, at: datetime, how: str, by: Actor) -> None:
    """The client was told, by telephone or letter."""
    outcome = {"phone": "spoken", "letter": "letter"}[how]
    record_conversation(escalation_id, Conversation(outcome, at, "Anna"), by)

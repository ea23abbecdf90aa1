"""A message of one's own processor, passed on to one's own clients: what its form begins with, and where it leads."""

from typing import Any
from uuid import UUID

from service.admission.access import allowed
from service.typed.known import facts_known
from service.web.layout import standing
from tenants.errors import NotFound, OfOldRegister
from tenants.register.breaches import Breach, breach
from tenants.register.passed_on import passed_on_as
from workflows.escalation.incident import COPIED
from workflows.escalation.passing_on import FIELD, may_be_passed_on
from workflows.law.vocabulary import COUNTS

OF_ITS_OWN = frozenset({*COUNTS, "facts.financial_undertaking"})
"""Facts that every client has of its own."""


def known_of_message(asked: str) -> dict[str, Any]:
    """Return what an incident that passes on the breach with this id begins with; nothing for an id that is none.

    The office was informed when the message reached it, so that is since when it knows.
    """
    message = message_at(asked)
    if message is None:
        return {}
    facts = {name: value for name, value in facts_known(message).items() if name not in OF_ITS_OWN}
    return facts | {name: getattr(message, name) for name in COPIED if name != "facts"} | {FIELD: message.id}


def message_at(text: str) -> Breach | None:
    """Return the breach of the acting organisation with this id; None where there is none, or an old one."""
    try:
        return breach(UUID(text))
    except (ValueError, NotFound, OfOldRegister):
        return None


def passing_on_of(message: Breach) -> dict[str, Any]:
    """Return what the page of a breach says of passing it on: the incident that does it, or whether its reader may.

    Nothing for a breach of one's own, and where the organisation is no office.
    """
    if message.processor_id is None or not standing().is_office:
        return {"passed_on": None, "may_pass_on": False}
    passed_on = passed_on_as(message.id)
    may = passed_on is None and standing().is_admitted and allowed("record_incident") and may_be_passed_on(message.id)
    return {"passed_on": passed_on, "may_pass_on": may}

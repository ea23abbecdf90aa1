"""What the operator allows one organisation: mail that waits may go, more mail a day, links to its own pages.

Each takes an act of the operator (service/running/operator.py); its note stands in the organisation's history.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tenants.history.entries import SYSTEM, Entry, record
from tenants.isolation import acting_organisation
from tenants.organisations.verification import operator_note
from workflows.engine.hints import hint_after_commit
from workflows.mail.limits import allow_links, release_by_operator, widen


def let_mail_go(act: UUID) -> int:
    """Let mail go that waits about something, on the operator's act; return how many batches."""
    note, batches = operator_note(act), release_by_operator(act)
    _remember("mail.released", {"batches": batches}, note)
    hint_after_commit(acting_organisation())
    return batches


def widen_limit(act: UUID, kind: str, most: int) -> None:
    """Let the organisation send this many mails of a kind a day, on the operator's act."""
    note = operator_note(act)
    widen(act, kind, most)
    _remember("mail.limited", {"kind": kind, "most": most}, note)


def let_links_be(act: UUID, domains: list[str]) -> None:
    """Let links to these domains stay links in its mail; an empty list allows none. Raises Invalid when not verified.
    """
    note = operator_note(act)
    allow_links(act, domains)
    _remember("mail.links_allowed", {"domains": domains}, note)


def _remember(what: str, details: Mapping[str, Any], note: str) -> None:
    record([Entry("organisation", acting_organisation(), what, SYSTEM, dict(details), {"note": note})])

"""What changed in the subject of this address since the version that somebody looked at (If-Match, 412)."""

from uuid import UUID

from flask import request

from tenants.agreements.clients import client_of
from tenants.history.entries import History, of_subjects

SUBJECTS = ("breach_id", "notice_id", "agreement_id")
"""The parts of an address whose subject has a version."""


def changed_since(version: int | None) -> list[History]:
    """Return the entries since that version, oldest first; none when the version is not known."""
    named = request.view_args or {}
    name = next((name for name in SUBJECTS if name in named), None)
    if name is None or version is None:
        return []
    entries = of_subjects(_subjects(name, named[name]))
    return [entry for entry in entries if entry.version is not None and entry.version >= version]


def _subjects(name: str, about: UUID) -> list[UUID]:
    """Return the subject, and of a client all its agreements: they have one version together."""
    return [agreement.id for agreement in client_of(about).agreements] if name == "agreement_id" else [about]

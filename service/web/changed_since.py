"""What changed in the subject of this address since the version that somebody looked at (If-Match, 412)."""

from uuid import UUID

from flask import request

from tenants.history.entries import History, of_subject

SUBJECTS = ("breach_id", "notice_id")
"""The parts of an address whose subject has a version."""


def changed_since(version: int | None) -> list[History]:
    """Return the entries since that version, oldest first; none when the version is not known."""
    named = request.view_args or {}
    about: UUID | None = next((named[name] for name in SUBJECTS if name in named), None)
    if about is None or version is None:
        return []
    return [entry for entry in of_subject(about) if entry.version is not None and entry.version >= version]

"""What happened to what this address is about, since the version that somebody looked at (If-Match, 412)."""

from uuid import UUID

from flask import request

from tenants.history.entries import History, of_subject

SUBJECTS = ("breach_id", "notice_id")
"""The parts of an address whose subject has a version."""


def changed_since(version: int | None) -> list[History]:
    """The entries that made other versions of it, oldest first; none when nobody can say what was looked at."""
    named = request.view_args or {}
    about: UUID | None = next((named[name] for name in SUBJECTS if name in named), None)
    if about is None or version is None:
        return []
    return [entry for entry in of_subject(about) if entry.version is not None and entry.version >= version]

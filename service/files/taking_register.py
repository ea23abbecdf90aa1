"""A file becomes breaches of an old register (Art. 33(5)): no clock, no mail and no step comes of them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.files.taken import Taken
from service.reading.registers import DAYS
from tenants.files.uploaded import UploadedFile
from tenants.history.entries import Actor
from workflows.notification.taking_over import OldBreach, take_back, take_over


def take(taken: Taken) -> dict[str, Any]:
    """Take the breaches over that the register does not know by their numbers yet."""
    breaches = (OldBreach(row=row, **_with_days(values)) for row, values in taken.items())
    result = take_over(breaches, taken.file.id, taken.hash, taken.by)
    return {"new": result.new, "known": result.known}


def undo(file: UploadedFile, by: Actor) -> None:
    """Remove the breaches of this file. Raises Invalid when another file came later, or something rests on one."""
    take_back(file.id, by)


def _with_days(values: Mapping[str, Any]) -> dict[str, Any]:
    days = {name: date.fromisoformat(values[name]) for name in DAYS if values[name]}
    return {**values, **days}

"""A file becomes breaches of an old register (Art. 33(5)): no clock, no mail and no step comes of them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.files.taken import Taken
from service.reading.registers import DAYS
from tenants.files.parts import ITEMS, all_rows
from tenants.files.uploaded import UploadedFile
from tenants.history.entries import Actor
from tenants.register.taken_over import let_one_at_a_time
from workflows.notification.taking_over import HereAlready, OldBreach, here_already, take_back, take_over


def known_in(file: UploadedFile) -> HereAlready:
    """Return how many breaches of a file the register knows already, how many only look so, and which rows are equal.
    """
    return here_already(_breach(row, values) for row, values in all_rows(file.id, ITEMS))


def take(taken: Taken) -> dict[str, Any]:
    """Take the breaches over that the register does not know yet."""
    # Of two people with the same file the second one sees what the first one took over.
    let_one_at_a_time()
    here = known_in(taken.file)
    breaches = (_breach(row, values) for row, values in taken.items())
    result = take_over(breaches, taken.file.id, taken.hash, taken.by, taken.as_told())
    return {"new": result.new, "known": here.known, "alike": here.alike, "equal": len(here.equal)}


def undo(file: UploadedFile, by: Actor) -> None:
    """Remove the breaches of this file. Raises Invalid when another file came later, or something rests on one."""
    take_back(file.id, by)


def _breach(row: int, values: Mapping[str, Any]) -> OldBreach:
    days = {name: date.fromisoformat(values[name]) for name in DAYS if values[name]}
    return OldBreach(row=row, **{**values, **days})

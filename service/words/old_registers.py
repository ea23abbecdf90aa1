"""What an old register said about a breach, in words: for its page, the file of the register and the evidence."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

Words = Callable[..., str]
DAYS = ("began_on", "discovered_on", "reported_on")
ANSWERS = ("reported_to_ap", "people_told")
SHOWN = (
    "old_reference", *(f"old_{name}" for name in (*DAYS, *ANSWERS)), "old_nature", "old_kinds_of_data",
    "old_reason", "old_file", "old_row",
)  # fmt: skip
"""The columns of a file that hold it, empty for a breach that was not taken over."""


def with_old(row: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Return the row of a breach with the columns that say what its old register said. Days are written as 2023-12-27.

    `words`: the function from key to text.
    """
    said: Mapping[str, Any] = row["taken_over"] or {}
    return {**row, **{name: _cell(name.removeprefix("old_"), said, words) for name in SHOWN}}


def day_of(said: Mapping[str, Any]) -> date | None:
    """Return the day under which it is listed; None when its register had none."""
    days = (said["discovered_on"], said["began_on"], said["reported_on"])
    return next((date.fromisoformat(day) for day in days if day), None)


def _cell(name: str, said: Mapping[str, Any], words: Words) -> Any:
    value = said.get(name)
    if name in ANSWERS and value is not None:
        return words(f"labels.old_answer.{value}")
    return value

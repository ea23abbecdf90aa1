"""What an old register says of the days of a breach, and whether and when the AP was told: in one column or in two."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from service.reading.fields import OF_AP
from service.reading.heading_words import says
from service.reading.outcome import Wrong
from service.reading.purposes import RowReader
from service.reading.values.answer import answer_in, behind_answer
from service.reading.values.choice import NO, NOT_APPLICABLE, YES, choice_in
from service.reading.values.day import Day
from service.reading.values.day_of_moment import day_of
from service.reading.values.day_order import DAY_FIRST
from service.reading.values.no_value import NONE

NOT_REPORTED = (NO, NOT_APPLICABLE)
NO_DAY = frozenset({"file.day_unreadable", "file.day_not_applicable"})
"""What is wrong with a text that is not written as a day."""


@dataclass(frozen=True)
class Reported:
    """Whether the AP was told, and on which day where the same cell says it."""

    answer: str
    on: date | None = None


def day_at(reader: RowReader, row: int, name: str, used: Mapping[int, str]) -> date | Wrong | None:
    """Return the day of a field, in the order of its column; Wrong when that was noted as a fault."""
    order = reader.orders.get(reader.first(name, used)[0], DAY_FIRST)
    day = reader.value(row, name, used, lambda cell: day_of(cell, order))
    return day if isinstance(day, Wrong) else reader.in_future(row, name, used, day.on) or day.on


def told_in(cell: str) -> str | Wrong:
    """Return whether people were told: a day says that they were."""
    choice = answer_in(cell)
    day = day_of(cell) if isinstance(choice, Wrong) else None
    return YES if isinstance(day, Day) and day.on else choice


def reported_in(cell: str, order: str = DAY_FIRST) -> Reported | Wrong:
    """Return whether the AP was told, and when: "ja, 13-03-2024" and a day alone say both. The day is kept too, so one
    that is wrong, or can be read in two ways, is wrong here."""
    choice = answer_in(cell)
    if not isinstance(choice, Wrong):
        return Reported(choice)
    day = day_of(behind_answer(cell), order)
    if isinstance(day, Day):
        return Reported(YES, day.on) if day.on else choice
    return choice if day.key in NO_DAY else day


def reported_of(reader: RowReader, row: int, used: Mapping[int, str], is_ours: bool) -> dict[str, Any]:
    """Return whether, and on which day, a breach was reported to the AP; Wrong where that was noted as a fault.

    A day under the name of the AP says both. An answer and a day that contradict each other are a fault; not in a file
    of ours (`is_ours`), which says what was taken over before.
    """
    order = reader.orders.get(reader.first("reported_to_ap", used)[0], DAY_FIRST)
    said = reader.value(row, "reported_to_ap", used, lambda cell: reported_in(cell, order))
    said = said if isinstance(said, Wrong) else reader.in_future(row, "reported_to_ap", used, said.on) or said
    on = _reported_on(reader, row, used, said)
    if isinstance(said, Wrong) or isinstance(on, Wrong):
        return {"reported_on": on, "reported_to_ap": said}
    wrong = None if is_ours else _contradiction(reader, row, used, said, on)
    return {"reported_on": wrong or on or said.on, "reported_to_ap": _answer(reader, used, said, on)}


def _reported_on(reader: RowReader, row: int, used: Mapping[int, str], said: Reported | Wrong) -> date | Wrong | None:
    """Return the day of its own column. Where the AP was not told, words for "none" and "n/a" stand for no day."""
    cell = reader.first("reported_on", used)[1]
    is_none = cell.casefold() in NONE or choice_in(cell) in NOT_REPORTED
    if is_none and isinstance(said, Reported) and said.answer in NOT_REPORTED:
        return None
    return day_at(reader, row, "reported_on", used)


def _contradiction(
    reader: RowReader, row: int, used: Mapping[int, str], said: Reported, on: date | None
) -> Wrong | None:  # fmt: skip
    """Return what contradicts a day, which is noted: that the AP was not told, or was told on another day."""
    if on is None or not (said.answer in NOT_REPORTED or (said.on and said.on != on)):
        return None
    place, cell = reader.first("reported_on", used)
    of_answer, answer = reader.first("reported_to_ap", used)
    values = {"value": cell[:40], "answer": answer[:40], "answered": reader.columns.heading(of_answer)}
    wrong = Wrong("file.reported_contradicts", "", values)
    reader.fault(row, place, cell, wrong)
    return wrong


def _answer(reader: RowReader, used: Mapping[int, str], said: Reported, on: date | None) -> str:
    place = reader.first("reported_on", used)[0]
    is_told = on and not reader.first("reported_to_ap", used)[1] and says(reader.columns.heading(place), OF_AP)
    return YES if is_told else said.answer

"""How many people a row says: in one cell, or the least and the most in a cell each."""

from collections.abc import Mapping
from dataclasses import replace

from service.reading.outcome import Wrong
from service.reading.purposes import RowReader
from service.reading.values.answer import answer_in
from service.reading.values.choice import YES
from service.reading.values.no_value import UNCLEAR
from service.reading.values.people import People, end_in, people_in
from tenants.lines import one_line

COUNTS = ("people", "people_min", "people_max")


def people_of(reader: RowReader, row: int, used: Mapping[int, str]) -> People | Wrong:
    """Return how many people the used cells of a row say; Wrong when that was noted as a fault. A column of its own
    may say that the number is an estimate. A row that says that it is unclear is kept in `reader.unclear`: the number
    is not known, and a person is told so."""
    people = _counted(reader, row, used)
    if any(one_line(reader.first(name, used)[1]).casefold() in UNCLEAR for name in COUNTS):
        reader.unclear.append(row)
    if isinstance(people, Wrong) or people == People() or not reader.first("estimate", used)[1]:
        return people
    said = reader.value(row, "estimate", used, answer_in)
    return said if isinstance(said, Wrong) else replace(people, is_estimate=people.is_estimate or said == YES)


def _counted(reader: RowReader, row: int, used: Mapping[int, str]) -> People | Wrong:
    ends = [reader.first(name, used)[1] for name in ("people_min", "people_max")]
    if not any(ends):
        people: People | Wrong = reader.value(row, "people", used, people_in)
        return people
    place, cell = reader.first("people", used)
    if cell:
        return _noted(reader, row, place, cell, Wrong("file.people_twice"))
    least = reader.value(row, "people_min", used, end_in)
    most = reader.value(row, "people_max", used, end_in)
    if isinstance(least, Wrong) or isinstance(most, Wrong):
        return least if isinstance(least, Wrong) else most
    if least is not None and most is not None and least > most:
        wrong = Wrong("fact.people_reversed", f"{most}-{least}")
        return _noted(reader, row, reader.first("people_min", used)[0], ends[0], wrong)
    return People(least, most)


def _noted(reader: RowReader, row: int, place: int, cell: str, wrong: Wrong) -> Wrong:
    reader.fault(row, place, cell, wrong)
    return wrong

"""A file becomes clients with their agreements: those that the office does not have yet, by the rules of the form."""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from service.files.cells_shown import fault_to_keep
from service.files.receiving import as_json
from service.files.said_of_all import Refused, refused_with
from service.files.taken import Taken
from service.reading.outcome import Fault
from service.schemas.clients_from_file import CheckedClients, ForClients, at_rows, check_clients
from tenants.errors import Invalid, ManyInvalid
from tenants.files.parts import FAULTS, all_rows, end_parts, keep_rows
from tenants.files.uploaded import UploadedFile
from tenants.history.entries import Actor
from tenants.isolation import database_now
from workflows.agreements import clients_of_file
from workflows.law.periods import AMSTERDAM

MOST_TOLD = 100


def take(taken: Taken) -> dict[str, Any]:
    """Register the clients of the rows that fit. Raises ManyInvalid with all that is wrong: what lacks at the answer
    for all clients, other faults at their rows, until somebody says that those rows are left out; and with clients that
    are like others until somebody says that they are others."""
    answers = taken.taking.answers or ForClients(None, None, None)
    headings, rows = _headings(taken.file), [(row, values) for row, values in taken.items()]
    checked = check_clients(rows, answers, headings)
    is_left_out = answers.leave_out and bool(checked.new or checked.known_again)
    today = database_now().astimezone(AMSTERDAM).date()
    refused = Refused((), (), checked.doubles) if is_left_out else refused_with(checked, rows, answers, today, headings)
    _refuse([
        *refused.unanswered, *_at_rows(refused.faults, "answers.leave_out"), *_offered(refused, checked),
        *_at_rows(() if answers.confirmed_doubles else refused.doubles, "answers.confirmed_doubles"),
    ])  # fmt: skip
    left = len({fault.row for fault in checked.faults})
    registered = _register(taken, checked, answers.confirmed_doubles, headings, left)
    _tell_too(taken.file, checked.faults)
    return {"new": registered, "known": len(checked.known_again), "left": left}


def undo(file: UploadedFile, by: Actor) -> None:
    """Withdraw the clients of this file. Raises ManyInvalid with those on which something rests."""
    clients_of_file.take_back(file.id, file.hash.hex(), by)


def _tell_too(file: UploadedFile, faults: Sequence[Fault]) -> None:
    """Keep what is wrong with rows that fitted beside the faults of the others, by row: they can be had as one file."""
    if faults:
        every = sorted([*all_rows(file.id, FAULTS), *map(fault_to_keep, faults)], key=itemgetter("row"))
        end_parts(file.id, FAULTS)
        keep_rows(file.id, FAULTS, every, as_json)


def _register(
    taken: Taken, checked: CheckedClients, is_confirmed: bool, headings: dict[str, str], left: int
) -> int:  # fmt: skip
    try:
        return clients_of_file.take(
            checked.clients, taken.file.id, taken.hash, is_confirmed, taken.by, taken.as_told(left)
        )
    except ManyInvalid as refused:
        _refuse(_at_rows(at_rows(refused.faults, checked.new, headings), "take"))
        raise


def _refuse(faults: Iterable[Invalid]) -> None:
    if listed := list(faults):
        raise ManyInvalid(listed)


def _offered(refused: Refused, checked: CheckedClients) -> list[Invalid]:
    """Return the fault that offers to leave rows out, where only an answer lacks and other rows have it themselves."""
    rows_fit = bool(checked.new or checked.known_again)
    return [Invalid("file.lacking_left_out", "answers.leave_out")] if refused.unanswered and rows_fit else []


def _at_rows(faults: Sequence[Fault], field: str) -> Iterable[Invalid]:
    return (Invalid(fault.key, field, **{**fault.values, "line": fault.row}) for fault in faults[:MOST_TOLD])


def _headings(file: UploadedFile) -> dict[str, str]:
    """Return the heading of each field's first column."""
    headings: dict[str, str] = {}
    for column in file.words["reading"]["columns"]:
        if column["field"]:
            headings.setdefault(column["field"], column["heading"])
    return headings

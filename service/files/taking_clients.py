"""A file becomes clients with their agreements: those that the office does not have yet, by the rules of the form."""

from collections.abc import Iterable, Sequence
from typing import Any

from service.files.taken import Taken
from service.reading.outcome import Fault
from service.schemas.clients_from_file import CheckedClients, ForClients, at_rows, check_clients, refuse_unanswered
from tenants.errors import Invalid, ManyInvalid
from tenants.files.uploaded import UploadedFile
from tenants.history.entries import Actor
from workflows.agreements import clients_of_file

MOST_TOLD = 100


def take(taken: Taken) -> dict[str, Any]:
    """Register the clients of the rows that fit. Raises ManyInvalid with what is wrong at its row, until somebody says
    that those rows are left out, and with clients that are like others until somebody says that they are others."""
    answers = taken.taking.answers or ForClients(None, None, None)
    headings = _headings(taken.file)
    checked = check_clients(((row, values) for row, values in taken.items()), answers, headings)
    refuse_unanswered(checked.faults)
    if not answers.leave_out or not (checked.new or checked.known_again):
        _refuse(checked.faults, "answers.leave_out")
    if not answers.confirmed_doubles:
        _refuse(checked.doubles, "answers.confirmed_doubles")
    registered = _register(taken, checked, answers.confirmed_doubles, headings)
    return {"new": registered, "known": len(checked.known_again), "left": len({fault.row for fault in checked.faults})}


def undo(file: UploadedFile, by: Actor) -> None:
    """Withdraw the clients of this file. Raises ManyInvalid with those on which something rests."""
    clients_of_file.take_back(file.id, file.hash.hex(), by)


def _register(taken: Taken, checked: CheckedClients, is_confirmed: bool, headings: dict[str, str]) -> int:
    try:
        return clients_of_file.take(
            checked.clients, taken.file.id, taken.hash, is_confirmed, taken.by, taken.accepted
        )
    except ManyInvalid as refused:
        _refuse(at_rows(refused.faults, checked.new, headings), "take")
        raise


def _refuse(faults: Sequence[Fault], field: str) -> None:
    if faults:
        raise ManyInvalid(list(_refusals(faults[:MOST_TOLD], field)))


def _refusals(faults: Iterable[Fault], field: str) -> Iterable[Invalid]:
    return (Invalid(fault.key, field, **{**fault.values, "line": fault.row}) for fault in faults)


def _headings(file: UploadedFile) -> dict[str, str]:
    """Return the heading of each field's first column."""
    headings: dict[str, str] = {}
    for column in file.words["reading"]["columns"]:
        if column["field"]:
            headings.setdefault(column["field"], column["heading"])
    return headings

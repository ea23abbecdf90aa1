"""A file is taken: all of it, or what fits of it. Then nothing is left of it but its name, what came of it, and for a
day the rows that did not fit."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from service.files import taking_clients, taking_hits, taking_recipients, taking_register
from service.files.faults_csv import keep_faults
from service.files.proposals import accepted_rows
from service.files.purposes import CLIENTS, HITS, RECIPIENTS, REGISTER
from service.files.taken import Taken
from service.files.taking_recipients import Compared
from service.schemas.second_list import REPLACE
from service.schemas.uploaded_file import ALL, Taking
from tenants.errors import Invalid
from tenants.files.accepted import details_of
from tenants.files.parts import BEFORE, CONTENT, ITEMS, all_rows, end_parts
from tenants.files.uploaded import TAKEN, UNDONE, WAITING, UploadedFile, taken_files, uploaded_file, waiting_file
from tenants.history.entries import Actor
from tenants.register.notices import Notice
from workflows.agreements import clients_of_file
from workflows.notification import taking_over
from workflows.notification.taking_over import HereAlready

TAKES: Mapping[str, Callable[[Taken], dict[str, Any]]] = {
    RECIPIENTS: taking_recipients.take, HITS: taking_hits.take, CLIENTS: taking_clients.take,
    REGISTER: taking_register.take,
}  # fmt: skip
"""What each purpose does with the items of a file. It returns what came of it, in counts and words of our own."""
UNDOES: Mapping[str, Callable[[UploadedFile, Actor], None]] = {
    RECIPIENTS: taking_recipients.undo, HITS: taking_hits.undo, CLIENTS: taking_clients.undo,
    REGISTER: taking_register.undo,
}  # fmt: skip
HOLDS: Mapping[str, Callable[[UploadedFile], list[Invalid]]] = {
    RECIPIENTS: taking_recipients.held_back, HITS: taking_hits.held_back,
    CLIENTS: lambda file: clients_of_file.held_back(file.id),
    REGISTER: lambda file: taking_over.held_back(file.id),
}  # fmt: skip
"""Why what came of a file of each purpose cannot be taken back now: the same that `UNDOES` refuses."""
MOST_OF_A_LIST = 100
"""How many files are looked at for those that made a list."""
KEEPS_ITEMS = frozenset({HITS})
"""Purposes whose rows wait for something else after they were taken."""


def compared_with(file: UploadedFile) -> Compared | None:
    """Return how a file that waits relates to the list that is there; None where there is no such list."""
    is_list = file.purpose == RECIPIENTS and file.state == WAITING
    return taking_recipients.compared(file) if is_list else None


def known_in(file: UploadedFile) -> HereAlready | None:
    """Return how many breaches of an old register are here already, or look so; None for a file for another purpose."""
    return taking_register.known_in(file) if file.purpose == REGISTER and file.state == WAITING else None


def files_of_list(row: Notice) -> list[UploadedFile]:
    """Return the files that made the list of a notice as it is now, the last one first, until it is approved; none of a
    list that was typed over."""
    taken = taken_files(RECIPIENTS, row.id, MOST_OF_A_LIST) if row.approved_at is None else []
    if not taken:
        return []
    by_list = {taking_recipients.list_made(file): file for file in reversed(taken)}
    made, digest = list[UploadedFile](), row.list_digest()
    while file := by_list.pop(digest, None):
        made.append(file)
        result = file.result or {}
        digest = result.get("before") if result.get("how") != REPLACE else None
    return made


def take(file_id: UUID, taking: Taking, by: Actor, version: int | None = None) -> UploadedFile:
    """Keep the rows of a file, once. `version`: the version of the file that was looked at.

    Raises AlreadyDone, OutOfDate, and Invalid while nobody said which column is which, for a file with faults of which
    all is to be taken, and for one of which nothing fits.
    """
    file = waiting_file(file_id, version)
    words = file.words
    reading = words["reading"]
    if not file.is_confirmed:
        raise Invalid("file.columns_first")
    if taking.take == ALL and reading["faults"]:
        raise Invalid("file.has_faults", "take", count=reading["faults"])
    if not reading["fits"]:
        raise Invalid("file.nothing_fits", "take")
    accepted = accepted_rows(file)
    result = TAKES[file.purpose](Taken(file, lambda: all_rows(file.id, ITEMS), taking, by, accepted))
    result |= details_of(accepted)
    result["wrong_rows"] = keep_faults(file)
    file.keep_words({"name": words["name"]})
    end_parts(file.id, *(() if file.purpose in KEEPS_ITEMS else (ITEMS,)))
    file.end(TAKEN, {"rows": reading["rows"], "fits": reading["fits"], **result})
    return file


def added_nothing(file: UploadedFile) -> bool:
    """Return whether a file that was taken added nothing, because all of it was here already."""
    return (file.result or {}).get("new") == 0


def held_back(file: UploadedFile) -> list[Invalid]:
    """Return why a file that was taken cannot be taken back now; none where it can, and for another file."""
    if file.state != TAKEN:
        return []
    return [Invalid("file.added_nothing")] if added_nothing(file) else HOLDS[file.purpose](file)


def undo(file_id: UUID, by: Actor) -> UploadedFile:
    """Take back what came of a file. Raises NotFound, and Invalid when it added nothing or something rests on it."""
    file = uploaded_file(file_id, lock=True)
    if file.state != TAKEN:
        raise Invalid("file.not_taken", list=file.words["name"])
    if added_nothing(file):
        raise Invalid("file.added_nothing")
    UNDOES[file.purpose](file, by)
    end_parts(file.id, BEFORE, CONTENT)
    file.end(UNDONE, file.result or {})
    return file

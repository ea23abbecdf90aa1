"""Clients that were hit, taken from a file: they wait for the incident that is recorded with them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenants.errors import Invalid, NotFound
from tenants.files.parts import ITEMS, all_rows, end_parts
from tenants.files.taken_file import rows_of
from tenants.files.uploaded import TAKEN, WAITING, UploadedFile, uploaded_file

PURPOSE, INCIDENT = "hits", "incident"


def hits_in(file_id: UUID) -> tuple[str, list[Any]]:
    """Return the name of a file that was taken, and its clients, as [row, values]. Raises NotFound, and Invalid for a
    file that was not taken, or that an incident was recorded with."""
    file = _taken(file_id)
    return file.words["name"], list(all_rows(file.id, ITEMS))


def hits_file(file_id: str) -> UploadedFile | None:
    """Return the list of clients with this id that a form names, waiting or taken; None when there is none."""
    try:
        file = uploaded_file(UUID(file_id))
    except (ValueError, NotFound):
        return None
    return file if file.purpose == PURPOSE and file.state in (WAITING, TAKEN) else None


@dataclass(frozen=True)
class UsedHits:
    """A file that an incident was recorded with: its SHA-256 in hexadecimals, how many proposals were accepted in place
    of what it said, how many rows it had, and how many of these did not fit."""

    hash: str
    accepted: int
    rows: int
    wrong_rows: int


def use_hits(file_id: UUID, incident_id: UUID) -> UsedHits:
    """Say that this incident was recorded with the clients of a file, and return which it is. Its rows end. Raises as
    `hits_in`."""
    file = _taken(file_id, lock=True)
    before = file.result or {}
    file.result = {**before, INCIDENT: str(incident_id)}
    end_parts(file.id, ITEMS)
    return UsedHits(file.hash.hex(), before.get("accepted", 0), **rows_of(before))


def _taken(file_id: UUID, lock: bool = False) -> UploadedFile:
    file = uploaded_file(file_id, lock=lock)
    if file.purpose != PURPOSE or file.state != TAKEN:
        raise Invalid("file.not_taken", "clients_files", list=file.words["name"])
    if INCIDENT in (file.result or {}):
        raise Invalid("file.used_already", "clients_files", list=file.words["name"])
    return file

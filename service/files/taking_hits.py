"""A file becomes the clients of an incident: they wait for the incident that is recorded with them."""

from typing import Any

from service.files.taken import Taken
from tenants.errors import Invalid
from tenants.files.parts import ITEMS, end_parts
from tenants.files.taken_hits import INCIDENT
from tenants.files.uploaded import UploadedFile
from tenants.history.entries import Actor


def take(taken: Taken) -> dict[str, Any]:
    """Let the rows wait for their incident."""
    return {"clients": taken.file.words["reading"]["fits"]}


def held_back(file: UploadedFile) -> list[Invalid]:
    """Return why the rows cannot go: an incident was recorded with them."""
    return [Invalid("file.used_already", list=file.words["name"])] if INCIDENT in (file.result or {}) else []


def undo(file: UploadedFile, by: Actor) -> None:
    """Let the rows go. Raises Invalid when an incident was recorded with them."""
    if faults := held_back(file):
        raise faults[0]
    end_parts(file.id, ITEMS)

"""The four purposes of a file: who may bring one in, what it is about, and how many rows it may have."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from service.admission.access import actor_for, place, refusal_of
from service.reading.values.client_number import Known
from tenants.agreements.client_list import my_client_names
from tenants.errors import Invalid
from tenants.files.uploaded import UploadedFile, uploaded_file
from tenants.history.entries import Actor
from tenants.register.notices import notice

RECIPIENTS, CLIENTS, HITS, REGISTER = "recipients", "clients", "hits", "register"


@dataclass(frozen=True)
class Purpose:
    """What a file is brought in for. `act`: of workflows/roles.py. `most`: rows."""

    act: str
    most: int


PURPOSES: Mapping[str, Purpose] = {
    RECIPIENTS: Purpose("recipients", 100_000), CLIENTS: Purpose("register_clients", 10_000),
    HITS: Purpose("record_incident", 20_000), REGISTER: Purpose("take_over_register", 20_000),
}  # fmt: skip


def actor_of(purpose: str) -> Actor:
    """Return who brings in a file for this purpose. Raises NotAllowed when their role or token is not enough."""
    act = PURPOSES[purpose].act
    by = actor_for(act)
    if by is None:
        raise refusal_of(place(), act)
    return by


def brought_file(file_id: UUID) -> UploadedFile:
    """Return the file, for who may bring in one for its purpose. Raises NotFound, NotAllowed."""
    file = uploaded_file(file_id)
    actor_of(file.purpose)
    return file


def refuse_other_subject(purpose: str, about_id: UUID | None) -> None:
    """Refuse a list of people that says not for which notice it is, and another file that names one. Raises Invalid,
    and NotFound for a notice of another organisation."""
    if (purpose == RECIPIENTS) != (about_id is not None):
        raise Invalid("file.about_notice" if purpose == RECIPIENTS else "file.about_nothing", "notice_id")
    if about_id is not None:
        notice(about_id)


def refuse_approved(about_id: UUID | None) -> None:
    """Raise Invalid for a notice that was approved: its list stays as it is, unless it is sent back."""
    if about_id is not None and notice(about_id).approved_at is not None:
        raise Invalid("notice.already_approved", "file")


def known_numbers(purpose: str) -> Known | None:
    """Return the client numbers and names of this office, by which clients that were hit are known; None for other
    purposes."""
    names = my_client_names() if purpose == HITS else {}
    return Known(names, names) if purpose == HITS else None

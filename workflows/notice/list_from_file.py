"""The list of a notice comes from a file (Art. 34(1)): the history keeps the file's hash, and it can be undone until
something rests on it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from tenants.errors import Invalid
from tenants.files.taken_file import OF_NO_FILE, TakenFile
from tenants.history.entries import Actor, Entry, record
from tenants.register.notices import notice
from workflows.mail.batches import Addressee, sums
from workflows.mail.unmailed import Unmailed
from workflows.notice.bulk_notice import take_back_recipients, upload_recipients

TAKEN, TAKEN_BACK = "notice.list_from_file", "notice.list_taken_back"


def take_list(
    notice_id: UUID, people: Iterable[Addressee | Unmailed], how: str, file_hash: str, by: Actor,
    file: TakenFile = OF_NO_FILE,
) -> dict[str, Any]:  # fmt: skip
    """Make these people the list, and record of which file. `how`: "replace", "add" or "take_away"; `file_hash`: its
    SHA-256; `file`: what the history keeps of it. `people` may be longer than memory, when they can be read anew.
    Returns the digest of the list and how many people are on it. Raises as the step does.
    """
    upload_recipients(notice_id, people, by, str(by.role))
    count = listed(notice_id)
    details = {"hash": file_hash, "how": how, "people": count, **file.details}
    record([Entry("notice", notice_id, TAKEN, by, details, file.personal)])
    return {"how": how, "people": count, "list": notice(notice_id).list_digest()}


def held_back(notice_id: UUID, list_digest: str) -> list[Invalid]:
    """Return why the list that a file made, with this digest, cannot be undone: it was approved, or is another one."""
    about = notice(notice_id)
    if about.approved_at is not None:
        return [Invalid("notice.already_approved")]
    return [Invalid("file.list_changed")] if about.list_digest() != list_digest else []


def take_back_list(
    notice_id: UUID, before: Iterable[Addressee | Unmailed], list_digest: str, file_hash: str, by: Actor,
    file: TakenFile = OF_NO_FILE,
) -> None:  # fmt: skip
    """Put back the list of before; a blank one opens the step again. `file_hash`: the SHA-256 of the file that is
    undone, for the history, and `file`: what it keeps of it. Raises Invalid when the list is not the one with this
    digest any more, or was approved: then the people of before are gone."""
    if faults := held_back(notice_id, list_digest):
        raise faults[0]
    if next(iter(before), None):
        upload_recipients(notice_id, before, by, str(by.role))
    else:
        take_back_recipients(notice_id, by, str(by.role))
    details = {"hash": file_hash, "people": listed(notice_id), **file.details}
    record([Entry("notice", notice_id, TAKEN_BACK, by, details, file.personal)])


def listed(notice_id: UUID) -> int:
    """Return how many people are on a notice's list."""
    return sum(sums(notice_id, "notice").values())

"""The clients of an incident as a file, or as pasted rows: it is read and looked at before the form goes on.

The form is kept as its sender's draft meanwhile, with the id of the file in it.
"""

from dataclasses import dataclass
from uuid import UUID

from flask import request
from werkzeug.datastructures import FileStorage

from service.admission.access import actor, user
from service.admission.sent_forms import DRAFT_ID, DRAFT_NUMBER
from service.files.purposes import HITS
from service.files.receiving import Upload, receive, upload_of
from service.web.drafts import page_typed, to_keep
from service.web.forms import Form
from service.words.texts import t
from tenants.errors import NotFound
from tenants.files.uploaded import TAKEN, WAITING, UploadedFile, uploaded_file
from tenants.form_drafts import About, DraftEnded, DraftsFull, DraftTooLarge, save_draft

LIST, LIST_FILE, FILE, DROP = "clients_list", "clients_list_file", "clients_file", "drop_list"
"""The fields of the form: pasted rows, a file, the id of a file that was read, and the button that lets it go."""


@dataclass(frozen=True)
class ListOnPage:
    """The list of clients that a form of an incident goes with: its name, and how many clients were taken of it."""

    file: UploadedFile
    name: str

    @property
    def is_waiting(self) -> bool:
        """Whether somebody is to look at it first."""
        return self.file.state == WAITING

    @property
    def clients(self) -> int:
        """How many clients were taken; 0 while somebody is to look at the list."""
        clients: int = (self.file.result or {}).get("clients", 0)
        return clients


def brings_list(form: Form) -> bool:
    """Return whether the sender chose a file with clients, or pasted rows."""
    return bool(_chosen() or form.value(LIST).strip())


def take_in_list(form: Form) -> UploadedFile | None:
    """Read the list that comes with the form, and put its id into the form; None when it cannot be read, which is a
    fault of the form."""
    file = _chosen()
    at = LIST_FILE if file else LIST
    before = len(form.faults)
    received = form.attempt(lambda: receive(_upload(file, form.value(LIST)), HITS, None, actor()))
    for fault in form.faults[before:]:
        fault["field"] = at
    if received is not None:
        form.typed[FILE], form.typed[LIST] = str(received.id), ""
    return received


def keep_form(form: Form) -> bool:
    """Keep the form as its sender's draft; return whether there was room for it."""
    page = page_typed(form.typed)
    try:
        saved = save_draft(About(user().id, "incident"), page, to_keep(form.typed))
    except (DraftEnded, DraftsFull, DraftTooLarge):
        return False
    form.typed[DRAFT_ID], form.typed[DRAFT_NUMBER] = str(saved.draft_id), str(saved.number)
    return True


def list_on_page(form: Form) -> ListOnPage | None:
    """Return the list that the form goes with. One that is gone, or that was let go, is left out of the form."""
    if DROP in form.typed:
        form.typed[FILE] = ""
    try:
        file = uploaded_file(UUID(form.value(FILE)))
    except (ValueError, NotFound):
        form.typed.pop(FILE, None)
        return None
    is_ours = file.purpose == HITS and file.state in (WAITING, TAKEN)
    return ListOnPage(file, file.words["name"]) if is_ours else None


def _upload(file: FileStorage | None, pasted: str) -> Upload:
    return upload_of(file) if file else Upload(t("files.pasted_name"), pasted.encode("utf-8", "replace"))


def _chosen() -> FileStorage | None:
    file = request.files.get(LIST_FILE)
    return file if file and file.filename else None

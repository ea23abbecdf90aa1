"""The clients of an incident as a file, or as pasted rows: it is read and looked at before the form goes on.

The form is kept as its sender's draft meanwhile, with the id of the file in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import request, url_for
from werkzeug.datastructures import FileStorage

from service.admission.access import actor, place, user
from service.admission.sent_forms import DRAFT_ID, DRAFT_NUMBER
from service.files.purposes import HITS
from service.files.receiving import Upload, pasted_as_file, receive, upload_of
from service.web.drafts import page_typed, to_keep
from service.web.forms import Form
from tenants.files.taken_file import rows_of
from tenants.files.taken_hits import hits_file
from tenants.files.uploaded import WAITING, UploadedFile
from tenants.form_drafts import About, DraftEnded, DraftsFull, DraftTooLarge, save_draft
from tenants.isolation import database_now

LIST, LIST_FILE, FILES, DROP = "clients_list", "clients_list_file", "clients_files", "drop_list"
"""The fields of the form: pasted rows, a file, the ids of files that were read, and the button that lets one go."""


@dataclass(frozen=True)
class ListOnPage:
    """A list of clients that a form of an incident goes with: its name, and how many clients were taken of it."""

    file: UploadedFile
    name: str

    @property
    def is_waiting(self) -> bool:
        """Whether somebody is to look at it first."""
        return self.file.state == WAITING

    @property
    def page_at(self) -> str:
        """Where somebody looks at it."""
        page = "web.file_columns.shown" if self.is_waiting else "web.files.shown"
        return url_for(page, organisation=place().slug, file_id=self.file.id)

    @property
    def clients(self) -> int:
        """How many clients were taken; 0 while somebody is to look at the list."""
        clients: int = (self.file.result or {}).get("clients", 0)
        return clients

    @property
    def wrong_rows(self) -> int:
        """How many rows did not fit, so that nobody of them is told; 0 while somebody is to look at the list."""
        return rows_of(self.file.result or {})["wrong_rows"]

    @property
    def faults_until(self) -> datetime | None:
        """Until when these rows can be had; None when they cannot."""
        return self.file.faults_until(database_now())


def brings_list(form: Form) -> bool:
    """Return whether the sender chose a file with clients, or pasted rows."""
    return bool(_chosen() or form.value(LIST).strip())


def take_in_list(form: Form) -> UploadedFile | None:
    """Read the list that comes with the form, and put its id into the form; None when it cannot be read, which is a
    fault of the form. The same list again, while it waits, takes the place of what was read of it."""
    files = _chosen()
    at = LIST_FILE if files else LIST
    before = len(form.faults)
    upload, beside = (lambda: _upload(files, form.value(LIST))), form.typed.getlist(FILES)
    received = form.attempt(lambda: receive(upload(), HITS, None, actor(), again=True, beside=beside))
    for fault in form.faults[before:]:
        fault["field"] = at
    if received is not None:
        others = [file_id for file_id in form.typed.getlist(FILES) if file_id != str(received.id)]
        form.typed.setlist(FILES, [*others, str(received.id)])
        form.typed[LIST] = ""
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


def lists_on_page(form: Form) -> list[ListOnPage]:
    """Return the lists that the form goes with. Those that are gone, or that were let go, are left out of the form."""
    asked = [file_id for file_id in dict.fromkeys(form.typed.getlist(FILES)) if file_id != form.value(DROP)]
    files = [file for file in map(hits_file, asked) if file is not None]
    lists = [ListOnPage(file, file.words["name"]) for file in files]
    form.typed.setlist(FILES, [str(each.file.id) for each in lists])
    return lists


def lead_to_waiting(form: Form, lists: Iterable[ListOnPage]) -> None:
    """Let the fault of each list that nobody looked at lead to the page where that is done."""
    waiting = [each for each in lists if each.is_waiting]
    for fault in form.faults:
        about = next((each for each in waiting if each.name == fault["list"]), None)
        if about is not None and fault["key"] == "file.not_taken":
            waiting.remove(about)
            fault["href"] = about.page_at


def _upload(files: list[FileStorage], pasted: str) -> Upload:
    return upload_of(files) if files else pasted_as_file(pasted)


def _chosen() -> list[FileStorage]:
    return [file for file in request.files.getlist(LIST_FILE) if file.filename]

"""The people of a notice as a file: everybody on its list, one group, or whom the mail did not reach."""

from uuid import UUID

from flask import Response

from service.admission.access import actor
from service.downloads.tables import Table, download, said
from service.words.texts import t
from workflows.dossiers.notice import GROUPS
from workflows.evidence.exporting import Row, export_people, export_unreached
from workflows.mail.states import NAMES

COLUMNS = ("name", "address", "state", "state_at", "reason")
KINDS = {"state": "recipient_state"}


def people_file(notice_id: UUID, group: str | None, ending: str) -> Response:
    """Write who is on the list: all, or those of one of GROUPS. Raises NotFound, KeyDestroyed."""
    states = GROUPS[group] if group else NAMES
    return download(
        _table("mededeling-lijst"), ending,
        lambda write: export_people(notice_id, actor(), write, states, group),
    )  # fmt: skip


def unreached_file(notice_id: UUID, ending: str) -> Response:
    """Write whom to contact by letter or telephone, because the mail did not arrive. Raises NotFound, KeyDestroyed."""
    return download(_table("niet-bereikt"), ending, lambda write: export_unreached(notice_id, actor(), write))


def _table(name: str) -> Table[Row]:
    return Table(
        name, "people", [t(f"notice.csv.{column}") for column in COLUMNS],
        lambda row: (said(row[column], KINDS.get(column, "")) for column in COLUMNS),
        lambda row: {column: row[column] for column in COLUMNS},
    )  # fmt: skip

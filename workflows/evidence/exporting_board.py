"""The file of a board, which people take away: one transaction, with the history entry that says who took how many
rows."""

from collections.abc import Callable
from uuid import UUID

from tenants.history.entries import Actor, Entry, record
from tenants.register.incidents import incident
from workflows.escalation.board_contacts import RowContact, contacts_of
from workflows.escalation.board_list import Asked
from workflows.escalation.incident_board import Row, read_board
from workflows.evidence.exporting import filter_said


def export_board(incident_id: UUID, asked: Asked, by: Actor, write: Callable[[Row, RowContact | None], None]) -> str:
    """Write every client of this list of the incident's board and record it. Returns the incident's reference.

    Raises NotFound.
    """
    about, rows = incident(incident_id), read_board(incident_id, asked).rows
    contacts = contacts_of(rows)
    for row in rows:
        write(row, contacts.get(row.escalation.id))
    details = {"rows": len(rows), "filter": filter_said({"state": asked.part, "search": asked.search})}
    record([Entry("incident", incident_id, "board.exported", by, details)])
    return about.reference

"""The board of an incident as a file: one row for each client, with the moment of the reading in each row."""

from typing import Any
from uuid import UUID

from flask import Response

from service.admission.access import actor
from service.downloads.tables import Table, download, said
from service.words.texts import t
from tenants.isolation import database_now
from tenants.register.incidents import incident
from workflows.escalation.board_contacts import RowContact
from workflows.escalation.board_list import Asked
from workflows.escalation.incident_board import Row
from workflows.evidence.exporting_board import export_board

COLUMNS = (
    "read_at", "client_number", "controller_name", "is_test", "state", "term", "alarm_at", "informed_at",
    "informed_how",
    "acknowledged_at", "acknowledged_by", "decision", "decided_at", "decided_alone", "people_min", "people_max",
    "people_estimate",
    "call_needed_at", "contact", "contact_how", "phone", "email",
)  # fmt: skip
KINDS = {"informed_how": "informed_how", "decision": "outcome", "state": "escalation_state", "term": "escalation_state"}
Listed = tuple[Row, RowContact | None]


def board_file(incident_id: UUID, asked: Asked, ending: str) -> Response:
    """Write the clients of this list. Raises NotFound, and Invalid for a search of too many words."""
    about, read_at = incident(incident_id), database_now()

    def plain(listed: Listed) -> dict[str, Any]:
        return {name: _value(listed, name) for name in COLUMNS} | {"read_at": read_at, "is_test": about.is_test}

    def cells(listed: Listed) -> list[object]:
        return [_cell(name, value) for name, value in plain(listed).items()]

    headings = [t(f"board.csv_column.{name}") for name in COLUMNS]
    table = Table(f"incident-{about.reference}", "board", headings, cells, plain)
    return download(
        table, ending,
        lambda write: export_board(incident_id, asked, actor(), lambda row, contact: write((row, contact))),
    )  # fmt: skip


def _value(listed: Listed, name: str) -> Any:
    row, contact = listed[0], listed[1] or RowContact(None)
    own = {
        "read_at": None, "is_test": None, "client_number": row.client_number, "state": row.state, "term": row.term,
        "contact": contact.name, "contact_how": contact.how, "phone": contact.phone, "email": contact.email,
    }  # fmt: skip
    return own[name] if name in own else getattr(row.escalation, name)


def _cell(name: str, value: Any) -> object:
    return t(f"board.contact_how.{value}") if name == "contact_how" and value else said(value, KINDS.get(name, ""))

"""The board of an incident as a file: one line per client, with the moment of the reading in each line."""

from typing import Any
from uuid import UUID

from flask import Response

from service.admission.access import actor
from service.downloads.files import CsvFile
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
    "call_needed_at", "contact", "contact_how", "phone", "email",
)  # fmt: skip
WORDS = {"informed_how": "informed_how", "decision": "outcome"}


def board_csv(incident_id: UUID, asked: Asked) -> Response:
    """Write the clients of this list. Raises NotFound."""
    file, is_test = CsvFile(t(f"board.csv_column.{name}") for name in COLUMNS), incident(incident_id).is_test
    same = {"read_at": database_now(), "is_test": is_test}
    reference = export_board(
        incident_id, asked, actor(),
        lambda row, contact: file.write(_cell(row, contact, name, same) for name in COLUMNS),
    )  # fmt: skip
    return file.answer(f"incident-{reference}.csv")


def _cell(row: Row, contact: RowContact | None, name: str, same: dict[str, Any]) -> Any:
    of, contact = row.escalation, contact or RowContact(None)
    own = {
        **same, "client_number": row.client_number, "state": t(f"labels.escalation_state.{row.state}"),
        "term": t(f"labels.escalation_state.{row.term}") if row.term else None, "contact": contact.name,
        "contact_how": t(f"board.contact_how.{contact.how}") if contact.how else None,
        "phone": contact.phone, "email": contact.email,
    }  # fmt: skip
    value = own[name] if name in own else getattr(of, name)
    if isinstance(value, bool):
        return t(f"labels.yes_no.{'yes' if value else 'no'}")
    return t(f"labels.{WORDS[name]}.{value}") if name in WORDS and value else value

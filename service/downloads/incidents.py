"""An office's incidents as a file: one row for each controller that was told, with its incident."""

from flask import Response

from service.admission.access import actor
from service.downloads.tables import Table, download, said
from service.words.texts import t
from workflows.evidence.exporting import Row
from workflows.evidence.exporting_incidents import COLUMNS, export_incidents

KINDS = {"services": "service", "informed_how": "informed_how", "decision": "outcome"}


def incidents_file(state: str | None, year: int | None, ending: str) -> Response:
    """Write the escalations of the incidents of this state and year; None: all."""
    table: Table[Row] = Table(
        "incidenten", "incidents", [t(f"incidents.column.{name}") for name in COLUMNS],
        lambda row: (said(row[name], KINDS.get(name, "")) for name in COLUMNS),
        lambda row: {name: row[name] for name in COLUMNS},
    )  # fmt: skip
    return download(table, ending, lambda write: export_incidents(actor(), write, state, year))

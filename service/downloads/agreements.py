"""An office's agreements as a file: the clients, what was agreed with them, and whom to tell in which order."""

from typing import Any

from flask import Response

from service.admission.access import actor
from service.downloads.tables import Table, download, said
from service.words.texts import t
from tenants.agreements.client_filters import Filters
from workflows.evidence.exporting import Row
from workflows.evidence.exporting_agreements import export_agreements, most_contacts

COLUMNS = (
    "client_number", "controller_name", "kvk_number", "hours_to_notify", "in_force_from", "in_force_to", "services",
    "controller_confirmed", "is_test",
)  # fmt: skip
OF_CONTACT = ("name", "email", "phone")


def agreements_file(search: str, order: str, chosen: Filters, ending: str) -> Response:
    """Write the agreements that a list finds. Raises Invalid for a search of too many words."""
    places = range(max(most_contacts(), 1))
    headings = [t(f"agreements.column.{name}") for name in COLUMNS]
    headings += [_heading(name, place) for place in places for name in OF_CONTACT]

    def cells(row: Row) -> list[object]:
        contacts = [row["contacts"][place] if place < len(row["contacts"]) else {} for place in places]
        return [*(_cell(row, name) for name in COLUMNS), *(who.get(name) for who in contacts for name in OF_CONTACT)]

    table = Table("overeenkomsten", "agreements", headings, cells, _plain)
    return download(table, ending, lambda write: export_agreements(actor(), write, search, order, chosen))


def _heading(name: str, place: int) -> str:
    """Return the heading of a column of a contact: that of the first one has no number."""
    words = t(f"agreements.column.contact_{name}")
    return f"{words} {place + 1}" if place else words


def _cell(row: Row, name: str) -> object:
    if name == "services":
        roles = row[name].items()
        return ", ".join(f"{said(service, 'service')} ({said(role, 'office_role')})" for service, role in roles)
    return said(_value(row, name))


def _value(row: Row, name: str) -> Any:
    return row["kvk_number_stated"] if name == "kvk_number" else row[name]


def _plain(row: Row) -> dict[str, Any]:
    contacts = [{name: who.get(name) for name in OF_CONTACT} for who in row["contacts"]]
    return {name: _value(row, name) for name in COLUMNS} | {"contacts": contacts}

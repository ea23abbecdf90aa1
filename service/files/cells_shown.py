"""Cells of a file as its own program shows them. A workbook keeps a day apart from how it is written, and the reader
writes it as an ISO day; a text shows what stands in it."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from service.reading.kinds import ODS, XLSX
from service.reading.outcome import Fault
from service.words.texts import locale
from service.words.typed_moments import day_to_type
from tenants.files.uploaded import UploadedFile

DAY, MOMENT = "day", "moment"
_OF_A_WORKBOOK = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}:[0-9]{2}))?")


def is_workbook(file: UploadedFile) -> bool:
    """Return whether a file that waits is a workbook."""
    return (file.words.get("reading") or {}).get("encoding") in (XLSX, ODS)


def cell_shown(cell: str, in_workbook: bool) -> str:
    """Return a cell as its reader sees it: of a workbook a day as "27-11-2026", a moment as "27-11-2026 09:15"."""
    kept = _OF_A_WORKBOOK.fullmatch(cell) if in_workbook else None
    if kept is None:
        return cell
    try:
        day = day_to_type(date.fromisoformat(kept[1]), locale())
    except ValueError:
        return cell
    return f"{day} {kept[2]}" if kept[2] else day


def fault_to_keep(fault: Fault) -> dict[str, Any]:
    """Return a fault as JSON keeps it. A day or a moment of our own is known again among the cells of the file."""
    return {**asdict(fault), "values": {name: _to_keep(value) for name, value in fault.values.items()}}


def fault_values(fault: Mapping[str, Any], in_workbook: bool) -> dict[str, Any]:
    """Return the values of a kept fault as its text takes them: cells as they are shown, our own days as days."""
    return {name: _as_meant(value, in_workbook) for name, value in fault["values"].items()}


def _to_keep(value: object) -> object:
    if isinstance(value, datetime):
        return {MOMENT: value.isoformat()}
    return {DAY: value.isoformat()} if isinstance(value, date) else value


def _as_meant(value: Any, in_workbook: bool) -> Any:
    if isinstance(value, dict):
        [(kind, text)] = value.items()
        return datetime.fromisoformat(text) if kind == MOMENT else date.fromisoformat(text)
    return cell_shown(value, in_workbook) if isinstance(value, str) else value

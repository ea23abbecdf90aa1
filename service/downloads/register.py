"""The register (Art. 33(5)) as a file: one row for each breach, the newest first."""

from collections.abc import Iterator
from typing import Any

from flask import Response

from service.admission.access import actor
from service.downloads.tables import Table, download, said
from service.words.old_registers import SHOWN as OF_OLD
from service.words.old_registers import with_old
from service.words.stated_moments import SHOWN as MOMENTS
from service.words.stated_moments import with_moments
from service.words.texts import t
from tenants.register.broken_glass import Glass
from tenants.register.filtering import Wanted
from workflows.evidence.exporting import EXPORTED, Row, export_register
from workflows.law.vocabulary import MANY_OF
from workflows.notification.decision_state import decision_state

IN_PLACE_OF = {
    "processor_name": ("from",),
    "became_aware_at": MOMENTS,
    **dict.fromkeys((*MOMENTS[1:], "stated_aware_how", "own_aware_stated_at"), ()),
    "facts": ("nature", "data", "groups"),
    "people_reason": ("people_reason", "people_told_at"),
    "decided_at": ("decision_state", "decided_at"),
    "taken_over": OF_OLD,
    "version": ("done_alone", "changed_after_approval", "version"),
}
"""What a spreadsheet has in place of a column of the breach: moments stand together, with who stated them."""
REGISTER = tuple(name for column in EXPORTED for name in IN_PLACE_OF.get(column, (column,)))
WORDS = {"risk", "people_exception", "decision", "decision_state"}
"""Columns whose values have words of their own."""
OF_AN_ACT = ("workflow", "steps", "by_name", "reason", "created_at", "reviewed_by_name", "reviewed_at", "review")
"""What JSON says of each act that somebody did alone."""


def register_file(wanted: Wanted, ending: str) -> Response:
    """Write the breaches that are wanted. Raises Invalid for a search that is too long."""
    table = Table("datalekregister", "register", [t(f"register.csv.{name}") for name in REGISTER], _cells, _plain)
    return download(table, ending, lambda write: export_register(actor(), write, wanted))


def mark_of(act: Glass) -> str:
    """Return how the register describes what somebody did alone: which steps, and whether somebody else reviewed it."""
    steps = ", ".join(t(f"steps.{act.workflow}.{step}.title") for step in act.steps)
    key = "broken_glass.later" if act.reviewed_at else "broken_glass.open"
    return t(key, steps=steps, name=act.reviewed_by_name)


def _cells(row: Row) -> Iterator[object]:
    values = {**with_old(with_moments(row, t), t), "decision_state": _state(row)}
    return (_cell(values, name) for name in REGISTER)


def _cell(row: Row, name: str) -> object:
    if name == "from":
        return t("register.taken_over") if row["taken_over"] else row["processor_name"] or t("register.own")
    if name == "done_alone":
        return ", ".join(dict.fromkeys(mark_of(act) for act in row[name]))
    if name in MANY_OF:
        return said(row["facts"].get(name) or [], name)
    return said(row[name], name if name in WORDS else "")


def _plain(row: Row) -> dict[str, Any]:
    """Return the columns of the breach as they are kept, and what follows from them. What an old register said goes
    last: of two values for one field the reader takes the later."""
    alone = [{name: getattr(act, name) for name in OF_AN_ACT} for act in row["done_alone"]]
    follows = {name: row[name] for name in ("people_told_at", "changed_after_approval")}
    kept = {name: row[name] for name in EXPORTED if name != "taken_over"}
    return kept | follows | {
        "decision_state": _state(row), "done_alone": alone, "taken_over": row["taken_over"],
    }  # fmt: skip


def _state(row: Row) -> str:
    return decision_state(row["decision"], row["decided_at"], row["submitted_at"], row["taken_over"] is not None)

"""The files that people take away: the register, and whom a notice did not reach."""

from typing import Any
from uuid import UUID

from flask import Response

from service.admission.access import actor
from service.downloads.files import CsvFile
from service.words.stated_moments import SHOWN as MOMENTS
from service.words.stated_moments import with_moments
from service.words.texts import t
from tenants.register.broken_glass import Glass
from workflows.evidence.exporting import EXPORTED, Row, export_register, export_unreached
from workflows.law.vocabulary import MANY_OF
from workflows.notification.decision_state import decision_state

IN_PLACE_OF = {
    "processor_name": ("from",),
    "became_aware_at": MOMENTS,
    **dict.fromkeys((*MOMENTS[1:], "stated_aware_how", "own_aware_stated_at"), ()),
    "facts": ("nature", "data", "groups"),
    "people_reason": ("people_reason", "people_told_at"),
    "decided_at": ("decision_state", "decided_at"),
    "version": ("done_alone", "changed_after_approval", "version"),
}
"""What the file has in place of a column of the breach: moments stand together, with who stated them."""
REGISTER = tuple(name for column in EXPORTED for name in IN_PLACE_OF.get(column, (column,)))
UNREACHED = ("name", "address", "state", "state_at", "reason")
WORDS = {"risk", "people_exception", "decision"}
"""Columns whose values have words of their own."""


def register_csv() -> Response:
    """Write the whole register of the acting organisation (Art. 33(5))."""
    file = CsvFile(t(f"register.csv.{name}") for name in REGISTER)

    def write(row: Row) -> None:
        values = with_moments(row, t)
        file.write(_breach(values, name) for name in REGISTER)

    export_register(actor(), write)
    return file.answer("datalekregister.csv")


def unreached_csv(notice_id: UUID) -> Response:
    """Write whom to contact by letter or telephone, because the mail did not arrive."""
    file = CsvFile(t(f"notice.csv.{name}") for name in UNREACHED)
    export_unreached(notice_id, actor(), lambda row: file.write(_person(row, name) for name in UNREACHED))
    return file.answer("niet-bereikt.csv")


def mark_of(act: Glass) -> str:
    """Return how the register describes what somebody did alone: which steps, and whether somebody else reviewed it."""
    steps = ", ".join(t(f"steps.{act.workflow}.{step}.title") for step in act.steps)
    key = "broken_glass.later" if act.reviewed_at else "broken_glass.open"
    return t(key, steps=steps, name=act.reviewed_by_name)


def _breach(row: Row, name: str) -> Any:
    if name == "from":
        return row["processor_name"] or t("register.own")
    if name == "done_alone":
        return ", ".join(dict.fromkeys(mark_of(act) for act in row[name]))
    if name == "decision_state":
        return t(f"labels.decision_state.{decision_state(row['decision'], row['decided_at'], row['submitted_at'])}")
    if name == "changed_after_approval":
        return t(f"labels.yes_no.{str(row[name]).lower()}")
    if name in MANY_OF:
        return ", ".join(t(f"labels.{name}.{value}") for value in row["facts"].get(name) or [])
    return t(f"labels.{name}.{row[name]}") if name in WORDS and row[name] else row[name]


def _person(row: Row, name: str) -> Any:
    return t(f"labels.recipient_state.{row['state']}") if name == "state" else row[name]

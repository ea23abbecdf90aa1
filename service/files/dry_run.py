"""What taking a file would keep: its reading, and its rows by page, those that fit or those that do not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.files.cells_shown import fault_values, is_workbook
from service.files.proposals import proposals_of
from service.files.proposed_clients import with_proposed_names
from service.files.purposes import HITS
from service.reading.outcome import Ask
from service.reading.questions import words_of
from service.words.moments import in_words
from service.words.texts import t
from tenants.agreements.client_list import names_by_number
from tenants.files.parts import FAULTS, ITEMS, LOT, rows_of_part
from tenants.files.uploaded import WAITING, UploadedFile

SHOWN = {"fits": ITEMS, "faults": FAULTS}
"""The rows of a dry run: those that fit, and what is wrong with the others."""
LEAVES_OUT = frozenset({"file.rows_without", "file.same_person_twice", "file.sum_of_rows", "file.test_clients"})
"""Questions about rows with data that neither fit nor have a fault: they say why these are left out."""


@dataclass(frozen=True)
class Question:
    """What a person is asked about a file, in words; `key`, `columns`, `choices`, `proposed` as the reader has them."""

    key: str
    text: str
    columns: tuple[str, ...]
    rows: tuple[int, ...]
    count: int
    choices: tuple[str, ...]
    proposed: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class DryRun:
    """A file with its reading. `rows`: one page of what SHOWN names; `next_page` is None after the last one."""

    file: UploadedFile
    name: str
    is_remembered: bool
    reading: Mapping[str, Any]
    choices: Mapping[str, Any]
    questions: tuple[Question, ...]
    shown: str
    page: int
    pages: int
    rows: list[dict[str, Any]]

    @property
    def next_page(self) -> int | None:
        """The page after this one, counted from 0."""
        return self.page + 1 if self.page + 1 < self.pages else None

    @property
    def wrong_rows(self) -> int:
        """How many rows do not fit. A row may have several faults."""
        number: int = self.reading.get("wrong_rows", 0)
        return number

    @property
    def left_out_rows(self) -> int:
        """How many rows with data are left out, although nothing is wrong with them; `left_out` says why."""
        return self._unfit_rows - self.wrong_rows

    @property
    def left_out(self) -> list[Question]:
        """The questions that say which rows are left out."""
        return [question for question in self.questions if question.key in LEAVES_OUT]

    @property
    def _unfit_rows(self) -> int:
        number: int = self.reading.get("rows", 0) - self.reading.get("fits", 0)
        return number


def dry_run_of(file: UploadedFile, shown: str = "fits", page: int = 0) -> DryRun:
    """Return a file with one page of its rows. Of a file that was taken only its name is left. Raises KeyDestroyed."""
    words = file.words
    reading = words.get("reading") or {}
    is_open = file.state == WAITING
    rows = rows_of_part(file.id, SHOWN[shown], page) if is_open else []
    return DryRun(
        file, words["name"], words.get("is_remembered", False), reading, words.get("choices") or {},
        tuple(question_of(ask) for ask in reading.get("asks", ())), shown, page,
        -(-reading.get(shown, 0) // LOT), rows_shown(file, shown, rows),
    )  # fmt: skip


def question_of(kept: Mapping[str, Any]) -> Question:
    """Return a question of the reader in words."""
    lists = {name: tuple(value) for name, value in kept.items() if isinstance(value, list)}
    ask = Ask(kept["key"], proposed=kept["proposed"], count=kept["count"], **lists)
    shown = (ask.key, words_of(ask, t), ask.columns, ask.rows, ask.count, ask.choices, ask.proposed, ask.examples)
    return Question(*shown)


def words_of_fault(fault: Mapping[str, Any], in_workbook: bool) -> str:
    """Return what is wrong with a row, in words; cells of a workbook as that program shows them."""
    return t(f"errors.{fault['key']}", **in_words({"line": fault["row"], **fault_values(fault, in_workbook)}))


def rows_shown(file: UploadedFile, shown: str, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Return rows of a part as they are shown: those that fit, or what is wrong; clients that were hit by name too."""
    if file.purpose == HITS and shown == "fits":
        names = names_by_number(values["client_number"] for _, values in rows)
        rows = [(row, _with_name(values, names)) for row, values in rows]
    in_workbook = is_workbook(file) if shown == "faults" else False
    as_shown = [_shown(shown, row, in_workbook) for row in rows]
    return with_proposed_names(file, as_shown) if shown == "faults" else as_shown


def _with_name(values: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    number = values["client_number"]
    return {"client_number": number, "name": names.get(number, ""), **values}


def _shown(shown: str, row: Any, in_workbook: bool) -> dict[str, Any]:
    if shown == "faults":
        named = {name: row[name] for name in ("row", "column", "key", "value")}
        proposed = {"proposal": row["proposal"] or None, "proposals": proposals_of(row)}
        return {**named, **proposed, "message": words_of_fault(row, in_workbook)}
    number, values = row
    return {"row": number, **values}

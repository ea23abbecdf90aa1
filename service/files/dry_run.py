"""What taking a file would keep: its reading, and its rows by page, those that fit or those that do not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.reading.outcome import Ask
from service.reading.questions import words_of
from service.words.moments import in_words
from service.words.texts import t
from tenants.files.parts import FAULTS, ITEMS, LOT, rows_of_part
from tenants.files.uploaded import WAITING, UploadedFile

SHOWN = {"fits": ITEMS, "faults": FAULTS}
"""The rows of a dry run: those that fit, and what is wrong with the others."""


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


def dry_run_of(file: UploadedFile, shown: str = "fits", page: int = 0) -> DryRun:
    """Return a file with one page of its rows. Of a file that was taken only its name is left. Raises KeyDestroyed."""
    words = file.words
    reading = words.get("reading") or {}
    is_open = file.state == WAITING
    rows = rows_of_part(file.id, SHOWN[shown], page) if is_open else []
    return DryRun(
        file, words["name"], words.get("is_remembered", False), reading, words.get("choices") or {},
        tuple(question_of(ask) for ask in reading.get("asks", ())), shown, page,
        -(-reading.get(shown, 0) // LOT), [_shown(shown, row) for row in rows],
    )  # fmt: skip


def question_of(kept: Mapping[str, Any]) -> Question:
    """Return a question of the reader in words."""
    lists = {name: tuple(value) for name, value in kept.items() if isinstance(value, list)}
    ask = Ask(kept["key"], proposed=kept["proposed"], count=kept["count"], **lists)
    shown = (ask.key, words_of(ask, t), ask.columns, ask.rows, ask.count, ask.choices, ask.proposed, ask.examples)
    return Question(*shown)


def words_of_fault(fault: Mapping[str, Any]) -> str:
    """Return what is wrong with a row, in words."""
    return t(f"errors.{fault['key']}", **in_words({"line": fault["row"], **fault["values"]}))


def _shown(shown: str, row: Any) -> dict[str, Any]:
    if shown == "faults":
        named = {name: row[name] for name in ("row", "column", "key", "value")}
        return {**named, "proposal": row["proposal"] or None, "message": words_of_fault(row)}
    number, values = row
    return {"row": number, **values}

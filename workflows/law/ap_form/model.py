"""The AP's breach form as it is known: chapters, questions, options, and how sure each of them is (Art. 33(3)).

The data are `form.toml`; its head explains every mark. Standard library only.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from workflows.law.ap_form.conditions import Condition, read_condition

DATA = Path(__file__).with_name("form.toml")
LANGUAGES = ("nl", "en")
MOMENTS = ("submitted_at", "due_at")
"""The names on which a condition may depend, beside earlier answers."""


@dataclass(frozen=True)
class Words:
    """One text in the form's Dutch and in English."""

    nl: str
    en: str

    def say(self, language: str) -> str:
        """Return the text in `nl` or `en`."""
        return self.en if language == "en" else self.nl


@dataclass(frozen=True)
class Option:
    """One choice. `group` is a heading with options whose `parent` it is; `exclusive` stands alone.

    `means` is the state that choosing it amounts to: "unknown" or "not_yet_known".
    """

    id: str
    label: Words
    group: bool = False
    parent: str | None = None
    exclusive: bool = False
    free_text: bool = False
    means: str | None = None
    src: str | None = None
    note: Words | None = None


@dataclass(frozen=True)
class Question:
    """One question. `q` is its number in the online form, None where no source gives it.

    `required`: law, ap, cond, opt or unknown (no source says). `src` tells where it comes from. `note` says what to
    fill in, `doubt` what to do when the AP's form differs from what our sources say.
    """

    id: str
    chapter: str
    label: Words
    type: str
    required: str
    src: str
    q: str | None = None
    article: str | None = None
    condition: Condition | None = None
    condition_is_ours: bool = False
    at_once: str | None = None
    where_possible: bool = False
    when_unknown: int | None = None
    rule: str | None = None
    note: Words | None = None
    doubt: Words | None = None
    options: tuple[Option, ...] = ()

    @property
    def number_known(self) -> bool:
        """Whether a source gives the question's number in the online form."""
        return self.q is not None

    def option(self, option_id: str) -> Option | None:
        """Return the option with this id."""
        return next((option for option in self.options if option.id == option_id), None)


@dataclass(frozen=True)
class Chapter:
    """One chapter with its questions, in the form's own order."""

    id: str
    nr: int
    label: Words
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Model:
    """The whole form. `words` are the texts around it: states, required marks, faults, filled-in sentences."""

    chapters: tuple[Chapter, ...]
    source: Words
    about: Mapping[str, Words]
    words: Mapping[str, Mapping[str, Words]]

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question, in the form's own order."""
        return tuple(question for chapter in self.chapters for question in chapter.questions)


@cache
def the_form() -> Model:
    """Return the form as in `form.toml`, read once. Raises ValueError when that file is not a form."""
    return read_form(tomllib.loads(DATA.read_text("utf-8")))


def read_form(data: Mapping[str, Any]) -> Model:
    """Return a form from its data. Raises ValueError for a condition on a question that does not come before it."""
    chapters = tuple(_chapter(row) for row in data["chapters"])
    tables = ("states", "required", "faults", "texts", "other_data", "roles")
    words = {table: MappingProxyType({key: _words(row) for key, row in data[table].items()}) for table in tables}
    about = {row["id"]: _words(row) for row in data["about"]}
    model = Model(chapters, _words(data["source"]), MappingProxyType(about), MappingProxyType(words))
    _refuse_forward_conditions(model)
    return model


def _chapter(row: Mapping[str, Any]) -> Chapter:
    return Chapter(row["id"], row["nr"], _words(row), tuple(_question(q, row["id"]) for q in row["questions"]))


def _question(row: Mapping[str, Any], chapter: str) -> Question:
    plain = ("id", "type", "required", "src", "q", "article", "at_once", "where_possible", "when_unknown", "rule")
    return Question(
        **{name: row[name] for name in plain if name in row},
        chapter=chapter,
        label=_words(row),
        condition=read_condition(row["show_if"]) if "show_if" in row else None,
        condition_is_ours=row.get("show_if_src") == "own",
        note=_note(row),
        doubt=Words(row["doubt_nl"], row["doubt_en"]) if "doubt_nl" in row else None,
        options=tuple(_option(option) for option in row.get("options", ())),
    )


def _option(row: Mapping[str, Any]) -> Option:
    plain = ("id", "group", "parent", "exclusive", "free_text", "means", "src")
    return Option(**{name: row[name] for name in plain if name in row}, label=_words(row), note=_note(row))


def _words(row: Mapping[str, Any]) -> Words:
    return Words(row["nl"], row["en"])


def _note(row: Mapping[str, Any]) -> Words | None:
    return Words(row["note_nl"], row["note_en"]) if "note_nl" in row else None


def _refuse_forward_conditions(model: Model) -> None:
    earlier = set(MOMENTS)
    for question in model.questions:
        if question.condition and question.condition.name not in earlier:
            raise ValueError(f"{question.id} leans on {question.condition.name}, which does not come before it")
        earlier.add(question.id)

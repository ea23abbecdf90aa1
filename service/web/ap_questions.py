"""The questions of the AP's form, as two people who fill in the form at the same time answer them."""

from collections.abc import Iterator
from typing import Any

from service.typed.merging import Answer
from service.web.form_answers import ORGANISATIONS, PARTS, SAID, standing
from service.web.merging import Question, Values
from service.words.texts import locale, t
from tenants.history.entries import History
from workflows.law.ap_form import FilledForm
from workflows.law.ap_form import model as form_model
from workflows.law.ap_form.model import the_form
from workflows.law.ap_form.plain import as_json

JOINS = {"multi": "many", "textarea": "text", "text_list": "text", "multi_country": "text", "files": "text"}


def questions_of(filled: FilledForm) -> Iterator[Question]:
    """Return the questions that the form asks now."""
    rows = {row["id"]: row for chapter in as_json(filled, locale())["chapters"] for row in chapter["questions"]}
    for question in (asked.question for asked in filled.shown):
        if row := rows.get(question.id):
            yield _question(question, row)


def entries_of_answers(history: list[History]) -> dict[str, History]:
    """Return the entry that answered each question last, by question; of the history with the oldest first."""
    return {name: entry for entry in history for name in entry.details.get("questions", ())}


def _question(question: form_model.Question, row: dict[str, Any]) -> Question:
    name = question.id

    def holds(field: str) -> bool:
        return (field == name or field.startswith(f"{name}.")) and field != f"{name}.asked"

    def answer(values: Values) -> Answer:
        return tuple(standing(values, question))

    def words(values: Values) -> str:
        return values.get(name, "").strip() if JOINS.get(question.type) == "text" else _words(row, answer(values))

    return Question(name, row["label"], answer, holds, words, JOINS.get(question.type, ""))


def _words(row: dict[str, Any], answer: Answer) -> str:
    """Return an answer in words; a dash when there is none."""
    labels = {option["id"]: option["label"] for option in row["options"] or ()}
    return ", ".join(_word(row, labels, field, value) for field, value in answer) or "–"


def _word(row: dict[str, Any], labels: dict[str, str], field: str, value: str) -> str:
    if field == f"{row['id']}.state" and value in SAID:
        return t(f"ap_form.say.{value}")
    part = field.rpartition(".")[2]
    if part in PARTS.get(row["type"], ()):
        return f"{t(f'ap_form.part.{part}')}: {value}"
    if row["type"] == ORGANISATIONS and part == "role":
        return the_form().words["roles"][value].say(locale()) if value in the_form().words["roles"] else value
    if row["type"] == "bool":
        return t(f"labels.yes_no.{'true' if value == 'yes' else 'false'}")
    return labels.get(value, value)

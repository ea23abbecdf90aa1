"""The questions of the facts of a breach and of the text of a notice, for two people who fill them in at once."""

from collections.abc import Callable, Iterable
from uuid import UUID

from service.typed.merging import answer_in
from service.web.layout import fact_words
from service.web.merging import Question, Values
from service.words.texts import t
from tenants.history.entries import History, of_subject
from workflows.law.gdpr import NOTICE_PARTS
from workflows.law.vocabulary import COUNTS, MANY_OF, ONE_OF, YES_OR_NO
from workflows.notification.changed_facts import last_recorded


def questions_of_facts() -> list[Question]:
    """Return each fact that people add to, the least and the most number of people, and the measures."""
    facts = (*MANY_OF, *ONE_OF, *YES_OR_NO, "restored_within_hours")
    return [
        *(of_fields(name, t(f"breach.{name}"), (name,), _number_of(name)) for name in COUNTS),
        of_fields("measures", t("incident.field.measures"), ("measures",), text_of("measures"), "text"),
        *(of_fields(name, t(f"facts.{name}.title"), (f"facts.{name}",), _words_of(name),
                     "many" if name in MANY_OF else "") for name in facts),
    ]  # fmt: skip


def questions_of_text() -> list[Question]:
    """Return the subject of a notice and its four parts."""
    subject = of_fields("subject", t("notice.field.subject"), ("subject",), text_of("subject"))
    parts = [
        of_fields(part, t(f"notice.part.{part}.title"), (part,), text_of(part), "text") for part in NOTICE_PARTS
    ]  # fmt: skip
    return [subject, *parts]


def entry_of_fact(breach_id: UUID, name: str) -> History | None:
    """Return the entry that recorded this fact last; None when nobody knows."""
    history = of_subject(breach_id)
    if name == "measures":
        return next((entry for entry in reversed(history) if entry.details.get("measures_changed")), None)
    last = last_recorded(history)
    return last.get(name) or last.get("")


def of_fields(
    name: str, label: str, fields: Iterable[str], words: Callable[[Values], str], joins: str = ""
) -> Question:
    """Return a question that these fields answer; `words` and `joins` as in Question."""
    names = tuple(fields)
    return Question(name, label, lambda values: answer_in(values, names), lambda field: field in names, words, joins)


def text_of(name: str) -> Callable[[Values], str]:
    """Return the words of a question that one text answers."""
    return lambda values: values.get(name, "").strip()


def _number_of(name: str) -> Callable[[Values], str]:
    return lambda values: values.get(name, "").strip() or "–"


def _words_of(name: str) -> Callable[[Values], str]:
    def words(values: Values) -> str:
        chosen = [value for value in values.getlist(f"facts.{name}") if value]
        if name in YES_OR_NO:
            return fact_words(name, {"true": True, "false": False}.get(chosen[0]) if chosen else None)
        if name == "restored_within_hours":
            return chosen[0] if chosen else "–"
        return fact_words(name, chosen if name in MANY_OF else (chosen[0] if chosen else None))

    return words

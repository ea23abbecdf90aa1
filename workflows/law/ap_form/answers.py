"""What people answer on the AP's form: each answer of its question's type, or one of three ways of not knowing.

Standard library only. A typed answer is a plain value (`"regular"`, `["name", "bsn"]`, `24`), or
`{"value": ..., "text": {"other": "..."}}` where an option says "namely", or `{"state": "unknown"}`,
`{"state": "not_yet_known"}`, `{"state": "not_applicable"}`. None and blank are: nobody answered.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from workflows.law.ap_form.model import Question, Words, the_form
from workflows.law.ap_form.values import (
    is_given,
    read_address,
    read_bool,
    read_contact,
    read_count,
    read_local_day,
    read_moment,
    read_parts,
    read_text,
    read_texts,
)


class State(StrEnum):
    """The state of an answer. Unknown, not yet known and not applicable are three different answers."""

    FILLED = "filled"
    UNKNOWN = "unknown"
    NOT_YET_KNOWN = "not_yet_known"
    NOT_APPLICABLE = "not_applicable"
    MISSING = "missing"


SAYABLE = (State.UNKNOWN, State.NOT_YET_KNOWN, State.NOT_APPLICABLE)
"""The states that a person can give."""


@dataclass(frozen=True)
class Answer:
    """One answer. `value` is what to enter in the form; `texts` is what stands after "namely", per option."""

    state: State
    value: Any = None
    texts: Mapping[str, Words] = field(default_factory=dict)


MISSING = Answer(State.MISSING)
NOT_APPLICABLE = Answer(State.NOT_APPLICABLE)


class AnswerRefused(ValueError):
    """An answer that belongs to no question of the form, or is not of its question's type; carries `field` and `value`.
    """

    key = "answer.refused"

    def __init__(self, field: str, value: object, why: str) -> None:
        super().__init__(f"draft.answers.{field}: {why}")
        self.field, self.value = field, value


class NumberNeeded(AnswerRefused):
    """Something else than a whole number, 0 or more, where the form asks for one."""

    key = "answer.number_needed"


class DayNeeded(AnswerRefused):
    """Something else than a day, or than a moment, where the form asks for one."""

    key = "answer.day_needed"


NEEDED = {"integer": NumberNeeded, "date": DayNeeded, "datetime": DayNeeded}
"""The refusal of an answer that cannot be read, by the type of the question; AnswerRefused for the others."""


def read_answers(answers: Mapping[str, object]) -> dict[str, Answer]:
    """Return every given answer, by its question's id. Raises AnswerRefused for the first that is no answer."""
    questions = {question.id: question for question in the_form().questions}
    read: dict[str, Answer] = {}
    for name, value in answers.items():
        if name not in questions:
            raise AnswerRefused(name, value, "the form has no such question")
        answer = read_answer(questions[name], value)
        if answer is not MISSING:
            read[name] = answer
    return read


def read_answer(question: Question, written: object) -> Answer:
    """Return what somebody answered to one question; MISSING when nothing. Raises AnswerRefused."""
    if not isinstance(written, Mapping) or not {"state", "value"} & set(written):
        return _valued(question, written, {})
    if unknown := set(written) - {"state", "value", "text"}:
        raise AnswerRefused(question.id, written, f"not part of an answer: {', '.join(sorted(map(str, unknown)))}")
    state = written.get("state", State.FILLED)
    if state in SAYABLE and written.get("value") is None:
        return as_entered(question, State(state))
    if state != State.FILLED:
        raise AnswerRefused(question.id, written, f"not a state that can be given: {state!r}")
    return _valued(question, written.get("value"), _namely(question, written.get("text")))


def as_entered(question: Question, state: State) -> Answer:
    """Return a state without a value, with the entry that the form wants for it: 1 record, or its own "unknown" option.
    """
    if state is State.NOT_APPLICABLE:
        return NOT_APPLICABLE
    option = next((o for o in question.options if o.means), None)
    value = (option.id if question.type == "single" else (option.id,)) if option else question.when_unknown
    return Answer(state, value)


def filled(value: object, texts: Mapping[str, Words] | None = None) -> Answer:
    """Return an answer with this value; MISSING when it is empty. False and 0 are answers."""
    return Answer(State.FILLED, value, texts or {}) if value not in (None, "", (), {}) else MISSING


def chosen(question: Question, ids: Iterable[object], texts: Mapping[str, Words] | None = None) -> Answer:
    """Return these options, in the form's order, each with the heading under which it stands. Raises AnswerRefused."""
    wanted = {str(i) for i in ids}
    if strange := sorted(wanted - {option.id for option in question.options}):
        raise AnswerRefused(question.id, ids, f"not an option: {', '.join(strange)}")
    picked = [option for option in question.options if option.id in wanted]
    if len(picked) > 1 and any(option.exclusive for option in picked):
        raise AnswerRefused(question.id, ids, "an option that stands alone was chosen with others")
    if len(picked) == 1 and picked[0].means:
        return as_entered(question, State(picked[0].means))
    headings = {option.parent for option in picked}
    value = tuple(o.id for o in question.options if o.id in wanted or o.id in headings)
    return filled(value[0] if value and question.type == "single" else value, texts)


def _valued(question: Question, value: Any, texts: Mapping[str, Words]) -> Answer:
    if not is_given(value):
        return MISSING
    if question.type == "single":
        return chosen(question, (_yes_or_no(value),), texts)
    if question.type == "multi":
        if not isinstance(value, list | tuple | set | frozenset):
            raise AnswerRefused(question.id, value, "a list of options is needed")
        return chosen(question, value, texts)
    try:
        return filled(READERS[question.type](value))
    except ValueError as error:
        raise NEEDED.get(question.type, AnswerRefused)(question.id, value, str(error)) from error


def _namely(question: Question, written: object) -> dict[str, Words]:
    if written is None:
        return {}
    free = {option.id for option in question.options if option.free_text}
    if not isinstance(written, Mapping) or not set(written) <= free:
        raise AnswerRefused(question.id, written, "text goes with an option that says namely")
    return {name: Words(read_text(text), read_text(text)) for name, text in written.items() if is_given(text)}


def _yes_or_no(value: object) -> object:
    # YAML reads a bare yes or no as true or false.
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _organisations(value: Any) -> tuple[dict[str, str], ...]:
    if not isinstance(value, list | tuple):
        raise ValueError("a list of organisations is needed")
    named = tuple(read_parts(row, ("name", "role")) for row in value)
    if any(set(row) != {"name", "role"} or row["role"] not in the_form().words["roles"] for row in named):
        raise ValueError(f"each has a name, and a role of: {', '.join(the_form().words['roles'])}")
    return named


READERS: Mapping[str, Callable[[Any], Any]] = {
    "bool": read_bool,
    "text": read_text,
    "textarea": read_text,
    "phone": read_text,
    "email": read_text,
    "integer": read_count,
    "date": read_local_day,
    "datetime": read_moment,
    "text_list": read_texts,
    "multi_country": read_texts,
    "files": read_texts,
    "address": read_address,
    "contact": read_contact,
    "list_of(name+role)": _organisations,
}
"""How a plain value is read, per type of question; single and multi have options instead."""

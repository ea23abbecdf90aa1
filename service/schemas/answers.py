"""Answers by question, of two kinds: to the authority's form, and on severity. The rules of the law judge each one."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from marshmallow import ValidationError, fields

from service.schemas.faults import Key
from service.schemas.fields import CALLABLE, LONG, Keyed
from service.words.signs import first_control
from tenants.lines import long_text, one_line
from workflows.law.ap_form.answers import AnswerRefused, read_answers
from workflows.law.ap_form.model import the_form
from workflows.law.severity_questions import UnknownAnswer, estimate

DEEPEST = 4
ASKS_PARAGRAPHS = frozenset(question.id for question in the_form().questions if question.type == "textarea")
ASKS_PHONE = frozenset(question.id for question in the_form().questions if question.type == "phone")
Check = Callable[[dict[str, Any]], object]
Cleaning = Callable[[str], str]


class Unkeepable(Exception):
    """An answer that cannot be stored. The error has the `fault`."""

    def __init__(self, fault: Key) -> None:
        super().__init__(fault)
        self.fault = fault


class ByQuestion(Keyed, fields.Dict):
    """A mapping of question to answer. Each refused answer is a fault at its own question."""

    def __init__(self, check: Check, **options: Any) -> None:
        super().__init__(**options)
        self.check = check

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        answers = super()._deserialize(value, attr, data, **options)
        kept: dict[str, Any] = {}
        faults: dict[str, list[Key]] = {}
        for name, answer in answers.items():
            try:
                kept[name] = self._kept(name, answer)
            except (AnswerRefused, UnknownAnswer) as refusal:
                faults[name] = [Key(refusal.key)]
            except Unkeepable as refusal:
                faults[name] = [refusal.fault]
        if faults:
            raise ValidationError(faults)
        return kept

    def _kept(self, name: str, answer: Any) -> Any:
        """Return the answer with its texts cleaned as in any Line or LongText, before the rules judge it."""
        for text in texts_in(answer):
            _refuse_unkeepable(text)
        kept = cleaned(answer, self.cleaning(name))
        self.check({name: kept})
        return kept

    def cleaning(self, name: str) -> Cleaning:
        """Return how the texts in the answer to this question are cleaned: to one line, unless it takes paragraphs."""
        return one_line


class FormAnswers(ByQuestion):
    """Answers to the authority's form, by the question's id, as workflows/law/ap_form/answers.py reads them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_answers, **options)

    def cleaning(self, name: str) -> Cleaning:
        """Return a cleaning that keeps paragraphs where the form has room for them."""
        return long_text if name in ASKS_PARAGRAPHS else one_line

    def _kept(self, name: str, answer: Any) -> Any:
        """Return the cleaned answer. Raises Unkeepable for a telephone number that nobody can call."""
        kept = super()._kept(name, answer)
        value = kept.get("value", kept) if isinstance(kept, Mapping) else kept
        phone = value.get("phone") if isinstance(value, Mapping) else value if name in ASKS_PHONE else None
        if isinstance(phone, str) and phone and not CALLABLE.match(phone):
            raise Unkeepable(Key("field.phone"))
        return kept


class SeverityAnswers(ByQuestion):
    """Answers to law/severity_questions.py. Null means not known.

    The texts that a form sends for yes and no are accepted.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(estimate, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        return super()._deserialize(_as_typed(value) if isinstance(value, Mapping) else value, attr, data, **options)


def _as_typed(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers of a form, which sends only texts, and a blank for each question without an answer."""
    filled = {name: answer for name, answer in answers.items() if answer != ""}
    if isinstance(filled.get("kinds"), str):
        filled["kinds"] = [filled["kinds"]]
    said = filled.get("malicious")
    return filled | {"malicious": said == "true"} if isinstance(said, str) and said in ("true", "false") else filled


def texts_in(answer: Any, depth: int = 0) -> Iterator[str]:
    """Return every text in an answer. Raises Unkeepable when it is nested deeper than any valid answer."""
    if depth > DEEPEST:
        raise Unkeepable(Key("field.invalid"))
    if isinstance(answer, str):
        yield answer
    inner = answer.values() if isinstance(answer, Mapping) else answer if isinstance(answer, list) else ()
    for part in inner:
        yield from texts_in(part, depth + 1)


def cleaned(answer: Any, cleaning: Cleaning) -> Any:
    """Return the answer with every text in it cleaned. Values that are not text stay as they are."""
    if isinstance(answer, str):
        return cleaning(answer)
    if isinstance(answer, Mapping):
        return {name: cleaned(part, cleaning) for name, part in answer.items()}
    return [cleaned(part, cleaning) for part in answer] if isinstance(answer, list) else answer


def _refuse_unkeepable(text: str) -> None:
    if len(text) > LONG:
        raise Unkeepable(Key("field.too_long", most=LONG))
    if control := first_control(text):
        raise Unkeepable(Key("field.control_character", **control))

"""What the AP's form is filled from: one breach as a plain mapping, every key known, every value of its kind.

Standard library only. The keys:

* the columns of a breach that tell something (TEXTS, MOMENTS, CHOICES and the like below), as the register names them;
* `facts`: the words of `workflows.law.vocabulary`; they may also stand at the top, as in a file for `law advise`;
* `organisation`, `reporter`, `contact`, `notice`: mappings of the parts named in PARTS; an address is one text, or its
  parts; `without_fg` is true where the organisation said that it has no data protection officer;
* `draft`: `{"answers": {question: answer}}`, what people answered; see `workflows.law.ap_form.answers`;
* `now`: the caller's clock, to know whether a notification sent now would be late.

None, blank, or left out is: not known. A moment without an offset is local time in Amsterdam.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflows.law import gdpr, vocabulary
from workflows.law.ap_form.answers import Answer, read_answers
from workflows.law.ap_form.model import Question
from workflows.law.ap_form.values import (
    CONTACT_PARTS,
    is_given,
    read_address,
    read_bool,
    read_count,
    read_day,
    read_moment,
    read_parts,
    read_text,
)

TEXTS = (
    *("reference", "title", "processor_name", "description", "cause", "consequences", "measures"),
    *("risk_reason", "people_reason", "decision_reason", "authority_number", "late_reason"),
)
MOMENTS = (
    *("found_at", "became_aware_at", "earliest_aware_at", "alarm_at", "due_at", "decided_at", "submitted_at"),
    *("acknowledged_at", "created_at", "now"),
)
DAYS = ("happened_from", "happened_until")
"""A day, or a moment on it."""

CHOICES: Mapping[str, tuple[str, ...]] = {
    "origin": ("own", "escalated"),
    "aware_how": ("own", "mail", "phone", "letter", "receipt", "stated"),
    "risk": gdpr.RISKS,
    "people_exception": gdpr.PEOPLE_EXCEPTIONS,
    "decision": ("notify", "do_not_notify"),
    "authority_severity": ("negligible", "limited", "significant", "very_great"),
}
YES_OR_NO = ("financial_undertaking",)
COUNTS = ("people_min", "people_max")
UNUSED = (
    *("id", "organisation_id", "processor_id", "escalation_id", "incident_id", "contacts", "terms", "version"),
    *("advice", "departure_reason", "assessed_on", "decided_on", "seen_on", "moved_term"),
    *("approved_on", "sent_as", "prepared_by", "questions_open", "taken_over", "taken_over_file", "taken_over_key"),
    *("stated_aware_at", "stated_aware_how", "stated_by", "own_aware_reason", "own_aware_stated_at"),
    *("later_aware_at", "later_aware_reason", "later_aware_stated_at", "later_aware_by"),
    "people_estimate",  # the form has no question for it, and says of its numbers that an estimate will do
    *("severity_answers", "enisa", "edpb_severity"),  # other scales than the form's: never converted to it
)
"""Columns of a breach that the form does not use: they are accepted, so that a whole row may be given, and ignored."""

PARTS: Mapping[str, tuple[str, ...]] = {
    "organisation": (
        "name", "kvk_number", "fg_name", "fg_email", "fg_phone", "fg_number", "without_fg", "address", "sector",
    ),
    "reporter": CONTACT_PARTS,
    "contact": CONTACT_PARTS,
}
NOTICE = ("sent_at", "people_told", "content")
"""The notice to people, if there is one: when it was sent (None: not yet), to how many, and what it says."""


class FactRefused(ValueError):
    """A key that is not a fact of a breach, or a value not of its kind; carries `field` and `value`."""

    key = "fact.unknown"

    def __init__(self, field: str, value: object, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.value = field, value


@dataclass(frozen=True)
class Case:
    """One breach: `columns` of the register, `facts` of the vocabulary, and who is involved.

    The mappings hold only what is known.
    """

    columns: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    organisation: Mapping[str, Any] = field(default_factory=dict)
    reporter: Mapping[str, str] = field(default_factory=dict)
    contact: Mapping[str, str] = field(default_factory=dict)
    notice: Mapping[str, Any] | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)

    @property
    def is_a_breach(self) -> bool:
        """Whether anything is known of a breach; False for the empty form."""
        return bool({*self.columns, *self.facts} - {"now"})

    @property
    def due_at(self) -> datetime | None:
        """Art. 33(1): the first moment that is late; None while nobody is aware. Raises NoTermsInForce.

        From the earliest moment that anybody stated, unless the authority moved the term.
        """
        aware_at, stored = self.columns.get("became_aware_at"), self.columns.get("due_at")
        counted = gdpr.authority_period(aware_at).due_at if aware_at else None
        earliest: datetime | None = self.columns.get("earliest_aware_at")
        if stored not in (None, counted) or earliest is None:
            return stored or counted
        return gdpr.authority_period(earliest).due_at

    @property
    def people(self) -> tuple[int | None, int | None]:
        """At least and at most how many people: from the register's own columns, else from the facts."""
        source = self.columns if {"people_min", "people_max"} & set(self.columns) else self.facts
        return source.get("people_min"), source.get("people_max")


Derived = Callable[[Case, Question, Mapping[str, Answer]], Answer]
"""A rule that answers one question from the breach, the question, and the answers before it in the form."""


def read_case(document: Mapping[str, object]) -> Case:
    """Return the breach that a mapping describes.

    Raises FactRefused, vocabulary.UnknownFact, vocabulary.PeopleReversed, AnswerRefused: all ValueErrors with a key.
    """
    columns = {name: _column(name, value) for name, value in document.items() if _is_column(name) and is_given(value)}
    facts = _facts(document)
    _refuse_reversed(columns)
    notice = document.get("notice")
    draft = _mapping("draft", document.get("draft"), ("answers",))
    return Case(
        columns=columns,
        facts=facts,
        notice=None if notice is None else _notice(notice),
        answers=read_answers(_mapping("draft.answers", draft.get("answers"))),
        **{name: _parts(name, document.get(name)) for name in PARTS},
    )


def _facts(document: Mapping[str, object]) -> dict[str, object]:
    elsewhere = {*PARTS, *UNUSED, "facts", "draft", "notice"}
    flat = {name: value for name, value in document.items() if not (_is_column(name) or name in elsewhere)}
    facts = {**flat, **_mapping("facts", document.get("facts"))}
    vocabulary.refuse_unknown_facts(facts)
    return {name: value for name, value in facts.items() if is_given(value)}


def _is_column(name: str) -> bool:
    return name in _READERS


def _column(name: str, value: object) -> Any:
    try:
        return _READERS[name](value)
    except ValueError as error:
        raise FactRefused(name, value, str(error)) from error


def _mapping(name: str, value: object, keys: tuple[str, ...] | None = None) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise FactRefused(name, value, "a mapping is needed")
    if strange := [str(key) for key in value if keys is not None and key not in keys]:
        raise FactRefused(f"{name}.{strange[0]}", value, "not a known fact")
    return value


def _parts(name: str, value: object) -> dict[str, Any]:
    keys = PARTS[name]
    parts = _mapping(name, value, keys)
    try:
        texts = read_parts({part: text for part, text in parts.items() if part not in _OTHER_PARTS}, keys)
        others = {part: read(parts[part]) for part, read in _OTHER_PARTS.items() if is_given(parts.get(part))}
        return {**texts, **others}
    except ValueError as error:
        raise error if isinstance(error, FactRefused) else FactRefused(name, value, str(error)) from error


def _notice(value: object) -> dict[str, Any]:
    notice = _mapping("notice", value, NOTICE)
    readers = {"sent_at": read_moment, "people_told": read_count, "content": read_text}
    try:
        return {name: readers[name](part) for name, part in notice.items() if is_given(part)}
    except ValueError as error:
        raise FactRefused("notice", value, str(error)) from error


def _refuse_reversed(columns: Mapping[str, Any]) -> None:
    least, most = columns.get("people_min"), columns.get("people_max")
    if least is not None and most is not None and least > most:
        raise vocabulary.PeopleReversed(least, most)


def _one_of(options: tuple[str, ...]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in options:
            raise ValueError(f"not one of {', '.join(options)}: {value!r}")
        return str(value)

    return read


_OTHER_PARTS: Mapping[str, Callable[[Any], Any]] = {"address": read_address, "without_fg": read_bool}
"""The parts of an organisation that are no plain text."""

_READERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(TEXTS, read_text),
    **dict.fromkeys(MOMENTS, read_moment),
    **dict.fromkeys(DAYS, read_day),
    **dict.fromkeys(YES_OR_NO, read_bool),
    **dict.fromkeys(COUNTS, read_count),
    **{name: _one_of(options) for name, options in CHOICES.items()},
}

"""The questions by which a person arrives at an ENISA score, without being asked for the number itself.

ENISA 2013, annexes 1 to 3 (raising and lowering circumstances from public summaries and from memory: see the notes at
the values). What is not known stays open: the answer is then a range. Standard library only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import cast

from workflows.law.severity import CONTEXT, IDENTIFICATION, INTENT, Parts, Severity, severity

Answers = Mapping[str, object]

BASES: Mapping[str, int] = MappingProxyType({"simple": 1, "behavioural": 2, "financial": 3, "sensitive": 4})
"""DPC before circumstances, in points, by kind of data."""

CIRCUMSTANCES: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "simple": {"none": 0, "profiling": 1, "guesses_about_sensitive": 2, "vulnerable_person": 3},
        "behavioural": {"none": 0, "no_insight_or_public": -1, "everyday_profile": 1, "sensitive_profile": 2},
        "financial": {"none": 0, "no_insight": -2, "some_fact": -1, "fraud_or_full_profile": 1},
        "sensitive": {"none": 0, "no_insight_or_public": -3, "general_assumptions": -2, "assumptions": -1},
    }
)
"""What raises or lowers the points of a kind; one fits best for each kind."""

CREDENTIALS_OPEN: Mapping[str, int] = MappingProxyType({"simple": 1, "behavioural": 2, "financial": 4, "sensitive": 4})
"""Credentials score as what they open: a web shop 1, a bank 4."""

KINDS = (*BASES, "credentials")

IDENTIFIED_BY: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "full_name": {"common": 1, "few_in_country": 2, "few_in_city": 3, "with_birth_date_and_email": 4},
        "id_number": {"alone": 1, "with_birth_date_or_email": 3, "with_name": 4},
        "phone_or_address": {"not_public": 1, "small_city": 2, "public_register": 4},
        "email": {"not_findable": 1, "findable": 3, "name_and_findable": 4},
        "picture": {"unclear": 1, "unclear_with_clues": 2, "clear": 3, "clear_and_linked": 4},
        "code_or_alias": {"no_link": 1, "name_and_email": 3, "name_or_database": 4},
    }
)
"""EI in quarters: by what people are identified, and how well that works. Several: the easiest counts."""

LOST: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "confidentiality": {"no_access_seen": 0, "known_recipients": 1, "unknown_or_public": 2},
        "integrity": {"no_wrong_use": 0, "recoverable": 1, "not_recoverable": 2},
        "availability": {"restored_easily": 0, "temporarily_away": 1, "permanently_away": 2},
    }
)
"""CB in quarters: what was lost, and how badly."""


class UnknownAnswer(ValueError):
    """An answer that the question does not have; carries `question` and `answer`."""

    key = "severity.unknown_answer"

    def __init__(self, question: str, answer: object) -> None:
        super().__init__(f"{question}: not a possible answer: {answer!r}")
        self.question, self.answer = question, answer


@dataclass(frozen=True, slots=True)
class Led:
    """One answer that counted: `question`, `answer` (None: not known), and its least and most contribution.

    Contributions are in points for kinds of data, in quarters for the rest.
    """

    question: str
    answer: str | None
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """The lowest and highest severity that the answers leave open, equal when all is known, and the answers that led
    there."""

    least: Severity
    most: Severity
    led_by: tuple[Led, ...]

    @property
    def sure(self) -> bool:
        """Whether the score is one number."""
        return self.least.quarters == self.most.quarters


def estimate(answers: Answers, people: int | None = None, unintelligible: bool | None = None) -> Estimate:
    """ENISA 2013: the score that these answers lead to; None, or left out, is not known.

    `kinds`: some of KINDS. `circumstance.KIND`: one of CIRCUMSTANCES[KIND]. `credentials_open`: one of
    CREDENTIALS_OPEN. `identified_by.MEANS`: one of IDENTIFIED_BY[MEANS], for the means that were among the data.
    `confidentiality`, `integrity`, `availability`: one of LOST. `malicious`: True or False.

    Raises UnknownAnswer; ScoreOutOfRange for fewer than no people.
    """
    _refuse_unknown_answers(answers)
    context, identified = _context(answers), _identified(answers)
    lost = {part: _one(part, answers.get(part), options) for part, options in LOST.items()}
    intent = cast(bool | None, answers.get("malicious"))
    dpc, ei = _highest(context), _highest(identified)
    ends = [
        severity(
            Parts(
                dpc=dpc[end], ei=ei[end], malicious=bool(end) if intent is None else intent,
                **{part: (led.least, led.most)[end] for part, led in lost.items()},
            ), people, unintelligible,
        ) for end in (0, 1)
    ]  # fmt: skip
    return Estimate(ends[0], ends[1], (*context, *identified, *lost.values(), _intent(intent)))


def _context(answers: Answers) -> list[Led]:
    kinds = cast(Iterable[str] | None, answers.get("kinds"))
    if not kinds:
        return [Led("kinds", None, CONTEXT[0], CONTEXT[-1])]
    return [_points(kind, answers) for kind in KINDS if kind in kinds]


def _points(kind: str, answers: Answers) -> Led:
    if kind == "credentials":
        return _one("credentials_open", answers.get("credentials_open"), CREDENTIALS_OPEN)
    question = f"circumstance.{kind}"
    points = {name: _clamped(BASES[kind] + step) for name, step in CIRCUMSTANCES[kind].items()}
    return _one(question, answers.get(question), points)


def _clamped(points: int) -> int:
    return min(max(points, CONTEXT[0]), CONTEXT[-1])


def _identified(answers: Answers) -> list[Led]:
    named = [means for means in IDENTIFIED_BY if f"identified_by.{means}" in answers]
    if not named:
        return [Led("identified_by", None, IDENTIFICATION[0], IDENTIFICATION[-1])]
    return [_one(f"identified_by.{means}", answers[f"identified_by.{means}"], IDENTIFIED_BY[means]) for means in named]


def _one(question: str, answer: object, options: Mapping[str, int]) -> Led:
    if answer is None:
        return Led(question, None, min(options.values()), max(options.values()))
    value = options[cast(str, answer)]
    return Led(question, cast(str, answer), value, value)


def _intent(malicious: bool | None) -> Led:
    answer = None if malicious is None else ("yes" if malicious else "no")
    return Led("malicious", answer, INTENT if malicious else 0, 0 if malicious is False else INTENT)


def _highest(led: Iterable[Led]) -> tuple[int, int]:
    known = list(led)
    return max(score.least for score in known), max(score.most for score in known)


def _refuse_unknown_answers(answers: Answers) -> None:
    for question, answer in answers.items():
        if answer is not None and not _is_answer(question, answer):
            raise UnknownAnswer(question, answer)


def _is_answer(question: str, answer: object) -> bool:
    if question == "kinds":
        return isinstance(answer, list | tuple | set | frozenset) and all(kind in KINDS for kind in answer)
    if question == "malicious":
        return isinstance(answer, bool)
    return isinstance(answer, str) and answer in options_of(question)


def options_of(question: str) -> tuple[str, ...]:
    """Return the answers a question has, from mild to severe. Raises UnknownAnswer for a question that does not exist.
    """
    area, _, which = question.partition(".")
    places = {"circumstance": CIRCUMSTANCES, "identified_by": IDENTIFIED_BY}
    options = places[area].get(which) if area in places else {**LOST, "credentials_open": CREDENTIALS_OPEN}.get(area)
    if options is None or (area not in places and which):
        raise UnknownAnswer(question, None)
    return tuple(sorted(options, key=lambda option: options[option]))

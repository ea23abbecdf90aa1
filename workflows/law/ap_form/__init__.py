"""The AP's form filled from a breach: every answer with its state, what blocks sending, sums, and what changed.

Art. 33(1), 33(3), 33(4). May import the standard library and the law only: no database, no clock of its own.
The questions are `form.toml`; the AP's own question list could not be had, and the model says where it is not sure.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from workflows.law.ap_form.answers import MISSING, Answer, State
from workflows.law.ap_form.deriving import derive
from workflows.law.ap_form.facts import Case, read_case
from workflows.law.ap_form.model import Chapter, Question, the_form

PRELIMINARY = "preliminary"
COMPLETE = "complete"


@dataclass(frozen=True)
class FilledQuestion:
    """One question with its answer. A question that is not shown is not asked: it counts nowhere.

    `fault` says why an answer is not one: "text_needed" (namely what?) or "count_reversed"; it is missing then.
    `blocks`: "preliminary" and "complete", as far as this question holds them up.
    """

    question: Question
    shown: bool
    answer: Answer
    fault: str | None = None

    @property
    def state(self) -> State:
        """How the answer stands."""
        return self.answer.state

    @property
    def value(self) -> object:
        """What to enter in the form; None when there is nothing to enter."""
        return self.answer.value

    @property
    def blocks(self) -> tuple[str, ...]:
        """Which notifications this question holds up."""
        if not self.shown:
            return ()
        held = ((PRELIMINARY, _holds_up_preliminary(self)), (COMPLETE, _holds_up_complete(self)))
        return tuple(name for name, is_held in held if is_held)


@dataclass(frozen=True)
class FilledChapter:
    """One chapter with all its questions, shown or not, in the form's own order."""

    chapter: Chapter
    questions: tuple[FilledQuestion, ...]

    @property
    def shown(self) -> tuple[FilledQuestion, ...]:
        """The questions that the form asks."""
        return tuple(question for question in self.questions if question.shown)

    @property
    def sums(self) -> dict[str, int]:
        """How many of the shown questions are in each state."""
        return _sums(self.shown)


@dataclass(frozen=True)
class FilledForm:
    """The whole form for one breach."""

    chapters: tuple[FilledChapter, ...]

    @property
    def questions(self) -> tuple[FilledQuestion, ...]:
        """Every question, shown or not, in the form's own order."""
        return tuple(question for chapter in self.chapters for question in chapter.questions)

    @property
    def shown(self) -> tuple[FilledQuestion, ...]:
        """The questions that the form asks."""
        return tuple(question for question in self.questions if question.shown)

    @property
    def sums(self) -> dict[str, int]:
        """How many of the shown questions are in each state; together that is all of them."""
        return _sums(self.shown)

    def question(self, question_id: str) -> FilledQuestion:
        """Return the question with this id. Raises KeyError when the form has none."""
        return {filled.question.id: filled for filled in self.questions}[question_id]


@dataclass(frozen=True)
class Change:
    """One question that is answered otherwise than before; `asked` is whether the form shows it now."""

    id: str
    before: Answer
    after: Answer
    asked: bool


def fill(facts: Mapping[str, object]) -> FilledForm:
    """Art. 33(3): the form, filled from one breach. What people answered goes before what follows from the facts.

    `facts` is the mapping that `workflows.law.ap_form.facts` describes; an empty one gives the empty form.

    Raises ValueErrors with a `key`: FactRefused, UnknownFact, PeopleReversed, AnswerRefused, and what reading a
    moment or the terms of its day raises.
    """
    case = read_case(facts)
    columns = case.columns
    values: dict[str, object] = {
        "submitted_at": columns.get("submitted_at") or columns.get("now"),
        "due_at": case.due_at,
    }
    answers: dict[str, Answer] = {}
    filled = {q.id: _fill_question(q, case, values, answers) for q in the_form().questions}
    chapters = the_form().chapters
    return FilledForm(tuple(FilledChapter(c, tuple(filled[q.id] for q in c.questions)) for c in chapters))


def blocks(form: FilledForm) -> dict[str, list[str]]:
    """Art. 33(1), 33(4): the ids of the questions that hold up a preliminary, and a complete notification.

    A preliminary one waits only for who reports, whom to ask, a late one's reasons, and at least a word on what
    happened ("not yet known" is one). A complete one waits for what the law asks. Questions of which no source says
    whether they are required never hold up anything.
    """
    return {name: [q.question.id for q in form.shown if name in q.blocks] for name in (PRELIMINARY, COMPLETE)}


def open_questions(form: FilledForm) -> list[str]:
    """Art. 33(1), 33(4): the ids of the questions that hold up any notification; one that may stay empty is not open.
    """
    return [q.question.id for q in form.shown if q.blocks]


def changes(before: FilledForm, after: FilledForm) -> list[Change]:
    """Return the questions that are answered otherwise, in the form's own order; one that is no longer asked has
    changed too."""
    changed = []
    for old, new in zip(before.questions, after.questions, strict=True):
        if old.shown != new.shown or (new.shown and old.answer != new.answer):
            was, now = (q.answer if q.shown else MISSING for q in (old, new))
            changed.append(Change(new.question.id, was, now, new.shown))
    return changed


def _fill_question(
    question: Question, case: Case, values: dict[str, object], answers: dict[str, Answer]
) -> FilledQuestion:
    """Fill one question, and add its answer to `values` and `answers`, on which later questions depend."""
    shown = question.condition is None or question.condition.holds(values)
    answer = (case.answers.get(question.id) or derive(case, question, answers)) if shown else MISSING
    fault = _fault(question, answer, answers)
    if fault:
        answer = Answer(State.MISSING, answer.value, answer.texts)
    answers[question.id] = answer
    if answer.state is State.FILLED:
        values[question.id] = answer.value
    return FilledQuestion(question, shown, answer, fault)


def _fault(question: Question, answer: Answer, answers: Mapping[str, Answer]) -> str | None:
    if answer.state is not State.FILLED:
        return None
    picked = answer.value if isinstance(answer.value, tuple) else (answer.value,)
    if any(option.free_text and option.id in picked and option.id not in answer.texts for option in question.options):
        return "text_needed"
    if question.rule:
        least, most = (answer if name == question.id else answers[name] for name in question.rule.split(" <= "))
        if least.state is State.FILLED and least.value > most.value:
            return "count_reversed"
    return None


def _holds_up_preliminary(filled: FilledQuestion) -> bool:
    if filled.question.at_once == "answered":
        return filled.state in (State.MISSING, State.NOT_APPLICABLE)
    return filled.question.at_once == "filled" and filled.state is not State.FILLED


def _holds_up_complete(filled: FilledQuestion) -> bool:
    question = filled.question
    if filled.state is State.FILLED or question.required in ("opt", "unknown"):
        return False
    demands_an_answer = question.at_once or question.required in ("law", "ap")
    if demands_an_answer and not question.where_possible:
        return True
    return filled.state in (State.MISSING, State.NOT_YET_KNOWN)


def _sums(shown: tuple[FilledQuestion, ...]) -> dict[str, int]:
    counted = Counter(filled.state for filled in shown)
    return {state.value: counted[state] for state in State}

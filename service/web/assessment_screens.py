"""The screens of an assessment: what is known already, one question each, and the judgement last.

A question is asked only while its answer can still change the advice (workflows/law/advice/changes.py). What a person
answers is a draft of their own until they record the assessment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema
from werkzeug.datastructures import MultiDict

from service.http.faults import Fault
from service.schemas.breach import AssessmentSchema
from service.schemas.fields import Choices
from service.typed.document import facts_document
from service.typed.known import assessment_known
from service.typed.severity import MEANS, PREFIX, severity_questions
from service.web.assessing import QUESTIONS, Advised, advised_while_typing, is_estimate, typed_facts
from service.web.assessment_answers import SHOWN, outdated, recorded_values, standing
from service.web.forms import NOT_TYPED, Form, is_typed
from tenants.form_drafts import Typed
from tenants.register.breaches import Breach
from workflows.law import severity_questions as severity
from workflows.law.severity_questions import LOST
from workflows.law.vocabulary import COUNTS
from workflows.notification.advising import digest_of

KNOWN, PEOPLE, LAST = "known", "people_min", "last"
KINDS = f"{PREFIX}kinds"
CONFIRMED = {*QUESTIONS, "people_max"} - {"financial_undertaking"}
"""The facts that a processor or a colleague recorded. A financial undertaking is one by its own register."""
MARK = "by_question"
"""The field that says that an assessment was sent from the last screen."""
JUDGEMENT = ("risk", "reason", "departure_reason", "people_exception", "people_reason")
SCORED = (KINDS, MEANS, *(PREFIX + part for part in LOST))
"""The questions of the ENISA score that hang on no earlier answer. Whoever wants the score begins with the first."""


@dataclass(frozen=True)
class Screen:
    """One screen of an assessment, with the form as this person filled it in so far.

    `names` are all screens in their order, `name` is the one that is shown. In the words of
    workflows/law/vocabulary.py: `known` are the facts that were recorded before, as they are recorded; `answers` are
    what this person answered where it differs from what is recorded, None where they took a fact back; `outdated` are
    such answers that do not count, because somebody recorded another value after them.
    `is_estimate`: whether the number of people among these answers is an estimate.
    `digest` is that of the recorded facts, and `recorded` are those facts by field.
    """

    name: str
    names: tuple[str, ...]
    form: Form
    advised: Advised
    known: dict[str, Any]
    answers: dict[str, Any]
    outdated: dict[str, Any]
    digest: str
    recorded: Typed
    is_estimate: bool

    @property
    def number(self) -> int:
        """Return the place of this screen, from 1."""
        return self.names.index(self.name) + 1

    @property
    def earlier(self) -> str | None:
        """Return the name of the screen before this one; None for the first."""
        return self.names[self.number - 2] if self.number > 1 else None

    @property
    def shown(self) -> list[tuple[str, str]]:
        """Return the recorded values of the fields on this screen, which are kept with the answers. A blank stands for
        nothing recorded."""
        names = fields_of(self.name) if self.name in CONFIRMED else ()
        return [(SHOWN + name, value) for name in names for value in self.recorded.get(name) or [""]]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """Return the answers of the other screens, which are recorded with the judgement."""
        own = {*JUDGEMENT, *NOT_TYPED}
        return [(name, value) for name, value in self.form.typed.items(multi=True) if value and name not in own]


def fields_of(screen: str) -> tuple[str, ...]:
    """Return the names of the fields on a screen; none for a screen that does not exist."""
    if screen == LAST:
        return JUDGEMENT
    if screen == PEOPLE:
        return ("people_min", "people_max")
    if screen in QUESTIONS:
        return (f"facts.{screen}",)
    return (screen,) if screen in (*SCORED, *(row["name"] for row in _hanging())) else ()


def form_with(breach: Breach, draft: Typed) -> Form:
    """Return the form of an assessment: what is recorded of the breach, with the answers of a draft in its place.

    An answer that is outdated leaves what is recorded.
    """
    return _filled(breach, standing(draft, breach))


def _filled(breach: Breach, draft: Typed) -> Form:
    form = Form.beginning_with(assessment_known(breach))
    for name, values in draft.items():
        if not name.startswith(SHOWN):
            form.typed.setlist(name, values)
    return form


def sent_again(breach: Breach, draft: Typed, form: Form) -> Form:
    """Return the form of the last screen as it was sent, with the facts as they count now.

    The screen has no fields for them, so nobody sees there what an older one would overwrite.
    """
    counts = form_with(breach, draft)
    for name in {name for name in (*form.typed, *counts.typed) if is_typed(name)} - {*JUDGEMENT}:
        form.typed.setlist(name, counts.typed.getlist(name))
    return form


def faults_on(screen: str, answers: Typed) -> list[Fault]:
    """Return the faults of the answers on one screen, as the step itself finds them. An answer may still be missing."""
    names = fields_of(screen)
    if not names:
        return []
    form = Form(MultiDict((name, value) for name in names for value in answers.get(name, ())))
    if screen.startswith(PREFIX):
        form.load(Schema.from_dict({screen: Choices(_options_of(screen))})())
    else:
        form.load(AssessmentSchema(partial=("risk", "reason")), facts=facts_document(form.typed))
    for fault in form.faults:
        # A fault of the second choice in a list is a fault of the list.
        fault["field"] = next(name for name in names if f"{fault['field']}.".startswith(f"{name}."))
    return form.faults


def _options_of(screen: str) -> Iterable[str]:
    if screen in (KINDS, MEANS):
        return severity.KINDS if screen == KINDS else severity.IDENTIFIED_BY
    return severity.options_of(screen.removeprefix(PREFIX))


def screen_of(breach: Breach, draft: Typed, asked: str = "", form: Form | None = None) -> Screen:
    """Return the screen to show: the one asked for when there is such a screen, else the first without an answer.

    `form`: the form as it was typed, for a screen that is shown again with its faults.
    """
    shown, counting = form or form_with(breach, draft), standing(draft, breach)
    advised, now = advised_while_typing(shown, breach), typed_facts(shown, breach)
    recorded = typed_facts(_filled(breach, {}), breach)
    known = {name: value for name, value in recorded.items() if name in CONFIRMED}
    answers = {name: now.get(name) for name in known if now.get(name) != known[name]}
    estimated = is_estimate(_filled(breach, draft))
    if estimated != breach.people_estimate:
        answers |= {name: now[name] for name in COUNTS if name in now}
    names = tuple(_names(breach, counting, advised, known, shown.typed, asked))
    name = asked if asked in names else _first_open(names, counting, breach)
    old = _outdated(breach, draft)
    return Screen(name, names, shown, advised, known, answers, old, digest_of(breach),
                  recorded_values(breach), estimated)


def _outdated(breach: Breach, draft: Typed) -> dict[str, Any]:
    typed = typed_facts(_filled(breach, draft), breach)
    names = (name.removeprefix("facts.") for name in outdated(draft, breach))
    return {name: typed.get(name) for name in names}


def _names(
    breach: Breach, draft: Typed, advised: Advised, known: dict[str, Any], typed: MultiDict[str, str], asked: str
) -> Iterable[str]:
    if known:
        yield KNOWN
    changing = {PEOPLE if name == "people_max" else name for name in advised.changing}
    for fact in QUESTIONS:
        can_change = fact in changing and fact in advised.asked and fact not in known
        if can_change or fact == asked or _is_answered(fact, draft, breach):
            yield fact
    if asked.startswith(PREFIX) or any(name in draft for name in SCORED):
        yield from _scored(typed)
    yield LAST


def _scored(typed: MultiDict[str, str]) -> Iterable[str]:
    for name in SCORED:
        yield name
        yield from (row["name"] for row in _hanging() if row["on"] == name and row["value"] in typed.getlist(name))


def _hanging() -> list[dict[str, Any]]:
    return [{**row, "name": PREFIX + row["name"], "on": row["hangs_on"]} for row in severity_questions()]


def _first_open(names: tuple[str, ...], draft: Typed, breach: Breach) -> str:
    return next((name for name in names if not _is_answered(name, draft, breach)), LAST)


def _is_answered(screen: str, draft: Typed, breach: Breach) -> bool:
    if screen == KNOWN:
        return draft.get(KNOWN) == [digest_of(breach)]
    return screen != LAST and all(name in draft for name in fields_of(screen))

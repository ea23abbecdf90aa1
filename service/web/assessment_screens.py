"""The screens of an assessment: what is known already, one question each, and the judgement last.

A question is asked only while its answer can still change the advice (workflows/law/advice/changes.py). What a person
answers is a draft of their own until they record the assessment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from service.typed.known import assessment_known
from service.typed.severity import MEANS, PREFIX, severity_questions
from service.web.assessing import QUESTIONS, Advised, advised_while_typing, typed_facts
from service.web.forms import Form
from tenants.register.assessment_drafts import Typed
from tenants.register.breaches import Breach
from workflows.law.severity_questions import LOST
from workflows.notification.advising import digest_of

KNOWN, PEOPLE, LAST = "known", "people_min", "last"
KINDS = f"{PREFIX}kinds"
CONFIRMED = {*QUESTIONS, "people_max"} - {"financial_undertaking"}
"""The facts that a processor or a colleague recorded. A financial undertaking is one by its own register."""
JUDGEMENT = ("risk", "reason", "departure_reason", "people_exception", "people_reason")
SCORED = (KINDS, MEANS, *(PREFIX + part for part in LOST))
"""The questions of the ENISA score that hang on no earlier answer. Whoever wants the score begins with the first."""


@dataclass(frozen=True)
class Screen:
    """One screen of an assessment, with the form as this person filled it in so far.

    `names` are all screens in their order, `name` is the one that is shown. `known`: the facts that were recorded
    before with their values now, in the words of workflows/law/vocabulary.py; None where the person took one back.
    """

    name: str
    names: tuple[str, ...]
    form: Form
    advised: Advised
    known: dict[str, Any]

    @property
    def number(self) -> int:
        """Return the place of this screen, from 1."""
        return self.names.index(self.name) + 1

    @property
    def earlier(self) -> str | None:
        """Return the name of the screen before this one; None for the first."""
        return self.names[self.number - 2] if self.number > 1 else None

    @property
    def carried(self) -> list[tuple[str, str]]:
        """Return the answers of the other screens, which are recorded with the judgement."""
        return [(name, value) for name, value in self.form.typed.items(multi=True) if value and name not in JUDGEMENT]


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
    """Return the form of an assessment: what is recorded of the breach, with the answers of a draft in its place."""
    form = Form.beginning_with(assessment_known(breach))
    for name, values in draft.items():
        form.typed.setlist(name, values)
    return form


def screen_of(breach: Breach, draft: Typed, asked: str = "", form: Form | None = None) -> Screen:
    """Return the screen to show: the one asked for when there is such a screen, else the first without an answer.

    `form`: the form as it was typed, for a screen that is shown again with its faults.
    """
    shown = form or form_with(breach, draft)
    advised, now = advised_while_typing(shown, breach), typed_facts(shown, breach)
    known = {name: now.get(name) for name in typed_facts(form_with(breach, {}), breach) if name in CONFIRMED}
    names = tuple(_names(breach, draft, advised, known, shown.typed, asked))
    is_there = asked in names
    return Screen(asked if is_there else _first_open(names, draft, breach), names, shown, advised, known)


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

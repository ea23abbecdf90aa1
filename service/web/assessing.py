"""The assessment while it is typed: its questions in order of importance, and the advice beside them."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from marshmallow import ValidationError

from service.schemas.facts import FactsSchema
from service.schemas.people_counted import ESTIMATE, numbers_of
from service.typed.document import facts_document
from service.typed.severity import Scored, scored, severity_of, severity_questions, typed_severity
from service.web.forms import Form
from service.words.advice_json import advice_json
from service.words.texts import locale
from tenants.register.breaches import Breach
from workflows.law import vocabulary
from workflows.law.advice import Advice, advise
from workflows.law.advice.departing import departs
from workflows.law.advice.questions import ASKED, questions
from workflows.law.severity_questions import IDENTIFIED_BY, KINDS, LOST, options_of
from workflows.notification.advising import SPARED, advice_about, decided_by_risk, facts_of, terms_of

NOT_ASKED = (*SPARED.values(), "people_max")
"""The page asks these facts in other places: one with the reason why people need not be told (Art. 34(3)(b), (c)),
and one beside the least number of people."""
QUESTIONS = tuple(fact for fact in ASKED if fact not in NOT_ASKED)


@dataclass(frozen=True)
class Advised:
    """What the panel shows: the advice with its reasons, what would change it, the score, and a departure from it.

    `changes` has for each unknown fact which duty would change to what; `changing` are those facts, with the ones that
    change a duty only together. `asked` are the questions whose answer can still make a difference; the other fields
    are hidden and keep their values.
    """

    advice: dict[str, Any]
    changes: dict[str, dict[str, list[str]]]
    changing: frozenset[str]
    asked: tuple[str, ...]
    score: Scored
    departs: tuple[str, ...]


def advised_of(breach: Breach) -> Advised:
    """Return the panel for a breach as it is known now."""
    decided = decided_by_risk(breach) if breach.risk else {}
    return _advised(facts_of(breach), advice_about(breach), severity_of(breach), decided)


def advised_while_typing(form: Form, breach: Breach) -> Advised:
    """Return the panel for the values in the form. A value that cannot be read counts as not known.

    Nothing is saved.
    """
    facts = typed_facts(form, breach)
    supposed = SimpleNamespace(
        risk=form.value("risk") or None, people_exception=form.value("people_exception") or None,
        became_aware_at=breach.became_aware_at, financial_undertaking=breach.financial_undertaking,
    )  # fmt: skip
    is_known = supposed.risk in ("unlikely", "risk", "high")
    decided = decided_by_risk(supposed) if is_known else {}  # type: ignore[arg-type]
    return _advised(facts, advise(facts, terms_of(breach)), scored(typed_severity(form.typed), facts), decided)


def _advised(facts: dict[str, Any], advice: Advice, score: Scored, decided: dict[str, bool]) -> Advised:
    changes: dict[str, dict[str, list[str]]] = {}
    for change in advice.would_change:
        afters = changes.setdefault(change.fact, {}).setdefault(change.duty, [])
        if change.after not in afters:
            afters.append(change.after)
    changing = frozenset(name for change in advice.would_change for name in (change.fact, *change.together))
    return Advised(advice_json(advice, locale()), changes, changing, questions(facts), score, departs(advice, decided))


def typed_facts(form: Form, breach: Breach) -> dict[str, Any]:
    """Return the facts in a form that can be read, in the words of workflows/law/vocabulary.py."""
    counts = numbers_of(_typed_people(form))
    facts = _read(facts_document(form.typed) | {name: counts[name] for name in counts if name != ESTIMATE})
    least, most = facts.get("people_min"), facts.get("people_max")
    if least is not None and most is not None and least > most:
        facts = {name: value for name, value in facts.items() if name not in vocabulary.COUNTS}
    exception = SPARED.get(form.value("people_exception"))
    undertaking = breach.financial_undertaking
    return {
        **facts, **({exception: True} if exception else {}),
        **({} if undertaking is None else {"financial_undertaking": undertaking}),
    }  # fmt: skip


def is_estimate(form: Form) -> bool:
    """Return whether the number of people in a form is an estimate."""
    return bool(numbers_of(_typed_people(form)).get(ESTIMATE))


def _typed_people(form: Form) -> dict[str, str]:
    return {name: form.value(name) for name in vocabulary.COUNTS if form.value(name)}


def _read(document: dict[str, Any]) -> dict[str, Any]:
    try:
        facts: dict[str, Any] = FactsSchema().load(document)
    except ValidationError as fault:
        facts = dict(fault.valid_data or {})
    return {name: value for name, value in facts.items() if vocabulary.is_known(name, value)}


def asked_of_people() -> dict[str, Any]:
    """Return what the assessment's own templates need, besides the form."""
    return {
        "questions": QUESTIONS, "severity": severity_questions(), "kinds": KINDS, "means": tuple(IDENTIFIED_BY),
        "lost": {part: options_of(part) for part in LOST},
    }  # fmt: skip

"""The questions of an assessment, a decision, a term that was moved and an own awareness, for two people at once.

They are judgements on what their writer saw. So where somebody else changed something meanwhile, its writer sees that
in the form before anything is saved: what they did not touch is new, what both changed stands side by side.
"""

from collections.abc import Iterable
from functools import cache
from uuid import UUID

from service.typed.document import facts_document
from service.typed.known import assessment_known
from service.typed.merging import Answer, answer_in, read, written
from service.typed.moments import PARTS, moment_of, words_of
from service.typed.severity import MEANS, PREFIX, scored, typed_severity
from service.web.assessment_screens import JUDGEMENT, MARK
from service.web.changed_since import changed_since
from service.web.forms import Form
from service.web.layout import label
from service.web.merged_forms import of_fields, questions_of_facts, questions_of_text, text_of
from service.web.merging import BEGAN, EntryOf, Question, Values, begin, bring_together, digests
from service.words.texts import has_text, t
from service.words.whole_numbers import MOST_IN_A_COLUMN, whole_of
from tenants.errors import OutOfDate
from tenants.history.entries import History, of_subjects
from tenants.register.breaches import Breach

TEXT = ("bulk_notice", "text")
"""The step whose questions do not rest on each other: what others wrote meanwhile stands without a look at it."""


def questions_of_step(workflow: str, name: str, form: Form) -> list[Question]:
    """Return the questions of this step's form; none where its form is one answer."""
    if (workflow, name) == ("ap_notification", "assess"):
        return questions_of_judgement() if form.value(MARK) else questions_of_assessment()
    if (workflow, name) == TEXT:
        return questions_of_text()
    return _questions_of_draft() if (workflow, name) == ("ap_notification", "draft") else []


def questions_of_judgement() -> list[Question]:
    """Return what a person makes of a risk: the fields of the last screen of an assessment by question."""
    fields = {
        "risk": _chosen("risk", t("breach.field.risk"), "risk_long"),
        "reason": _text("reason", t("breach.field.reason")),
        "departure_reason": _text("departure_reason", t("assess.departure")),
        "people_exception": _chosen("people_exception", t("breach.field.people_exception"), "people_exception"),
        "people_reason": _text("people_reason", t("breach.field.people_reason")),
    }
    return [fields[name] for name in JUDGEMENT]


def questions_of_assessment() -> list[Question]:
    """Return every question of an assessment on one page: the facts, the severity as one, and the judgement."""
    facts = [question for question in questions_of_facts() if question.name != "measures"]
    return [*facts, _financial_undertaking(), _severity(), *questions_of_judgement()]


def began_of_assessment(form: Form, about: Breach) -> str:
    """Return what the page of a judgement began with, and what is stored now of the other questions of an assessment.

    Blank for a page that does not say it.
    """
    now = Form.beginning_with(assessment_known(about)).typed
    began = read(form.value(BEGAN))
    return written(digests(now, questions_of_assessment()) | began) if began else ""


def _questions_of_draft() -> list[Question]:
    decision = _chosen("decision", t("breach.field.decision"), "decision_long")
    return [decision, _text("reason", t("breach.field.decision_reason"))]


def questions_of_term() -> list[Question]:
    """Return what the authority announced about a term: until when, why, and where it says so."""
    return [
        _moment("until", t("term.until")), _text("reason", t("term.reason")),
        of_fields("source", t("term.source"), ("source",), text_of("source")),
    ]  # fmt: skip


def questions_of_awareness() -> list[Question]:
    """Return when an organisation itself was aware, whether that was before its processor, and what shows it."""
    return [
        _moment("aware_at", t("awareness.aware_at")), _text("reason", t("awareness.reason")),
        of_fields("before_found", t("awareness.before_found"), ("before_found",),
                  lambda values: label("yes_no", bool(values.get("before_found")))),
    ]  # fmt: skip


def show_others_first(form: Form, now: Values, questions: Iterable[Question], entry_of: EntryOf) -> None:
    """Put into the form what others stored meanwhile, and refuse it once where there is any, so that it is seen.

    A page that does not say what it began with is left to its version.
    """
    if bring_together(form, now, questions, entry_of):
        _show_others(form)


def begin_or_show(form: Form, now: Values, questions: list[Question], entry_of: EntryOf) -> None:
    """Let the page of this form say what it begins with; it says what others stored since it was typed."""
    status = form.status
    if begin(form, now, questions, entry_of) and not form.faults:
        _show_others(form)
    form.status = status


def _show_others(form: Form) -> None:
    if not form.beside:
        form.refuse(OutOfDate())
        form.changed = changed_since(whole_of(form.value("version"), MOST_IN_A_COLUMN))


def entry_about(subject_id: UUID, *whats: str) -> EntryOf:
    """Return what reads the newest entry about this subject with one of these names: once, and only where two answers
    stand beside each other."""

    @cache
    def read() -> History | None:
        return next(iter(of_subjects([subject_id], whats, most=1)), None)

    return lambda _: read()


def _text(name: str, title: str) -> Question:
    return of_fields(name, title, (name,), text_of(name), "text")


def _chosen(name: str, title: str, kind: str) -> Question:
    return of_fields(name, title, (name,), lambda values: _word(kind, values.get(name) or "none"))


def _word(kind: str, value: str) -> str:
    """Return the word for a choice; what is none of the choices, which a form of our own never sends, as it is."""
    return label(kind, value) if has_text(f"labels.{kind}.{value}") else value


def _moment(name: str, title: str) -> Question:
    fields = {name, f"{name}_fold", *(f"{name}{part}" for part in PARTS)}

    def answer(values: Values) -> Answer:
        pairs = ((name, str(moment_of(values, name))), (f"{name}_fold", values.get(f"{name}_fold", "")))
        return tuple(pair for pair in pairs if pair[1])

    def words(values: Values) -> str:
        return words_of(values, name, False) or str(moment_of(values, name)) or "–"

    return Question(name, title, answer, fields.__contains__, words)


def _financial_undertaking() -> Question:
    field = "facts.financial_undertaking"

    def words(values: Values) -> str:
        known = {"true": True, "false": False}.get(values.get(field, ""))
        return t("labels.not_known_yet") if known is None else label("yes_no", known)

    return of_fields("financial_undertaking", t("facts.financial_undertaking.title"), (field,), words)


def _severity() -> Question:
    def holds(field: str) -> bool:
        return field.startswith(PREFIX) or field == MEANS

    def answer(values: Values) -> Answer:
        return answer_in(values, sorted(field for field in values if holds(field)))

    def words(values: Values) -> str:
        return str(scored(typed_severity(values), facts_document(values)))

    return Question("severity", t("assess.severity"), answer, holds, words)

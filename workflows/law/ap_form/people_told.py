"""Whether the people affected were told, how, and why not (Art. 34): from the notice and the assessment.

Standard library and the law only. A risk that nobody assessed answers nothing. The approval of a notification begins
the notice, so what the notice answers on the day of its beginning is answered before: the answers that somebody copies
are those that are kept as sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.law.ap_form.answers import MISSING, Answer, chosen, filled
from workflows.law.ap_form.facts import Case, Derived
from workflows.law.ap_form.model import Question
from workflows.law.ap_form.values import read_local_day
from workflows.law.gdpr import data_subjects_must_be_told

NO_DUTY = ("unlikely", "risk")
EXCEPTIONS = {"protected": "protected", "measures": "measures_after", "disproportionate": "disproportionate"}
"""Art. 34(3) as the register names it -> as the form does."""


def people_informed(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """10.1.1: yes when the notice was sent, planned while it is being made or once the assessment demands it, no for a
    known reason not to tell people."""
    if _is_planned(case):
        return chosen(question, ["yes" if "sent_at" in (case.notice or {}) else "planned"])
    return chosen(question, ["no"]) if _reasons(case) else MISSING


def informed_on(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """Return the day on which the notice was sent."""
    sent_at = (case.notice or {}).get("sent_at")
    return filled(read_local_day(sent_at)) if sent_at else MISSING


def informed_count(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """10.1.3: how many people were informed: sent to, and nothing says that it failed."""
    return filled((case.notice or {}).get("people_told"))


def informed_how(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """10.1.7: a notice goes by e-mail; a person adds letters and other ways."""
    return chosen(question, ["email"]) if _is_planned(case) else MISSING


def informed_content(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """Art. 34(2): what the notice says."""
    return filled((case.notice or {}).get("content"))


def why_not(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """Art. 34(1), 34(3), UAVG 42: the recorded reason."""
    return chosen(question, _reasons(case))


@dataclass(frozen=True)
class _Assessed:
    """What a person assessed, as gdpr.AssessedForPeople asks for it."""

    risk: str | None
    financial_undertaking: bool | None
    people_exception: str | None


def _is_planned(case: Case) -> bool:
    """Whether there is a notice, or the approval of the notification will begin one (Art. 34(1))."""
    known = case.columns.get
    assessed = _Assessed(known("risk"), _undertaking(case), known("people_exception"))
    return case.notice is not None or data_subjects_must_be_told(assessed)


def _undertaking(case: Case) -> bool | None:
    undertaking: bool | None = case.columns.get("financial_undertaking", case.facts.get("financial_undertaking"))
    return undertaking


def _reasons(case: Case) -> list[str]:
    columns, facts = case.columns, case.facts
    if columns.get("people_exception"):
        return [EXCEPTIONS[columns["people_exception"]]]
    if columns.get("risk") in NO_DUTY:
        return ["no_high_risk"]
    holds = {
        "measures_after": facts.get("measures_removed_high_risk"),
        "disproportionate": facts.get("disproportionate_effort"),
        "financial_undertaking": _undertaking(case),
    }
    return [reason for reason, is_so in holds.items() if is_so]


PEOPLE_TOLD: Mapping[str, Derived] = {
    "people_informed": people_informed,
    "informed_on": informed_on,
    "informed_count": informed_count,
    "informed_how": informed_how,
    "informed_content": informed_content,
    "why_not": why_not,
}

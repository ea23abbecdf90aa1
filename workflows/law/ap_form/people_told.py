"""Whether the people affected were told, how, and why not (Art. 34): from the notice and the assessment.

Standard library only. A risk that nobody assessed answers nothing.
"""

from collections.abc import Mapping

from workflows.law.ap_form.answers import MISSING, Answer, chosen, filled
from workflows.law.ap_form.facts import Case, Derived
from workflows.law.ap_form.model import Question
from workflows.law.ap_form.values import read_local_day

NO_DUTY = ("unlikely", "risk")
EXCEPTIONS = {"protected": "protected", "measures": "measures_after", "disproportionate": "disproportionate"}
"""Art. 34(3) as the register names it -> as the form does."""


def people_informed(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """10.1.1: yes when the notice was sent, planned while it is being made, no for a known reason not to tell people.
    """
    if case.notice is not None:
        return chosen(question, ["yes" if "sent_at" in case.notice else "planned"])
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
    return chosen(question, ["email"]) if case.notice is not None else MISSING


def informed_content(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """Art. 34(2): what the notice says."""
    return filled((case.notice or {}).get("content"))


def why_not(case: Case, question: Question, before: Mapping[str, Answer]) -> Answer:
    """Art. 34(1), 34(3), UAVG 42: the recorded reason."""
    return chosen(question, _reasons(case))


def _reasons(case: Case) -> list[str]:
    columns, facts = case.columns, case.facts
    if columns.get("people_exception"):
        return [EXCEPTIONS[columns["people_exception"]]]
    if columns.get("risk") in NO_DUTY:
        return ["no_high_risk"]
    undertaking = columns.get("financial_undertaking", facts.get("financial_undertaking"))
    holds = {
        "measures_after": facts.get("measures_removed_high_risk"),
        "disproportionate": facts.get("disproportionate_effort"),
        "financial_undertaking": undertaking,
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

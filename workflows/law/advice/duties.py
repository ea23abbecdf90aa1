"""The three duties, answered: yes, no, or undecided while what is not known could still turn it.

Art. 33(5) document always; Art. 33(1) the authority unless a risk is unlikely; Art. 34(1) people when the risk is
high, but for Art. 34(3) and UAVG Art. 42 (whether the Verzamelwet gegevensbescherming, 36264, changes Art. 42 could
not be found). Standard library only.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from workflows.law.advice.principles import HIGH, Finding, findings
from workflows.law.advice.readings import Facts, at_mildest, at_worst
from workflows.law.gdpr import RISKS, Terms

DUTIES = ("document", "notify_authority", "notify_people")
ANSWERS = ("no", "undecided", "yes")
"""The answers, from mild to strict."""

PEOPLE_EXEMPTIONS = ("measures_removed_high_risk", "financial_undertaking")
"""Art. 34(3)(b), UAVG Art. 42: these end the duty. Disproportionate effort (34(3)(c)) only changes its form."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One answer and what it rests on: `counted` are the findings that carry it, `exempted_by` a fact that ends it."""

    name: str
    answer: str
    counted: tuple[Finding, ...] = ()
    exempted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Duties:
    """The duties, and the least and the most risk (of gdpr.RISKS) that the facts leave open."""

    document: Duty
    notify_authority: Duty
    notify_people: Duty
    risk_least: str
    risk_most: str

    def __iter__(self) -> Iterator[Duty]:
        return iter((self.document, self.notify_authority, self.notify_people))

    def answers(self) -> dict[str, str]:
        """Return the answer to each of DUTIES."""
        return {duty.name: duty.answer for duty in self}


def duties(facts: Facts, terms: Terms) -> Duties:
    """Art. 33(1), 33(5), 34(1), 34(3), UAVG 42: answer the duties for these facts; the authority's threshold is that of
    `terms`.

    The facts must be in the vocabulary; they are not checked here.
    """
    worst, mildest = findings(at_worst(facts)), findings(at_mildest(facts))
    authority = _duty("notify_authority", mildest, worst, RISKS.index(terms.threshold))
    people = _duty("notify_people", mildest, worst, HIGH)
    return Duties(
        Duty("document", "yes"), authority, _exempted(people, facts), RISKS[_most(mildest)], RISKS[_most(worst)]
    )


def _duty(name: str, mildest: tuple[Finding, ...], worst: tuple[Finding, ...], threshold: int) -> Duty:
    if _most(worst) < threshold:
        return Duty(name, "no", worst)
    answer, reading = ("yes", mildest) if _most(mildest) >= threshold else ("undecided", worst)
    return Duty(name, answer, tuple(finding for finding in reading if finding.risk >= threshold))


def _exempted(people: Duty, facts: Facts) -> Duty:
    exemption = next((name for name in PEOPLE_EXEMPTIONS if facts.get(name) is True), None)
    if exemption is None or people.answer == "no":
        return people
    return Duty(people.name, "no", people.counted, exemption)


def _most(findings: tuple[Finding, ...]) -> int:
    return max(finding.risk for finding in findings)

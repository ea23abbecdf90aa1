"""Advice on the duties of Art. 33 and 34, from the facts' vocabulary. A person decides; this shows its reasons.

May import the standard library and the law only: no database, no clock of its own. Its words: duty, reason, change.
"""

from dataclasses import dataclass

from workflows.law.advice.changes import Change, would_change
from workflows.law.advice.duties import duties
from workflows.law.advice.readings import Facts
from workflows.law.advice.reasons import Reason, reasons
from workflows.law.gdpr import Terms
from workflows.law.vocabulary import refuse_unknown_facts


@dataclass(frozen=True, slots=True)
class Advice:
    """Each duty as `yes`, `no` or `undecided`, the reasons, and what would still change it.

    `risk_least` and `risk_most` are the ends, in gdpr.RISKS, between which the unknown leaves the risk. With
    `public_notice` telling people takes the form of a public notice (Art. 34(3)(c)). `terms` names the terms of the law
    that applied.
    """

    document: str
    notify_authority: str
    notify_people: str
    reasons: tuple[Reason, ...]
    would_change: tuple[Change, ...]
    risk_least: str
    risk_most: str
    public_notice: bool
    terms: str


def advise(facts: Facts, terms: Terms) -> Advice:
    """Art. 33(1), 33(5), 34(1), 34(3), UAVG 42: what these facts ask for under `terms` (gdpr.terms_on).

    `facts` in the words of law/vocabulary.py; None or left out is not known, and never an exception to a duty.

    Raises UnknownFact, PeopleReversed.
    """
    refuse_unknown_facts(facts)
    answered = duties(facts, terms)
    return Advice(
        **answered.answers(), reasons=reasons(answered, facts), would_change=would_change(facts, terms),
        risk_least=answered.risk_least, risk_most=answered.risk_most,
        public_notice=answered.notify_people.answer != "no" and facts.get("disproportionate_effort") is True,
        terms=terms.name,
    )  # fmt: skip

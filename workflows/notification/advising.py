"""The advice about one breach in the register: its facts in the rules' words, and what is stored with a decision."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

from tenants.register.breaches import Breach
from workflows.law import gdpr
from workflows.law.advice import Advice, advise
from workflows.law.advice.departing import departs, facts_digest
from workflows.law.periods import AMSTERDAM
from workflows.law.severity_questions import estimate

SPARED = {"measures": "measures_removed_high_risk", "disproportionate": "disproportionate_effort"}
"""Art. 34(3)(b), (c): what a person records is a fact from then on; (a) follows from the protection itself."""
COUNTED = ("people_min", "people_max", "financial_undertaking")


def facts_of(breach: Breach) -> dict[str, Any]:
    """Return the known facts of a breach, in the words of workflows/law/vocabulary.py. A fact that is left out is not
    known."""
    counted = {name: getattr(breach, name) for name in COUNTED}
    spared = {SPARED[breach.people_exception]: True} if breach.people_exception in SPARED else {}
    return {**(breach.facts or {}), **{name: value for name, value in counted.items() if value is not None}, **spared}


def terms_of(breach: Breach) -> gdpr.Terms:
    """Art. 33(1): the terms on the local day of awareness, or of discovery while nobody is aware yet."""
    first_at = breach.became_aware_at or breach.found_at
    assert first_at is not None, "a breach of an old register falls under no terms here"
    return gdpr.terms_on(first_at.astimezone(AMSTERDAM).date())


def advice_about(breach: Breach) -> Advice:
    """Art. 33, 34: what the facts of this breach ask for, as far as they are known now."""
    return advise(facts_of(breach), terms_of(breach))


def decided_by_risk(breach: Breach) -> dict[str, bool]:
    """Return which duties follow from the risk that a person chose: Art. 33(1), 34(1)."""
    return {
        "notify_authority": gdpr.authority_must_be_told(breach),
        "notify_people": gdpr.data_subjects_must_be_told(breach) or gdpr.public_notice_is_due(breach),
    }


def departure_reason(breach: Breach) -> str | None:
    """Return why the assessment departs from the advice that it rests on; None where it follows that advice.

    A breach that was assessed long ago may hold a reason all the same: it was stored without looking at the advice.
    """
    if breach.advice is None or breach.departure_reason is None:
        return None
    advice = cast(Advice, SimpleNamespace(**breach.advice))
    return breach.departure_reason if departs(advice, decided_by_risk(breach)) else None


def to_store(advice: Advice) -> dict[str, Any]:
    """Return the part of an advice that is stored with the assessment it was given for."""
    return {
        "document": advice.document, "notify_authority": advice.notify_authority,
        "notify_people": advice.notify_people, "risk_least": advice.risk_least, "risk_most": advice.risk_most,
        "public_notice": advice.public_notice, "terms": advice.terms,
    }  # fmt: skip


def digest_of(breach: Breach) -> str:
    """Return the digest of the facts as they are now."""
    return facts_digest(facts_of(breach))


def facts_changed_since_decision(breach: Breach) -> bool:
    """Whether the facts changed since a person decided (or assessed), and nobody has looked since."""
    decided = breach.decided_on or breach.assessed_on
    now = digest_of(breach)
    return decided is not None and now not in (decided, breach.seen_on)


def enisa_of(answers: Mapping[str, Any], breach: Breach) -> dict[str, Any]:
    """ENISA 2013: the score that the answers lead to, in quarters, the lowest and the highest that are still open."""
    protected = (breach.facts or {}).get("protection") in ("encrypted", "hashed")
    unintelligible = protected and (breach.facts or {}).get("key_safe") is True
    score = estimate(dict(answers), breach.people_max, unintelligible)
    return {
        "least": score.least.quarters, "most": score.most.quarters, "band_least": score.least.band,
        "band_most": score.most.band, "flags": list(score.most.flags),
    }  # fmt: skip

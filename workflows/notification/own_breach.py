"""A breach that an organisation found itself, in its own register (Art. 33(1), (5)): it is aware, its clock runs."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.database import db
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import acting_organisation
from tenants.organisations.organisations import the_acting_organisation
from tenants.register.breaches import Breach
from tenants.register.references import next_reference
from workflows.engine.advance import begin
from workflows.law import gdpr
from workflows.law.order_of_moments import refuse_impossible
from workflows.law.vocabulary import refuse_unknown_facts
from workflows.notification.advising import facts_of, terms_of
from workflows.notification.ap_notification import AP_NOTIFICATION

MOMENTS = ("found_at", "became_aware_at", "happened_from", "happened_until")


@dataclass(frozen=True, kw_only=True)
class WhatHappened:
    """What a new incident and a new breach have in common. Moments are aware; None is what is not known yet.

    `facts` are in the words of workflows/law/vocabulary.py.
    """

    title: str
    found_at: datetime
    became_aware_at: datetime
    happened_from: datetime | None = None
    happened_until: datetime | None = None
    description: str
    cause: str | None = None
    consequences: str | None = None
    measures: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def moments(self) -> dict[str, datetime | None]:
        """The moments whose order the law's table judges, by name."""
        return {name: getattr(self, name) for name in MOMENTS}


@dataclass(frozen=True, kw_only=True)
class NewBreach(WhatHappened):
    """A breach to be recorded: between how many people it touches, whether that is an
    estimate, and the incident of the office that it follows."""

    people_min: int | None = None
    people_max: int | None = None
    people_estimate: bool = False
    incident_id: UUID | None = None


def open_breach(new: NewBreach, by: Actor) -> Breach:
    """Record a breach that the organisation found itself, in its own register: it is aware, and the clock runs.

    Raises Invalid for moments in an impossible order, UnknownFact, PeopleReversed.
    """
    refuse_impossible(new.moments)
    breach = Breach(
        **vars(new), organisation_id=acting_organisation(), reference=next_reference("breach"), origin="own",
        aware_how="own", financial_undertaking=the_acting_organisation().financial_undertaking,
    )  # fmt: skip
    refuse_unknown_facts(facts_of(breach))
    period = gdpr.authority_period(breach.became_aware_at)  # type: ignore[arg-type]
    breach.alarm_at, breach.due_at = period.alarm_at, period.due_at
    breach.terms = dict(terms_of(breach).to_store())
    db.session.add(breach)
    db.session.flush()
    begin(AP_NOTIFICATION, breach)
    known: dict[str, Any] = {"became_aware_at": breach.became_aware_at, "facts": breach.facts}
    known |= {"people_estimate": True} if breach.people_estimate else {}
    record([Entry("breach", breach.id, "breach.opened", by, known, {}, breach.version, breach.terms_name)])
    return breach

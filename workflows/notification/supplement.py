"""Facts become known in phases (Art. 33(4)): people add them when they are known, and whoever decided before sees them.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tenants.errors import AlreadyDone, Invalid
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import database_now
from tenants.register.breaches import Breach, breach
from workflows.engine.runs import run_about
from workflows.law.vocabulary import refuse_unknown_facts
from workflows.notification.advising import digest_of, facts_changed_since_decision, facts_of
from workflows.notification.ap_notification import AP_NOTIFICATION, prepare_again
from workflows.notification.sent_form import questions_left

ESTIMATE = "people_estimate"


def supplement_facts(
    breach_id: UUID, facts: dict[str, Any], people_min: int | None, people_max: int | None, by: Actor,
    version: int | None = None, measures: str | None = None, people_estimate: bool | None = None,
) -> Breach:  # fmt: skip
    """Store the facts as they are known now, as a whole. This undoes no decision: a decision on earlier facts is
    marked.

    `measures` is what was done to contain the breach (Art. 33(3)(d), 33(5)); None leaves that as it is. It is a text
    that a second person approves, so a notification that was not sent yet takes another approval, and no API token
    changes it. Raises NotFound, OutOfDate, UnknownFact, PeopleReversed, NotAllowed for a token, and Invalid when
    nothing changed.
    """
    run = run_about(AP_NOTIFICATION.name, breach_id, lock=True)
    row = breach(breach_id, version, lock=True)
    facts_before, digest_before, measures_before = _known(row), _digest(row), row.measures
    row.know_facts(facts, people_min, people_max, people_estimate)
    refuse_unknown_facts(facts_of(row))
    details: dict[str, Any] = {"changed": _changed(facts_before, _known(row))}
    personal: dict[str, Any] = {}
    if measures not in (None, measures_before):
        row.measures = measures
        details |= {"measures_changed": True, **prepare_again(row, run, by)}
        personal = {"measures": measures, "measures_before": measures_before}
    elif _digest(row) == digest_before:
        raise Invalid("facts.nothing_changed")
    details |= questions_left(row, by, database_now())
    what = "breach.facts_supplemented"
    record([Entry("breach", breach_id, what, by, details, personal, row.version, row.terms_name)])
    row.version += 1
    return row


def _known(row: Breach) -> dict[str, Any]:
    """Return the facts, and whether the number of people is an estimate: that is no fact of the law's rules."""
    return facts_of(row) | {ESTIMATE: row.people_estimate}


def _digest(row: Breach) -> tuple[str, bool]:
    return digest_of(row), row.people_estimate


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return each fact that differs, with its earlier and its present value."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {name: [before.get(name), after.get(name)] for name in names}


def look_at_changes(breach_id: UUID, by: Actor, version: int | None = None) -> Breach:
    """Record that a person saw the changed facts after the decision and leaves the decision as it is.

    Raises NotFound, OutOfDate, and AlreadyDone when nothing is left to see.
    """
    row = breach(breach_id, version, lock=True)
    if not facts_changed_since_decision(row):
        raise AlreadyDone("facts.nothing_to_see")
    row.seen_on = digest_of(row)
    record([Entry("breach", breach_id, "breach.changes_seen", by, {}, {}, row.version, row.terms_name)])
    row.version += 1
    return row

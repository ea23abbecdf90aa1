"""Facts become known in phases (Art. 33(4)): people add them when they are known, and whoever decided before sees them.
"""

from typing import Any
from uuid import UUID

from tenants.errors import AlreadyDone, Invalid
from tenants.history.entries import Actor, Entry, record
from tenants.register.breaches import Breach, breach
from workflows.law.vocabulary import refuse_unknown_facts
from workflows.notification.advising import digest_of, facts_changed_since_decision, facts_of


def supplement_facts(
    breach_id: UUID, facts: dict[str, Any], people_min: int | None, people_max: int | None, by: Actor,
    version: int | None = None,
) -> Breach:  # fmt: skip
    """Store the facts as they are known now, as a whole. This undoes no decision: a decision on earlier facts is
    marked.

    Raises NotFound, OutOfDate, UnknownFact, PeopleReversed, and Invalid when nothing changed.
    """
    row = breach(breach_id, version, lock=True)
    before, digest = facts_of(row), digest_of(row)
    row.know_facts(facts, people_min, people_max)
    refuse_unknown_facts(facts_of(row))
    if digest_of(row) == digest:
        raise Invalid("facts.nothing_changed")
    after = facts_of(row)
    names = [name for name in before | after if before.get(name) != after.get(name)]
    changed = {name: [before.get(name), after.get(name)] for name in names}
    details = {"changed": changed}
    record([Entry("breach", breach_id, "breach.facts_supplemented", by, details, {}, row.version, row.terms_name)])
    row.version += 1
    return row


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

"""What is still unknown and would change the advice: found by trying each value, not by a list. Standard library only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from workflows.law.advice.duties import DUTIES, Duties, duties
from workflows.law.advice.principles import BRIEFLY, SOON
from workflows.law.advice.readings import MILD_TO_WORST, Facts
from workflows.law.gdpr import Terms
from workflows.law.severity import MANY
from workflows.law.vocabulary import EXEMPTING, FACTS, MANY_OF, is_known

GO_TOGETHER: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "protection": {"key_safe": True},
        "taken": {"recipients": "nobody"},
        "deletion_confirmed": {"recipients": "one_trusted", "malicious": False, "misused": False},
    }
)
"""A fact that changes no duty alone is tried together with these, as far as they are unknown too."""

MILDEST: Mapping[str, object] = MappingProxyType(
    {name: values[0] for name, values in MILD_TO_WORST.items() if name in FACTS}
    | {"nature": ["confidentiality"], "data": ["name"], "groups": ["customers"], "people_max": MANY}
    | {"restored_within_hours": BRIEFLY}
)
WORST: Mapping[str, object] = MappingProxyType(
    {name: values[-1] for name, values in MILD_TO_WORST.items() if name in FACTS}
    | {"nature": ["availability_permanent"], "data": ["health"], "groups": ["patients"]}
    | {"people_min": MANY + 1}
)


@dataclass(frozen=True, slots=True)
class Change:
    """If `fact` became known as one of `values` (and `together` besides), `duty` would go from `before` to `after`."""

    fact: str
    duty: str
    before: str
    after: str
    values: tuple[object, ...]
    together: dict[str, object]


def would_change(facts: Facts, terms: Terms) -> tuple[Change, ...]:
    """Return every unknown fact of the vocabulary that would change a duty, with the values that would.

    Where no single fact makes a duty sure, return a smallest set of facts that together would.
    """
    before = duties(facts, terms)
    changes: dict[tuple[object, ...], Change] = {}
    for fact in _unknown(facts, (*FACTS, *EXEMPTING)):
        for change in _tried(fact, facts, terms, before.answers()):
            key = (fact, change.duty, change.after, tuple(change.together))
            known = changes.get(key)
            changes[key] = replace(known, values=known.values + change.values) if known else change
    return (*changes.values(), *_only_together(facts, terms, before, list(changes.values())))


def _unknown(facts: Facts, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if not is_known(name, facts.get(name))]


def _tried(fact: str, facts: Facts, terms: Terms, before: Mapping[str, str]) -> Iterator[Change]:
    for value in _values(fact, facts):
        alone = {**facts, fact: [value] if fact in MANY_OF else value}
        changed = list(_changes(fact, value, {}, before, duties(alone, terms).answers()))
        besides = GO_TOGETHER.get(fact, {})
        together = {name: besides[name] for name in _unknown(facts, tuple(besides))}
        if not changed and together:
            after = duties({**alone, **together}, terms).answers()
            changed = list(_changes(fact, value, together, before, after))
        yield from changed


def _changes(
    fact: str, value: object, together: dict[str, object], before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[Change]:
    for duty in DUTIES:
        if after[duty] != before[duty]:
            yield Change(fact, duty, before[duty], after[duty], (value,), together)


def _values(fact: str, facts: Facts) -> tuple[object, ...]:
    if fact == "people_max":
        return (MANY,) if _may_be(facts.get("people_min"), MANY, least=True) else ()
    if fact == "people_min":
        return (MANY + 1,) if _may_be(facts.get("people_max"), MANY + 1, least=False) else ()
    if fact == "restored_within_hours":
        return (BRIEFLY, SOON)
    return MANY_OF.get(fact) or MILD_TO_WORST.get(fact, ())


def _may_be(other_end: object, count: int, *, least: bool) -> bool:
    return not isinstance(other_end, int) or (other_end <= count if least else other_end >= count)


def _only_together(facts: Facts, terms: Terms, before: Duties, changes: list[Change]) -> Iterator[Change]:
    alone = {(change.duty, change.after) for change in changes if change.fact not in EXEMPTING}
    for duty in before:
        for after, ends in (("no", MILDEST), ("yes", WORST)):
            if duty.answer in (after, "no") or (duty.name, after) in alone:
                continue
            needed = _smallest(facts, terms, duty.name, after, ends)
            for fact in needed[:1]:
                together = {name: ends[name] for name in needed[1:]}
                yield Change(fact, duty.name, duty.answer, after, _one(ends[fact]), together)


def _smallest(facts: Facts, terms: Terms, duty: str, after: str, ends: Mapping[str, object]) -> list[str]:
    def turns(names: list[str]) -> bool:
        tried = {**facts, **{name: ends[name] for name in names}}
        return duties(tried, terms).answers()[duty] == after

    needed = [name for name in _unknown(facts, FACTS) if name in ends and _values(name, facts)]
    if not turns(needed):
        return []
    for name in reversed(needed):
        rest = [other for other in needed if other != name]
        needed = rest if turns(rest) else needed
    return needed


def _one(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list) else (value,)

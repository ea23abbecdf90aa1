"""A person decides: what departs from the advice needs its reason; facts that change afterwards are seen.

Art. 5(2), 24, 33(5). Standard library only.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import cast

from workflows.law.advice import Advice
from workflows.law.advice.duties import DUTIES
from workflows.law.advice.readings import Facts
from workflows.law.vocabulary import MANY_OF, is_known


def departs(advice: Advice, decided: Mapping[str, bool]) -> tuple[str, ...]:
    """Return the duties in which a decision departs from the advice. `decided` says of a duty whether it will be done.

    A decision departs from undecided advice only when the duty will not be done: unknown is never an exception to a
    duty.

    Raises KeyError for a name outside duties.DUTIES.
    """
    advised = {duty: getattr(advice, duty) for duty in DUTIES}
    against = {True: ("no",), False: ("yes", "undecided")}
    return tuple(duty for duty, done in decided.items() if advised[duty] in against[done])


def reason_is_due(advice: Advice, decided: Mapping[str, bool], reason: str | None) -> bool:
    """Art. 33(5): a decision that departs from the advice goes with its reason. Raises KeyError as departs does."""
    return bool(departs(advice, decided)) and not (reason and reason.strip())


def facts_digest(facts: Facts) -> str:
    """Return the SHA-256 in hex that is stored with a decision, to see later whether it was made on these facts.

    The order of words makes no difference, nor do facts that are given as not known.
    """
    known = {name: _settled(name, value) for name, value in facts.items() if is_known(name, value)}
    return sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()


def facts_changed(decided_on: str, facts: Facts) -> bool:
    """Whether the facts are no longer those of the decision; `decided_on` is the digest stored with it."""
    return facts_digest(facts) != decided_on


def _settled(name: str, value: object) -> object:
    if name in MANY_OF:
        return sorted(set(cast(Iterable[str], value)))
    return int(value) if isinstance(value, float) and value.is_integer() else value

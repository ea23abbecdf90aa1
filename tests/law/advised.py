"""Facts to try the advice with: any of the vocabulary, one of them worse, one of them forgotten."""

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from workflows.law import gdpr
from workflows.law.advice import readings
from workflows.law.advice.duties import ANSWERS, duties
from workflows.law.vocabulary import EXEMPTING, FACTS, MANY_OF, ONE_OF

TERMS = gdpr.TERMS[0]
DRAFT = gdpr.drafts()[0]
COUNTED = (None, 0, 1, 100, 101, 5000)
HOURS = (None, 0, 1, 1.5, 24, 25, 500)
BYTES_EACH = 3


def facts_of(drawn: bytes) -> dict[str, Any]:
    """One breach's facts out of drawn bytes, a few for each fact: quicker than drawing every value apart."""
    every = iter(drawn)
    facts = {field: _value(field, every) for field in (*FACTS, *EXEMPTING)}
    least, most = facts["people_min"], facts["people_max"]
    if least is not None and most is not None:
        facts["people_min"], facts["people_max"] = sorted((least, most))
    return facts


def _value(field: str, drawn: Iterator[int]) -> Any:
    picks = [next(drawn) for _ in range(BYTES_EACH)]
    if field in MANY_OF:
        words = MANY_OF[field]
        return sorted({words[pick // 2 % len(words)] for pick in picks if pick % 2}) or None
    options: tuple[Any, ...] = (None, True, False)
    if field in ONE_OF:
        options = (None, *ONE_OF[field])
    if field.startswith("people_"):
        options = COUNTED
    if field == "restored_within_hours":
        options = HOURS
    return options[picks[0] % len(options)]


SIZE = BYTES_EACH * len((*FACTS, *EXEMPTING))
any_facts = st.binary(min_size=SIZE, max_size=SIZE).map(facts_of)


def worse(facts: dict[str, Any], field: str, pick: int) -> dict[str, Any]:
    """The same facts with this one a step worse or more; as they were where it cannot be worse."""
    value = facts.get(field)
    if field in MANY_OF:
        word = MANY_OF[field][pick % len(MANY_OF[field])]
        return {**facts, field: sorted({*value, word})} if value else facts
    if field in readings.MILD_TO_WORST:
        order = readings.MILD_TO_WORST[field]
        if value not in order:
            return facts
        return {**facts, field: order[min(order.index(value) + 1 + pick % 2, len(order) - 1)]}
    most = facts.get("people_max")
    if value is None or (field == "people_min" and most is not None and value + pick > most):
        return facts
    return {**facts, field: value + pick}


def answers(facts: dict[str, Any], terms: gdpr.Terms = TERMS) -> dict[str, int]:
    """Each duty's answer as its place from mild to strict."""
    return {duty: ANSWERS.index(answer) for duty, answer in duties(facts, terms).answers().items()}

"""The advice as the commands and the API give it: texts in the reader's language, changes by trying. Art. 33, 34."""

from typing import Any

from service.words.law_texts import law_texts
from workflows.law.advice import Advice
from workflows.law.advice.changes import Change
from workflows.law.advice.duties import DUTIES
from workflows.law.gdpr import Terms


def advice_json(advice: Advice, language: str) -> dict[str, Any]:
    """The three duties, the reasons with their text, and what would change it."""
    texts = law_texts("advice", language)
    return {
        **{duty: getattr(advice, duty) for duty in DUTIES},
        "reasons": [
            {"duty": why.duty, "article": why.article, "facts": why.facts, "text": texts[why.text]}
            for why in advice.reasons
        ],
        "would_change": [_change(change) for change in advice.would_change],
    }


def draft_json(advice: Advice, law: Terms, drafted: Advice, draft: Terms) -> dict[str, Any]:
    """What a proposal would change. It decides nothing."""
    pairs = {duty: (getattr(advice, duty), getattr(drafted, duty)) for duty in DUTIES}
    stored, proposed = law.to_store(), draft.to_store()
    return {
        "source": draft.source, "decides": False,
        "terms": {name: {"from": stored[name], "to": proposed[name]} for name in ("hours", "threshold", "channel")},
        "duties": [{"duty": duty, "from": now, "to": then} for duty, (now, then) in pairs.items() if now != then],
    }  # fmt: skip


def _change(change: Change) -> dict[str, Any]:
    return {
        "fact": change.fact, "values": list(change.values), "with": change.together,
        "duty": change.duty, "from": change.before, "to": change.after,
    }  # fmt: skip

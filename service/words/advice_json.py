"""The advice as the commands and the API give it, with texts in the reader's language. Art. 33, 34.

The possible changes were found by trying each fact.
"""

from typing import Any

from service.words.law_texts import law_texts
from workflows.law.advice import Advice
from workflows.law.advice.changes import Change
from workflows.law.advice.duties import DUTIES
from workflows.law.gdpr import Terms


def advice_json(advice: Advice, language: str) -> dict[str, Any]:
    """Return the three duties, the reasons with their text, and what would change the advice."""
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
    """Return what a proposal would change. It decides nothing."""
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

"""Answers to the authority's form with a text of one's own in every place that takes one."""

from typing import Any

from workflows.law.ap_form.model import Question, the_form
from workflows.law.ap_form.values import ADDRESS_PARTS, CONTACT_PARTS


def answers_in_words(question: Question, word: str) -> list[Any]:
    """Every answer to this question that holds a text of one's own."""
    free = [option for option in question.options if option.free_text]
    contact = dict.fromkeys(CONTACT_PARTS, word) | {"phone": f"{word} 12345"}
    address = dict.fromkeys(ADDRESS_PARTS, word)
    by_type = {
        **{kind: [word] for kind in ("text", "textarea", "email")},
        "phone": [f"{word} 020 123 45 67"],
        **{kind: [[word]] for kind in ("text_list", "multi_country", "files")},
        "contact": [contact],
        "address": [word, address],
        "list_of(name+role)": [[{"name": word, "role": next(iter(the_form().words["roles"]))}]],
    }
    named = [
        {"value": option.id if question.type == "single" else [option.id], "text": {option.id: word}} for option in free
    ]
    return named + by_type.get(question.type, [])

"""The details of an entry of the history: values before and after, the moment, the reason."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from service.web.layout import fact_words, label
from service.words.moments import local_moment
from service.words.texts import locale, t
from tenants.history.entries import History
from workflows.law.ap_form.model import the_form

Told = Callable[[dict[str, Any]], list[str]]


def entry_sentences(entry: History) -> list[str]:
    """Return a sentence for each thing that this entry changed; none when the name of the entry says everything."""
    words = WORDS.get(entry.what)
    return words(entry.details) if words else []


def _facts(details: dict[str, Any]) -> list[str]:
    facts = [
        t("history.told.fact", name=label("fact", name), before=fact_words(name, before), after=fact_words(name, after))
        for name, (before, after) in details["changed"].items()
    ]
    if not details.get("measures_changed"):
        return facts
    return [*facts, t("history.told.measures", text=details.get("measures") or t("history.told.erased"))]


def _answers(details: dict[str, Any]) -> list[str]:
    labels = {q.id: q.label.say(locale()) for chapter in the_form().chapters for q in chapter.questions}
    return [t("history.told.answer", question=labels.get(name, name)) for name in details["questions"]]


def _awareness(details: dict[str, Any]) -> list[str]:
    moment = _moment(details["became_aware_at"])
    return [t("history.told.awareness", moment=moment, reason=details.get("reason") or t("history.told.erased"))]


def _later_awareness(details: dict[str, Any]) -> list[str]:
    moment = _moment(details["later_aware_at"])
    return [t("history.told.later", moment=moment, reason=details.get("reason") or t("history.told.erased"))]


def _agreed(details: dict[str, Any]) -> list[str]:
    later = details.get("later_moment")
    if later is None:
        return []
    before = _moment(later["before"]["became_aware_at"])
    return [t("history.told.agreed", moment=_moment(later["became_aware_at"]), before=before)]


def _term(details: dict[str, Any]) -> list[str]:
    moment = _moment(details["until"])
    return [t("history.told.term", moment=moment, reason=details["reason"], source=details["source"])]


def _chosen(kind: str) -> Told:
    def sentences(details: dict[str, Any]) -> list[str]:
        chosen, reason = details.get(kind), details.get("reason")
        return [t("history.told.chosen", choice=label(kind, chosen), reason=reason or t("history.told.erased"))]

    return sentences


def _returned(details: dict[str, Any]) -> list[str]:
    return [details["reason"]] if details.get("reason") else []


def _decided(details: dict[str, Any]) -> list[str]:
    sentences = [label("outcome", details.get("decision"))]
    return [*sentences, t("calls.decided_alone")] if details.get("alone") else sentences


def _called(details: dict[str, Any]) -> list[str]:
    """Return the outcome, with whom, and what was said. An entry of before there were outcomes has a note alone."""
    outcome = details.get("outcome")
    with_whom = [label("call_outcome", outcome), details.get("contact_name")] if outcome else []
    return [line for line in (": ".join(filter(None, with_whom)), details.get("note")) if line]


def _corrected(details: dict[str, Any]) -> list[str]:
    ended = details.get("links_ended")
    return [t("history.told.links_ended", count=ended)] if ended else []


def _moment(text: str) -> str:
    return local_moment(datetime.fromisoformat(text))


WORDS: dict[str, Told] = {
    "breach.facts_supplemented": _facts,
    "breach.form_answered": _answers,
    "breach.later_awareness": _later_awareness,
    "breach.own_awareness": _awareness,
    "breach.term_moved": _term,
    "escalation.called": _called,
    "escalation.call_taken_back": _returned,
    "escalation.contact_corrected": _corrected,
    "escalation.decided": _decided,
    "ap_notification.assess": _chosen("risk"),
    "ap_notification.draft": _chosen("decision"),
    "ap_notification.approve": _agreed,
    "ap_notification.approve.returned": _returned,
    "bulk_notice.approve.returned": _returned,
}

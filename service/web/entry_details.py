"""The details of an entry of the history: values before and after, the moment, the reason."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from babel.dates import format_date

from service.web.agreement_details import changed, contacts_changed, ended, renamed
from service.web.layout import fact_words, field_name, label
from service.words.moments import local_moment
from service.words.texts import locale, number, t
from tenants.history.entries import History
from tenants.organisations.settings import FLAGS
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


def _taken_over(details: dict[str, Any]) -> list[str]:
    fields = ", ".join(t(f"files.field.{name}") for name in details.get("accepted", ()))
    return [
        t("history.told.taken_over", row=number(details["row"]), hash=details["file"]),
        *([t("history.told.accepted_in", fields=fields)] if fields else []),
    ]  # fmt: skip


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


def _assessed(details: dict[str, Any]) -> list[str]:
    departure = details.get("departure_reason")
    return [*_chosen("risk")(details), *([t("history.told.departure", reason=departure)] if departure else [])]


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


def _from_file(details: dict[str, Any]) -> list[str]:
    sentence = t("history.told.clients_from_file", count=details["count"], hash=details["sha256"])
    return [sentence, *_rows_of_file(details), *_accepted(details)]


def _accepted(details: dict[str, Any]) -> list[str]:
    """Return how many proposals somebody accepted in place of what a file said."""
    accepted = details.get("accepted")
    return [t("history.told.accepted", count=accepted)] if accepted else []


def _rows_of_file(details: dict[str, Any]) -> list[str]:
    """Return how many rows a file had, by its name until that is erased, and how many of them did not fit."""
    if "rows" not in details:
        return [t("history.told.file_named", name=details["file_name"])] if details.get("file_name") else []
    name, wrong = details.get("file_name") or t("history.told.some_file"), details["wrong_rows"]
    sentence = t("history.told.file_rows", name=name, count=details["rows"])
    return [sentence, *([t("history.told.wrong_rows", count=wrong)] if wrong else [])]


def _list_of_people(details: dict[str, Any]) -> list[str]:
    """Return what a file did to the list of a notice, from which file, and how many people were on it then."""
    how, people = details.get("how"), details.get("people")
    return [
        *([t(f"files.was.{how}")] if how else []),
        *([t("history.told.people_then", count=people)] if people is not None else []), *_of_file("hash")(details),
    ]  # fmt: skip


def _of_lists(details: dict[str, Any]) -> list[str]:
    return [*_rows_of_file(details), *_accepted(details)]


def _taken_back(details: dict[str, Any]) -> list[str]:
    return [t("history.told.clients_taken_back", count=details["count"]), *_of_file("sha256")(details)]


def _of_file(name: str) -> Told:
    """Return what says which file an act was about: its name and rows, the SHA-256 that stands in the entry by this
    name, where it has one; and how many proposals were accepted in it."""

    def sentences(details: dict[str, Any]) -> list[str]:
        hashed = details.get(name)
        fingerprint = [t("history.told.fingerprint", hash=hashed)] if hashed else []
        return [*_rows_of_file(details), *fingerprint, *_accepted(details)]

    return sentences


def _settings(details: dict[str, Any]) -> list[str]:
    was = {**details.get("was", {}), **details.get("personal_was", {})}
    now = {**details.get("is", {}), **details.get("personal_is", {})}
    return [
        t("settings.told.field", name=field_name(name), before=_value(name, was), after=_value(name, now))
        for name in details["fields"]
    ]


def _value(name: str, values: dict[str, Any]) -> str:
    """Return the words for a setting, or that it was empty or erased."""
    value = values.get(name)
    if name not in values:
        return t("settings.told.nothing_left")
    if value in (None, "", []):
        return t("settings.told.nothing")
    if name == "closed_weekdays":
        return ", ".join(label("weekday", day) for day in value)
    if name == "closed_periods":
        return "; ".join(f"{_day(period['first'])} – {_day(period['last'])}" for period in value)
    kind = KINDS.get(name)
    return label(kind, value) if kind else "; ".join(str(value).splitlines())


def _day(text: str) -> str:
    return format_date(date.fromisoformat(text), "d MMMM y", locale=locale())


def _moment(text: str) -> str:
    return local_moment(datetime.fromisoformat(text))


def _recorded(details: dict[str, Any]) -> list[str]:
    """Return which message of a processor an incident passes on, and what its lists held."""
    names = ("from", "processor")
    said = [t("history.told.passes_on", **{name: details[name] for name in names})] if "from" in details else []
    return said + _of_lists(details)


def _passed_on(details: dict[str, Any]) -> list[str]:
    return [t("passing_on.incident", reference=details["incident"])]


KINDS = {"size": "size", "locale": "languages", "without_fg": "yes_no", **dict.fromkeys(FLAGS, "yes_no")}
"""The kind of the words for a setting that is a word of a list."""
WORDS: dict[str, Told] = {
    "agreement.changed": changed,
    "agreement.ended": ended,
    "agreement.renamed": renamed,
    "agreement.contacts_changed": contacts_changed,
    "clients.taken_from_file": _from_file,
    "clients.taken_back": _taken_back,
    "incident.recorded": _recorded,
    "notice.list_from_file": _list_of_people,
    "notice.list_taken_back": _list_of_people,
    "register.taken_back": _of_file("file"),
    "register.taken_over": _of_file("file"),
    "organisation.settings_changed": _settings,
    "breach.organisation_changed": _answers,
    "breach.facts_supplemented": _facts,
    "breach.form_answered": _answers,
    "breach.later_awareness": _later_awareness,
    "breach.own_awareness": _awareness,
    "breach.passed_on": _passed_on,
    "breach.taken_over": _taken_over,
    "breach.term_moved": _term,
    "escalation.called": _called,
    "escalation.call_taken_back": _returned,
    "escalation.contact_corrected": _corrected,
    "escalation.decided": _decided,
    "ap_notification.assess": _assessed,
    "ap_notification.draft": _chosen("decision"),
    "ap_notification.approve": _agreed,
    "ap_notification.approve.returned": _returned,
    "bulk_notice.approve.returned": _returned,
}

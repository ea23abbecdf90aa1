"""The evidence as a person reads it, in the organisation's language: a page without scripts, and how to check it."""

import json
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_datetime, get_timezone
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from service.words.link_holder import holder_words
from service.words.old_registers import SHOWN as OF_OLD
from service.words.old_registers import with_old
from service.words.printed import FILTERS, in_its_place
from service.words.stated_moments import SHOWN as MOMENTS
from service.words.stated_moments import with_moments
from service.words.texts import spoken
from tenants.organisations.proofs import Proof
from workflows.evidence.evidence import Evidence
from workflows.law.periods import AMSTERDAM
from workflows.mail.proof_words import proof_words
from workflows.outside.time_stamps import NotStamped, said_at

SHOWN = (
    "reference", "title", "processor_name", "found_at", *MOMENTS, "alarm_at", "due_at", "description", "people_min",
    "people_max", "people_estimate", "cause", "consequences", "measures", "risk", "risk_reason", "people_exception",
    "people_reason", "people_told_at", "decision", "decision_reason", "decided_at", "submitted_at", "authority_number",
    "late_reason", *OF_OLD,
)  # fmt: skip
SUBJECT_KIND, SUBJECT, WHAT, ROLE, DETAILS = 4, 5, 6, 8, 13
"""These fields have a fixed place in the form of an entry."""
WORDS = ("risk", "people_exception", "decision")
"""Fields whose values have words of their own."""


def page_of(evidence: Evidence, language: str) -> str:
    """Return the page as HTML."""
    words, facts = spoken(language), evidence.facts
    register = _in_words(facts["register"], words)
    row = [(words[f"register.csv.{_heading(name)}"], _said(name, register[name], language)) for name in SHOWN]
    return _template().render(
        words=lambda key: words[f"evidence.{key}"], language=language, facts=facts, chain=evidence.chain,
        row=[(name, value) for name, value in row if value], moment=lambda at: _moment(at, language),
        entries=[_entry(entry, language) for entry in facts["entries"]],
        mail=[(words[f"labels.recipient_state.{entry['state']}"], entry["recipients"]) for entry in facts["mail"]],
        alone=_alone(facts["entries"], language), proof=_proof(facts["organisation"]["proof"], language),
        signed=evidence.countersignatures, said=json.loads, stamps=_stamps(evidence.time_stamps, language),
    )  # fmt: skip


def readme(language: str) -> str:
    """Return the explanation of how to check the zip, for whoever got it."""
    return spoken(language)["evidence.readme"]


def _in_words(register: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    def said(key: str, **values: str) -> str:
        return words[key].format(**values)

    return with_old(with_moments(register, said), said)


@cache
def _template() -> Template:
    place = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
        finalize=in_its_place, trim_blocks=True,
    )  # fmt: skip
    place.filters.update(FILTERS)
    return place.get_template("page.html")


def _proof(proof: dict[str, Any] | None, language: str) -> str:
    return spoken(language)["evidence.not_verified"] if proof is None else proof_words(Proof(**proof), language)


def _stamps(stamps: list[dict[str, Any]], language: str) -> list[tuple[int, str]]:
    """Return at which entry an external authority saw the end of the chain, and when, for each stamp (RFC 3161)."""
    return [(stamp["seq"], _stamped(b64decode(stamp["stamp"]), language)) for stamp in stamps]


def _stamped(stamp: bytes, language: str) -> str:
    try:
        return _moment(said_at(stamp), language)
    except NotStamped:
        return spoken(language)["evidence.stamp_unreadable"]


def _heading(name: str) -> str:
    return "from" if name == "processor_name" else name


def _said(name: str, value: Any, language: str) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return spoken(language)["labels.yes_no.yes"]
    if isinstance(value, datetime):
        return _moment(value, language)
    return spoken(language)[f"labels.{name}.{value}"] if name in WORDS else str(value)


def _moment(at: datetime, language: str) -> str:
    return format_datetime(at, "d MMMM y, HH:mm:ss", tzinfo=AMSTERDAM, locale=language)


def _entry(entry: dict[str, Any], language: str) -> dict[str, Any]:
    words, form = spoken(language), json.loads(entry["form"])
    what, name = form[6], entry["name"]
    return {
        "seq": entry["seq"], "at": _moment(datetime.fromtimestamp(form[3] / 1_000_000, get_timezone("UTC")), language),
        "what": words.get(f"labels.history.{what.replace('.', '_')}", what), "hash": entry["hash"],
        "who": _held(entry, form[DETAILS], words) or _in_role(form, _who(name, form[DETAILS], words), words),
    }  # fmt: skip


def _alone(entries: list[dict[str, Any]], language: str) -> list[str]:
    """Return a sentence or two for each act that somebody did alone: what it was, and who reviewed it."""
    words, sentences = spoken(language), []
    for place, entry in enumerate(entries):
        form = json.loads(entry["form"])
        if form[WHAT] == "glass.broken":
            said = words["broken_glass.mark"].format(**_glass(entry, language))
            review = next((after for after in entries[place:] if _is_review(json.loads(after["form"]), form)), None)
            later = words["broken_glass.mark_open"]
            if review:
                later = words["broken_glass.mark_later"].format(**_glass(review, language)).removesuffix(":") + "."
            sentences.append(f"{said} {later}")
    return sentences


def _is_review(form: list[Any], broken: list[Any]) -> bool:
    return bool(
        form[WHAT] == "glass.reviewed" and form[SUBJECT] == broken[SUBJECT]
        and form[DETAILS]["step"] == broken[DETAILS]["step"]
    )  # fmt: skip


def _glass(entry: dict[str, Any], language: str) -> dict[str, str]:
    shown, words, form = _entry(entry, language), spoken(language), json.loads(entry["form"])
    workflow = "bulk_notice" if form[SUBJECT_KIND] == "notice" else "ap_notification"
    steps = form[DETAILS].get("steps", [form[DETAILS]["step"]])
    named = ", ".join(words[f"steps.{workflow}.{step}.title"] for step in steps)
    return {"steps": named, "name": shown["who"], "moment": shown["at"]}


def _held(entry: dict[str, Any], details: dict[str, Any], words: dict[str, str]) -> str | None:
    """Return words for the holder of a mailed link. Where the link went is a personal value, which may be erased."""
    personal = (entry["personal"] or {}).get("value")
    known = details | (json.loads(personal) if personal else {})
    return holder_words(_who(entry["name"], details, words), known, words)


def _in_role(form: list[Any], name: str, words: dict[str, str]) -> str:
    """Return who acted, in which role, and whether as a deputy; the name alone where that was no role here."""
    role, for_id = form[ROLE : ROLE + 2]
    if f"labels.role.{role}" not in words:
        return name
    key = "deputies.in_role_as_deputy" if for_id else "deputies.in_role"
    return words[key].format(name=name, role=words[f"labels.role.{role}"])


def _who(name: dict[str, Any] | None, details: dict[str, Any], words: dict[str, str]) -> str:
    if name is None:
        return str(details.get("by", "Meldketen"))
    return str(name.get("value") or words["labels.erased"])

"""The AP's form of one breach in the register (Art. 33(3)): from its row, its organisation, and people's draft answers.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from tenants.organisations.organisations import Organisation
from tenants.organisations.settings import trade_names_of
from tenants.register.breaches import Breach
from tenants.register.notices import Notice
from workflows.law.ap_form import FilledForm
from workflows.law.ap_form.facts import CHOICES, COUNTS, DAYS, MOMENTS, TEXTS, YES_OR_NO

COLUMNS = tuple(name for name in (*TEXTS, *MOMENTS, *DAYS, *CHOICES, *YES_OR_NO, *COUNTS) if name != "now")
ORGANISATION = ("name", "kvk_number", "fg_name", "fg_email", "fg_phone", "fg_number", "without_fg", "sector")

SETTINGS, ACCOUNT = "settings", "account"
OF_SETTINGS = ("organisation_name", "responsible", "address", "fg_number", "coc_number", "sector")
OF_ACCOUNT = ("reporter_function", "reporter_phone")
"""Questions that are answered from what an organisation sets, or a person says of themselves, once for all breaches."""
BESIDE = MappingProxyType({"trade_names": "organisation_name", "size": "sector"})
"""Settings that no known question of the authority asks, each with the question beside whose answer it is shown."""


def facts_of(
    breach: Breach,
    organisation: Organisation,
    *,
    reporter: Mapping[str, str | None] | None = None,
    notice: Notice | None = None,
    people_told: int | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Return the mapping that `ap_form.fill` takes.

    `reporter` has name, function, email and phone. `people_told` is how many the notice informed. `now` is the
    database's clock, which shows the question for the reasons of delay in time; after the submission its own moment
    decides.
    """
    facts = {name: getattr(breach, name) for name in COLUMNS} | {"earliest_aware_at": breach.first_aware_at}
    return {
        **facts,
        "facts": breach.facts or {},
        "organisation": organisation_facts(organisation),
        "reporter": dict(reporter or {}),
        "notice": _told(notice, people_told),
        "now": now,
        "draft": {"answers": (breach.draft or {}).get("answers", {})},
    }


def sources_of(breach: Breach, form: FilledForm) -> dict[str, str]:
    """Return where the answers come from that nobody gave for this breach, by question: "settings" of the organisation,
    or the "account" of the person who reports."""
    own = (breach.draft or {}).get("answers", {})
    contact = form.question("contact_person").value
    reporter = form.question("reporter_name").value
    by_reporter = isinstance(contact, Mapping) and contact.get("name") == reporter
    known = dict.fromkeys(OF_SETTINGS, SETTINGS) | dict.fromkeys(OF_ACCOUNT, ACCOUNT)
    known["contact_person"] = ACCOUNT if by_reporter else SETTINGS
    return {question: source for question, source in known.items() if own.get(question) is None}


def organisation_facts(organisation: Organisation) -> dict[str, Any]:
    """Return what the form asks of an organisation, from its settings. The visiting address goes before the postal one.
    """
    known = {name: getattr(organisation, name) for name in ORGANISATION}
    return known | {"address": _address(organisation, "visiting") or _address(organisation, "postal")}


def beside_answers(organisation: Organisation) -> dict[str, dict[str, Any]]:
    """Return the settings of BESIDE that are set, by the question beside whose answer each is shown.

    They are no answers: nobody enters them in the form unless the authority asks.
    """
    known = {"trade_names": trade_names_of(organisation), "size": organisation.size}
    return {question: {name: known[name]} for name, question in BESIDE.items() if known[name]}


def _address(organisation: Organisation, kind: str) -> dict[str, str] | None:
    """Return the parts of an address that are known; the town of a foreign one with its country."""
    street, postcode, town, country = (
        getattr(organisation, f"{kind}_{part}") for part in ("street", "postcode", "town", "country")
    )  # fmt: skip
    whole = {"street": street, "postcode": postcode, "town": ", ".join(filter(None, (town, country)))}
    return {part: text for part, text in whole.items() if text} or None


def _told(notice: Notice | None, people_told: int | None) -> dict[str, Any] | None:
    if notice is None:
        return None
    content = "\n\n".join(text for text in notice.parts.values() if text)
    return {"sent_at": notice.sent_at, "people_told": people_told if notice.sent_at else None, "content": content}

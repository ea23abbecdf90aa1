"""The values with which the forms of a notice begin: what is stored, else a proposal from the facts of its breach.

A proposal states nothing that is not known. What is not known stays an open place, such as [vul in: een
telefoonnummer], which the writer fills in or takes out; the step refuses a text that still has one.
"""

from collections.abc import Iterable
from typing import Any

from babel.dates import format_datetime

from service.words.texts import catalogue
from tenants.lines import filled_in
from tenants.organisations.organisations import Organisation, the_acting_organisation
from tenants.organisations.settings import confirmed_reply_address
from tenants.register.breaches import Breach, breach
from tenants.register.notices import Notice
from workflows.law.periods import AMSTERDAM
from workflows.law.vocabulary import is_known
from workflows.mail.words import word
from workflows.notice.listed_people import people_on
from workflows.notice.notice_mail import words_of

MOST_ROWS = 100
"""A list that is longer is not shown as rows of a form."""


def people_known(notice: Notice) -> dict[str, Any]:
    """Return the people on the list as rows of a form, none for a list of more than MOST_ROWS people."""
    people = people_on(notice.id, MOST_ROWS + 1)
    if len(people) > MOST_ROWS:
        return {}
    rows = ((f"people.{nth}", person) for nth, person in enumerate(people))
    return {
        f"{row}.{column}": value
        for row, person in rows for column, value in (("name", person.name), ("email", person.address))
    }  # fmt: skip


def notice_text_known(notice: Notice) -> dict[str, Any]:
    """Return the text of a notice as it was written, else a proposal in the notice's language."""
    if notice.subject:
        return words_of(notice)
    return proposed_text(breach(notice.breach_id), the_acting_organisation(), notice.locale)


def proposed_text(about: Breach, organisation: Organisation, language: str) -> dict[str, str]:
    """Return a subject and the four parts of Art. 34(2), from what is known of the breach."""
    return {
        "subject": _say(language, "subject", organisation=organisation.name),
        "nature": _joined(_nature(about, language)),
        "contact": _joined(_contact(organisation, language)),
        "consequences": about.consequences or _say(language, "no_consequences"),
        "measures": _joined((about.measures or _say(language, "no_measures"), _say(language, "advice"))),
    }


def _nature(about: Breach, language: str) -> Iterable[str]:
    facts = {name: value for name, value in (about.facts or {}).items() if is_known(name, value)}
    yield _when(about, language)
    if about.processor_name:
        yield _say(language, "processor", processor=about.processor_name)
    yield about.description
    kinds = [kind for kind in facts.get("data") or () if kind != "other"]
    listed = "".join(f"\n- {word(f'data.{kind}', language)}" for kind in kinds)
    yield _say(language, "data", kinds=listed) if kinds else _say(language, "no_data")
    if "other" in (facts.get("data") or ()):
        yield _say(language, "other_data")


def _when(about: Breach, language: str) -> str:
    if about.happened_from is None:
        return _say(language, "no_moment")
    first = _day(about, "happened_from", language)
    last = _day(about, "happened_until", language) if about.happened_until else first
    key = "on_day" if first == last else "from_until"
    return _say(language, key, first=first, last=last)


def _day(about: Breach, moment: str, language: str) -> str:
    return str(format_datetime(getattr(about, moment), "d MMMM y", tzinfo=AMSTERDAM, locale=language))


def _contact(organisation: Organisation, language: str) -> Iterable[str]:
    if organisation.fg_name:
        yield _say(language, "ask_fg", name=organisation.fg_name)
    else:
        yield _say(language, "ask_nobody")
    phone, address = organisation.fg_phone, confirmed_reply_address(organisation) or organisation.fg_email
    yield _say(language, "call", phone=phone) if phone else _say(language, "phone")
    yield _say(language, "email", email=address) if address else _say(language, "no_email")


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines)


def _say(language: str, key: str, **values: str) -> str:
    return filled_in(catalogue(language)[f"notice.proposal.{key}"], values)

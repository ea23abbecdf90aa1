"""A notice as a message: what fills its text, where an answer to it goes, and how its reader would see it."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from tenants.organisations.organisations import the_acting_organisation
from tenants.organisations.settings import confirmed_reply_address
from tenants.register.notices import Notice
from workflows.mail.links import genuine_link
from workflows.mail.preview import preview_notice
from workflows.mail.sender_names import called_as_sender, is_address_in_text, is_header_address
from workflows.mail.words import word


class Preview(NamedTuple):
    """A notice as its reader sees it, as far as it is written."""

    subject: str
    text: str
    html: str


def words_of(notice: Notice) -> dict[str, str]:
    """Return the subject and the parts as they are stored; what is not written is blank."""
    return {**notice.parts, "subject": notice.subject or ""}


def reply_address(contact: str, confirmed: str | None) -> str | None:
    """Return where an answer goes: the first mail address in what readers are told to contact, else the `confirmed`
    address of the organisation's settings; None where neither has one. Nobody confirmed the address of the FG."""
    named = (part.strip(".,:;()<>[]\"'") for part in contact.split())
    in_text = next((part for part in named if is_address_in_text(part)), None)
    return in_text or (confirmed if confirmed and is_header_address(confirmed) else None)


def filling_of(notice: Notice, words: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the values of a notice's text that are the same for every reader.

    `words`: a subject and parts in place of those that are stored.
    """
    organisation, written = the_acting_organisation(), dict(words or words_of(notice))
    address = reply_address(written["contact"], confirmed_reply_address(organisation))
    return {
        **written, "organisation": organisation.name, "on_behalf_of": called_as_sender(organisation), "trial": "",
        "check_code": notice.check_code, "check_url": genuine_link(),
        "answers": answers_words(address, organisation.name, notice.locale),
        **({"reply_to": address} if address else {}),
    }  # fmt: skip


def answers_words(address: str | None, organisation: str, locale: str) -> str:
    """Return the line that says where an answer to the mail goes, or that nobody would read it."""
    if address:
        return word("notice.answers", locale).replace("{address}", address)
    return word("notice.no_answers", locale).replace("{organisation}", organisation)


def preview_of(notice: Notice, name: str | None = None, words: Mapping[str, str] | None = None) -> Preview:
    """Return the message as a reader of this name would see it; `name` as in preview_notice, `words` as in filling_of.
    """
    domains = the_acting_organisation().web_domains
    return Preview(*preview_notice(filling_of(notice, words), notice.locale, name=name, domains=domains))


def site_words(notice: Notice, service: str) -> str:
    """Return a text for the organisation's own site, by which a reader recognises the message.

    `service` is the name of this service as senders show it.
    """
    values = {
        "sender": f"{called_as_sender(the_acting_organisation())} via {service}", "subject": notice.subject or "",
        "check_url": genuine_link(), "check_code": notice.check_code,
    }  # fmt: skip
    return re.sub(r"\{(\w+)\}", lambda name: values[name[1]], word("notice.site", notice.locale))

"""The name that readers see as the sender of an organisation's mail (S12 of the field notes: a reader knows the house).

The organisation's own name always stands in it, so that no name of its choice passes for another house.
"""

import re
import unicodedata

from tenants.organisations.organisations import Organisation

NO_NAME = re.compile(r'[()<>\[\],:;@"\\]')
"""Signs that have a meaning in an address: a name that holds one could become another address."""
SITE = re.compile(r"(?:^|[^\w])(?:https?|www)\b|\w\.[a-z]{2,}", re.IGNORECASE)
"""An address of a page or a site, such as bank.nl. "B.V." is none."""
CLAIMS = re.compile(
    r"\b(?:geverifieerd\w*|verified|bevestigd\w*|confirmed|gecontroleerd\w*|checked|kvk|via|namens|on behalf"
    r"|autoriteit persoonsgegevens|ap|meldketen)\b",
    re.IGNORECASE,
)
"""Words by which pages and mails say what was proven of an organisation, or who sends for whom."""
LONGEST, LONGEST_ADDRESS = 60, 254
ADDRESS = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*\.)+[A-Za-z]{2,20}")
"""An address that every mail program and SendGrid accept in a header."""


def without_signs(name: str) -> str:
    """Return the name without signs that have a meaning in an address."""
    return " ".join(NO_NAME.sub(" ", name).split())


def is_header_address(address: str) -> bool:
    """Whether answers can be sent to this address by every mail program."""
    return len(address) <= LONGEST_ADDRESS and ADDRESS.fullmatch(address) is not None


def why_refused(name: str) -> str | None:
    """Return why no organisation may use this as the name of its mails, as the key of a text; None when it may.

    Wide and accented forms of a sign count as the sign.
    """
    plain = unicodedata.normalize("NFKC", name)
    if NO_NAME.search(plain):
        return "settings.sender_signs"
    if SITE.search(plain):
        return "settings.sender_site"
    return "settings.sender_claims" if CLAIMS.search(plain) else None


def called_as_sender(organisation: Organisation) -> str:
    """Return the name of the sender of this organisation's messages to clients and to people affected."""
    return from_name(organisation.sender_name, organisation.name)


def from_name(sender_name: str | None, organisation: str) -> str:
    """Return the name of the sender: that of the organisation, after the name that it chose unless that holds it."""
    if not sender_name or _holds(organisation, sender_name):
        return organisation
    return sender_name if _holds(sender_name, organisation) else f"{sender_name} - {organisation}"


def _holds(name: str, other: str) -> bool:
    return without_signs(other).casefold() in without_signs(name).casefold()

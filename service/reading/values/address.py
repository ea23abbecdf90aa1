"""The mail address in a cell: alone, behind a name, as a link, with a remark; or none, in the words that people use."""

import re
from dataclasses import dataclass

from service.reading.outcome import Wrong
from service.reading.values.no_value import NO_VALUE
from service.words.addresses import mail_address
from service.words.signs import looks_like
from tenants.errors import Invalid
from tenants.lines import one_line

NONE = NO_VALUE | {
    "geen mail", "geen e-mail", "geen email", "geen adres", "geen e-mailadres", "geen emailadres", "geen email adres",
    "heeft geen mail", "heeft geen e-mail", "heeft geen email", "no email", "no e-mail", "anoniem", "anonymous",
}  # fmt: skip
"""What people write where somebody has no address. Such a person is told in another way."""
_BETWEEN = re.compile(r"[\s<>()\[\],;:\"/\\|]")
_LINK = re.compile(r"mailto:", re.IGNORECASE)
_ASKS = re.compile(r"[?&=]")
_REMARK = re.compile(r"\([^()@]*\)")
_NAMED = re.compile(r"[^<>@]*<\s*([^<>\s]+)\s*>\s*")
_IN_BRACKETS = re.compile(r"<[^<>\s]*@[^<>\s]*>")
_SPOKEN = re.compile(r"[\[({] ?(at|apenstaartje|punt|dot) ?[\])}]", re.IGNORECASE)
_SIGNS = {"at": "@", "apenstaartje": "@", "punt": ".", "dot": "."}
_QUOTES = " '\""
_AROUND = " '\u2018\u2019\"<>.,;:"


@dataclass(frozen=True)
class Address:
    """The address to mail to, "" for somebody without one; and the name that stands before it in the same cell."""

    text: str
    name: str = ""


def address_in(cell: str) -> Address | Wrong:
    """Return the address of a cell. Two addresses in one cell are never one, and what is unclear is proposed, such as
    an address with an apostrophe at one of its ends, which a spreadsheet writes before a text."""
    text = one_line(cell)
    if text.casefold() in NONE:
        return Address("")
    meant = _bare(text)
    addresses = _addresses(text)
    if len(addresses) > 1 and len(_IN_BRACKETS.findall(text)) > 1:
        return Wrong("file.several_people", "", {"address": text[:100]})
    if len(addresses) > 1:
        return Wrong("file.two_addresses", ", ".join(addresses), {"address": text[:100], "count": len(addresses)})
    try:
        address = mail_address(meant)
        if address.startswith("'"):
            raise Invalid("mail.address_invalid")
        return Address(address, _name_before(text))
    except Invalid as refusal:
        return _wrong(refusal, text, addresses)


def addresses_within(text: str) -> list[str]:
    """Return what may be an address in a text that should hold none, such as a name: each part with the sign @ in it,
    as an address to mail to where it is one."""
    return [guess.text if isinstance(guess := address_in(part), Address) else part for part in _addresses(text)]


def _addresses(text: str) -> list[str]:
    """Return each part of a text that has the sign @ in it, without what stands around it."""
    parts = (part.strip(_AROUND) for part in _BETWEEN.split(_ASKS.sub(" ", _LINK.sub("", text))))
    return list(dict.fromkeys(part for part in parts if "@" in part[1:-1]))


def _bare(text: str) -> str:
    """Return the address without what mail programs and people put around it."""
    linked = _LINK.match(text)
    if linked:
        text = text[linked.end() :].partition("?")[0]
    named = _NAMED.fullmatch(text)
    return _REMARK.sub("", named[1] if named else text).strip()


def _name_before(text: str) -> str:
    """Return the name of "Name <address>", "" when there is none."""
    return text.partition("<")[0].strip(_QUOTES) if text.endswith(">") else ""


def _wrong(refusal: Invalid, text: str, addresses: list[str]) -> Wrong:
    values = {"address": text[:100]} | refusal.values
    plain = "".join(sign if sign.isascii() else looks_like(sign) or sign for sign in text)
    spoken = _SPOKEN.sub(lambda match: _SIGNS[match[1].lower()], text).replace(" ", "")
    for guess in [*addresses, plain, spoken, text.replace(" ", "")]:
        try:
            return Wrong(refusal.key, mail_address(guess.strip(_AROUND)), values)
        except Invalid:
            continue
    return Wrong(refusal.key, "", values)

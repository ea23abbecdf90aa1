"""The name that readers see as the sender of an organisation's mail (S12 of the field notes: a reader knows the house).

The organisation's own name always stands in it, so that no name of its choice passes for another house.
"""

import re
import unicodedata
from typing import NamedTuple

from tenants.organisations.organisations import Organisation
from workflows.mail.sender_claims import claim_in, site_in

NO_NAME = re.compile(r'[()<>\[\],:;@"\\]|=\?|\?=')
"""Signs that have a meaning in an address or a header: a name that holds one could become another address."""
DOTS = str.maketrans(dict.fromkeys("\u3002\u30fb\u00b7\u2219\u22c5", "."))
"""Signs that programs or readers take for the dot of an address."""
OWN_LETTERS = frozenset("ßæœøłđðþħı")
"""Letters of European languages that are no letter of a to z with a mark."""
LONGEST, LONGEST_ADDRESS = 60, 254
_WORD, _LABEL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+", r"[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*"
ADDRESS = re.compile(rf"{_WORD}(?:\.{_WORD})*@(?:{_LABEL}\.)+(?=[^.]*[A-Za-z]){_LABEL}")
"""An address as it may stand in a header without quotes (RFC 5322): each that a form of ours takes is one."""
RARE = frozenset("!#$%&*/=?^`{|}~")
"""Signs that stand beside an address in a text more often than in one."""


def without_signs(name: str) -> str:
    """Return the name without signs that have a meaning in an address."""
    return " ".join(NO_NAME.sub(" ", name).split())


def is_header_address(address: str) -> bool:
    """Whether answers can be sent to this address by every mail program."""
    return len(address) <= LONGEST_ADDRESS and ADDRESS.fullmatch(address) is not None


def is_address_in_text(word: str) -> bool:
    """Whether this word of a text that somebody typed is an address for answers, without signs of the text itself."""
    return is_header_address(word) and not RARE & set(word)


class NameRefused(NamedTuple):
    """Why a name is refused, as the key of a text, and the part of it that is the reason, as it was typed."""

    key: str
    word: str


def why_refused(name: str) -> NameRefused | None:
    """Return why no organisation may use this as the name of its mails; None when it may.

    Such a name must not pass for Meldketen or an authority, say what was proven, or hold an address. A form of a sign
    counts as the sign: wide, with a mark, or one that looks like it. Letters of other scripts than Latin are refused,
    because many look like a Latin one and names in the trade register have none.
    """
    plain, places = _without_marks(name)
    sign = NO_NAME.search(plain)
    reasons = (
        ("signs", sign.span() if sign else None), ("letters", _other_letter(plain)), ("site", site_in(plain)),
        ("claims", claim_in(plain)),
    )  # fmt: skip
    for why, span in reasons:
        if span is not None:
            return NameRefused(f"settings.sender_{why}", name[places[span[0]] : places[span[1] - 1] + 1])
    return None


def _without_marks(name: str) -> tuple[str, list[int]]:
    """Return the name in small letters of a to z where it can be, without marks and invisible signs; and the place in
    the name of each sign that is left."""
    apart = ((part, place) for place, sign in enumerate(name) for part in _apart(sign))
    left = [(part, place) for part, place in apart if unicodedata.category(part) not in ("Mn", "Me", "Cf")]
    return "".join(part for part, _ in left), [place for _, place in left]


def _apart(sign: str) -> str:
    return unicodedata.normalize("NFKD", sign.casefold()).translate(DOTS)


def _other_letter(plain: str) -> tuple[int, int] | None:
    others = (place for place, sign in enumerate(plain)
              if sign.isalpha() and not (sign.isascii() or sign in OWN_LETTERS))  # fmt: skip
    return next(((place, place + 1) for place in others), None)


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

"""The name that readers see as the sender of an organisation's mail (S12 of the field notes: a reader knows the house).

The organisation's own name always stands in it, so that no name of its choice passes for another house.
"""

import re
import unicodedata
from collections.abc import Iterable

from tenants.organisations.organisations import Organisation

NO_NAME = re.compile(r'[()<>\[\],:;@"\\]|=\?|\?=')
"""Signs that have a meaning in an address or a header: a name that holds one could become another address."""
SITE = re.compile(r"(?:^|[^\w])(?:https?|www)\b|\w\.[^\W\d_]{2,}", re.IGNORECASE)
"""An address of a page or a site, such as bank.nl. "B.V." is none."""
DOTS = str.maketrans(dict.fromkeys("\u3002\u30fb\u00b7\u2219\u22c5", "."))
"""Signs that programs or readers take for the dot of an address."""
SHORT_CLAIMS = ("ap", "kvk", "via")
LONG_CLAIMS = (
    r"geverifieerd\w*", "verified", r"bevestigd\w*", "confirmed", r"gecontroleerd\w*", "checked", "namens",
    r"on[\W_]*behalf", r"autoriteit[\W_]*persoons[\W_]*gegevens", "meldketen",
)  # fmt: skip
"""Words by which pages and mails say what was proven of an organisation, or who sends for whom."""
OWN_LETTERS = frozenset("ßæœøłđðþħı")
"""Letters of European languages that are no letter of a to z with a mark."""
LOOK_ALIKE = str.maketrans({"l": "i", "1": "i", "|": "i", "!": "i", "ı": "i", "0": "o", "ø": "o", "5": "s", "3": "e"})
"""Signs of one name that readers take for another letter."""
INITIALS = re.compile(r"(?<![^\W_])([^\W_])[\W_]+(?=[^\W_](?![^\W_]))")
"""A letter that stands alone before another one, as in "A.P." or "k v k"."""
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

    A form of a sign counts as the sign: wide, with a mark, or one that looks like it. Letters of other scripts than
    Latin are refused, because many look like a Latin one and names in the trade register have none.
    """
    plain = _without_marks(name)
    if NO_NAME.search(plain):
        return "settings.sender_signs"
    if any(sign.isalpha() and not (sign.isascii() or sign in OWN_LETTERS) for sign in plain):
        return "settings.sender_letters"
    if SITE.search(plain):
        return "settings.sender_site"
    return "settings.sender_claims" if _claims(plain) else None


def _without_marks(name: str) -> str:
    """Return the name in small letters of a to z where it can be, without marks and invisible signs, and with single
    blanks."""
    apart = unicodedata.normalize("NFKD", name.casefold()).translate(DOTS)
    return " ".join("".join(sign for sign in apart if unicodedata.category(sign) not in ("Mn", "Me", "Cf")).split())


def _claims(plain: str) -> bool:
    """Whether this holds one of our words, also when other signs stand in for its letters.

    Of a short word no sign stands in for another: "vla" is no "via".
    """
    joined = INITIALS.sub(r"\1", plain)
    return any(_holds_word(text, SHORT_CLAIMS) or _holds_word(_alike(text), map(_alike, LONG_CLAIMS))
               for text in (plain, joined))  # fmt: skip


def _alike(text: str) -> str:
    return text.translate(LOOK_ALIKE).replace("rn", "m").replace("vv", "w")


def _holds_word(text: str, words: Iterable[str]) -> bool:
    return re.search(rf"(?<![^\W_])(?:{'|'.join(words)})(?![^\W_])", text) is not None


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

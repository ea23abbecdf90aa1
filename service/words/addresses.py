"""Mail addresses. Each domain is judged once, however many addresses it has.

No DNS server is asked, so no other party learns which addresses we know.
"""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from service.words.signs import code_of, looks_like
from tenants.errors import Invalid

LONGEST, LONGEST_TYPED = 254, 400
"""The most characters of an address, and of the text that is read before blanks around it are removed."""
PLAIN = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-"})
"""The apostrophes and hyphens of a word processor, which mean those of an address."""
LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


def mail_address(text: str) -> str:
    """Return the address to mail to, with its domain as mail servers know it.

    Raises Invalid when it is no mail address.
    """
    if len(text) > LONGEST_TYPED:
        raise Invalid("mail.address_invalid")
    text = text.strip().translate(PLAIN)
    local, at, domain = text.rpartition("@")
    ascii_domain = _domain(domain.lower()) if at else None
    if ascii_domain is None or len(local) > 64 or not LOCAL.fullmatch(local):
        raise _refusal(text, len(local))
    address = f"{local}@{ascii_domain}"
    if len(address) > LONGEST:
        raise Invalid("mail.address_invalid")
    return address


def _refusal(text: str, at: int) -> Invalid:
    """Return what is wrong: the first sign that no address has, by its place, and which sign it looks like.

    `at`: where the @ stands; letters behind it may be of any script.
    """
    for place, sign in enumerate(text):
        if not sign.isascii() and not (place > at and sign.isalpha() and not looks_like(sign)):
            plain = looks_like(sign)
            key = "mail.address_looks_like" if plain else "mail.address_sign"
            return Invalid(key, sign=sign, code=code_of(sign), place=place + 1, plain=plain)
    return Invalid("mail.address_invalid")


@lru_cache(maxsize=20_000)
def _domain(domain: str) -> str | None:
    try:
        return validate_email(f"a@{domain}", check_deliverability=False, test_environment=True).ascii_domain
    except EmailNotValidError:
        return None


def is_plain_domain(domain: str) -> bool:
    """Return whether a domain in small letters is one to mail to, as it is written."""
    return _domain(domain) == domain

"""Mail addresses. Each domain is judged once, however many addresses it has.

No DNS server is asked, so no other party learns which addresses we know.
"""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from tenants.errors import Invalid

LONGEST, LONGEST_TYPED = 254, 400
"""The most characters of an address, and of the text that is read before blanks around it are removed."""
LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


def mail_address(text: str) -> str:
    """Return the address to mail to, with its domain as mail servers know it.

    Raises Invalid when it is no mail address.
    """
    if len(text) > LONGEST_TYPED:
        raise Invalid("mail.address_invalid")
    local, at, domain = text.strip().rpartition("@")
    ascii_domain = _domain(domain.lower()) if at else None
    if ascii_domain is None or len(local) > 64 or not LOCAL.fullmatch(local):
        raise Invalid("mail.address_invalid")
    address = f"{local}@{ascii_domain}"
    if len(address) > LONGEST:
        raise Invalid("mail.address_invalid")
    return address


@lru_cache(maxsize=20_000)
def _domain(domain: str) -> str | None:
    try:
        return validate_email(f"a@{domain}", check_deliverability=False, test_environment=True).ascii_domain
    except EmailNotValidError:
        return None

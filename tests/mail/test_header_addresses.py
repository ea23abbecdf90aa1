"""Each address that a form of ours takes is one to which answers can go; text around an address is not part of it."""

import string

import pytest

from service.words.addresses import mail_address
from tenants.errors import Invalid
from workflows.mail.sender_names import is_header_address
from workflows.notice.notice_mail import reply_address

SIGNS = [sign for sign in string.printable if sign not in string.whitespace]
PLACES = ("a{}b@delinde.example", "{}a@delinde.example", "a.b{}@delinde.example")
DOMAINS = ("delinde.example", "de-linde.co.example", "1.2.example", "münchen.example", "пример.рф",
           "a.xn--p1ai", "b--c.example", "xn--mnchen-3ya.example", "192.0.2.1", "a.museum")  # fmt: skip


def taken(address: str) -> str | None:
    """What a form keeps of an address; None when it refuses it."""
    try:
        return mail_address(address)
    except Invalid:
        return None


@pytest.mark.parametrize("place", PLACES)
def test_of_each_sign_a_form_and_a_header_think_alike(place: str) -> None:
    addresses = [place.format(sign) for sign in SIGNS]
    assert [a for a in addresses if taken(a)] == [a for a in addresses if is_header_address(a)]
    assert is_header_address("o'brien@delinde.example")


@pytest.mark.parametrize("domain", DOMAINS)
def test_of_each_domain_a_header_takes_what_a_form_keeps(domain: str) -> None:
    kept = taken(f"post@{domain}")
    assert kept is None or is_header_address(kept)


@pytest.mark.parametrize(("text", "found"), [
    ("Bel ons, of mail o'brien@delinde.example.", "o'brien@delinde.example"),
    ("Vragen? 'post@delinde.example'", "post@delinde.example"),
    ("mailto=post@delinde.example", "a!b@delinde.example"),
    ("06 12345678/post@delinde.example", "a!b@delinde.example"),
    ("Bel ons.", "a!b@delinde.example"),
])  # fmt: skip
def test_the_address_in_a_text_counts_without_the_signs_around_it(text: str, found: str) -> None:
    assert reply_address(text, "a!b@delinde.example") == found

"""The page of an office's mailed link, for whoever has no account: the clock, what to do, whom to call, the link."""

import json
import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask

from tests.conftest import Database
from tests.pages.conftest import Reader
from tests.pages.worlds import ADDRESS, MailedLink

ORDER = ('id="clock"', "Wat u nu doet", 'id="call"', "Weg na verhuizing", 'id="link"')
"""What comes first for whoever reads on a phone or hears the page."""


@pytest.fixture
def sent(app: Flask, database: Database) -> Iterator[MailedLink]:
    yield MailedLink(database)


def plain(page: str) -> str:
    """The words of a page, without what keeps them in their place."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>|[\u2066-\u2069]", " ", page)))


def test_the_clock_comes_first_then_what_to_do_whom_to_call_and_the_link(sent: MailedLink, stranger: Reader) -> None:
    page = stranger.see(sent.path)
    places = [page.index(part) for part in ORDER]
    assert places == sorted(places)


def test_a_clock_that_waits_says_when_it_begins_and_how_long_it_lasts(sent: MailedLink, stranger: Reader) -> None:
    page = plain(stranger.see(sent.path))
    assert "72 uur" in page and "Begint als dit bericht bij u is aangekomen" in page


def test_a_running_clock_says_on_whose_word(sent: MailedLink, stranger: Reader) -> None:
    sent.aware("phone", "10 hours", stated=True)
    page = stranger.see(sent.path)
    assert re.search(r"<time[^>]+data-until[^>]*>61 u 59</time>", page)
    assert re.search(r"volgens De Linde Accountants ?, die u belde", plain(page))


def test_the_name_of_the_contact_whose_link_it_is_stands_there_already(sent: MailedLink, stranger: Reader) -> None:
    contact = json.dumps([{"name": "Noor Bakker", "email": ADDRESS.upper()}])
    sent.database.outside("update escalation set contacts = cast(:c as jsonb) where breach_id = :b", c=contact,
                          b=sent.breach)  # fmt: skip
    page = stranger.see(sent.path)
    assert 'value="Noor Bakker"' in page and "Iemand anders?" in page
    refused = stranger.send(sent.path, {"name": ""}).text
    assert "Noor Bakker" not in refused, "what somebody typed or took away stays so"


@pytest.mark.parametrize("before", [{"name": "Cor", "phone": "010 1"}, {"email": "", "name": "Cor"}, {"email": None}])
def test_a_contact_without_a_mail_address_may_stand_before_the_one_of_the_link(
    sent: MailedLink, stranger: Reader, before: dict[str, str | None]
) -> None:
    contacts = json.dumps([before, {"name": "Noor Bakker", "email": ADDRESS}])
    sent.database.outside("update escalation set contacts = cast(:c as jsonb) where breach_id = :b", c=contacts,
                          b=sent.breach)  # fmt: skip
    assert 'value="Noor Bakker"' in stranger.see(sent.path)


@pytest.mark.parametrize("how", ["mail", "phone", "letter", "receipt"])
def test_each_moment_is_said_once_and_an_own_receipt_is_nobody_elses_word(
    sent: MailedLink, stranger: Reader, how: str
) -> None:
    sent.aware(how, "10 hours", stated=True)
    words = plain(stranger.see(sent.path))
    assert "wist u het op" not in words and ("De Linde Accountants" in words.split("Bekend sinds")[1][:90]) == (
        how != "receipt"
    )


def test_a_clock_that_ended_says_what_to_do_and_not_what_the_register_decided(
    sent: MailedLink, stranger: Reader
) -> None:
    sent.aware("mail", "80 hours")
    page = plain(stranger.see(sent.path))
    assert "Te laat" in page and "Kijk na of er al is gemeld" in page
    sent.database.outside(
        "update breach set risk = 'risk', risk_reason = 'BSN', decision = 'notify' where id = :id", id=sent.breach
    )
    assert plain(stranger.see(sent.path)) == page, "a link tells nothing of what was decided"


def test_the_office_is_one_tap_away(sent: MailedLink, stranger: Reader) -> None:
    page = stranger.see(sent.path)
    assert '<a href="tel:0201234567">020 123 45 67</a>' in page
    assert "Fenna de Wit" in page and "fg@delinde.example" in page


def test_without_a_number_it_says_which_to_call(database: Database, app: Flask, stranger: Reader) -> None:
    page = plain(stranger.see(MailedLink(database, phone=None).path))
    assert "Er staat geen telefoonnummer bij dit bericht." in page and "Fenna de Wit" in page


def test_the_link_says_whose_it_is_for_whom_and_until_when(sent: MailedLink, stranger: Reader) -> None:
    page = plain(stranger.see(sent.path))
    assert re.search(r"Deze link is van De Linde Accountants voor Client 1 ?\.", page)
    assert f"gestuurd aan {ADDRESS} en geldig tot" in page and "Stuur hem niet door." in page


def test_a_refusal_keeps_clock_and_contact(sent: MailedLink, stranger: Reader) -> None:
    answer = stranger.send(sent.path, {"name": ""})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'id="f-name-more"' in page
    assert 'id="clock"' in page and "tel:0201234567" in page


def test_the_page_offers_the_step_after_the_one_that_was_done(sent: MailedLink, stranger: Reader) -> None:
    assert "Ontvangst bevestigen</button>" in stranger.see(sent.path)
    next_page = stranger.done(sent.path, {"name": "Anna"})
    assert "De ontvangst is bevestigd." in next_page and "Account maken</button>" in next_page
    page = stranger.see(sent.path)
    assert "Account maken en register openen</a>" in page and "De ontvangst is bevestigd op" in page
    assert "Deze tijd loopt. U bevestigde de ontvangst op" in plain(page)


def test_the_page_says_which_data_and_how_many_people_until_somebody_opened_the_register(
    sent: MailedLink, stranger: Reader
) -> None:
    page = stranger.see(sent.path)
    hit = page[page.index('id="hit"') :][:700]
    assert "BSN" in hit and ">5<" in hit
    sent.database.outside("update organisation set claimed_at = now() where id = :id", id=sent.client)
    assert 'id="hit"' not in stranger.see(sent.path), "what is in it now is told to who logs in"


def test_a_page_says_call_only_beside_a_number(app: Flask, database: Database, stranger: Reader) -> None:
    assert "Vragen? Bel De Linde" in stranger.see(MailedLink(database).path)
    page = stranger.see(MailedLink(database, phone=None).path)
    assert "Vragen? Bel" not in page and "Vragen aan De Linde Accountants?" in page


def test_the_name_that_was_typed_at_the_receipt_is_not_asked_again(sent: MailedLink, stranger: Reader) -> None:
    account = sent.path.replace("/receipt/", "/invitation/")
    assert 'name="name" type="text" value=""' in stranger.see(account)
    stranger.done(sent.path, {"name": "Wim van der Meer"})
    assert 'value="Wim van der Meer"' in stranger.see(account)

"""Where answers go, and under which name messages come: an address counts once somebody there pressed the button."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask

from tenants.database import db
from tenants.history.entries import Actor
from tenants.isolation import acting_for, database_now
from tenants.organisations.organisations import Organisation, the_acting_organisation
from tests.factories import Office, an_incident, an_office
from tests.pages.conftest import Reader, slug_of
from tests.pages.forms import typed_over, visible
from workflows.mail.outbox import Outbox
from workflows.mail.sender_claims import INITIALS, WORDS
from workflows.mail.sender_names import from_name, why_refused
from workflows.running.jobs import drain
from workflows.settings.changing import settings_history, settings_missing

MAIL = {"locale": "nl", "sender_name": "Loonteam", "reply_address": "post@delinde.example"}


@pytest.fixture
def house(app: Flask) -> Office:
    """An office with one client."""
    return an_office(1)


@pytest.fixture
def fenna(house: Office, reader: Callable[[Actor], Reader]) -> Reader:
    """The officer of the office."""
    return reader(house.officer)


def row_of(house: UUID) -> Organisation:
    with acting_for(house):
        return the_acting_organisation()


def saved(house: Office, fenna: Reader, form: dict[str, str]) -> str:
    at = f"/o/{slug_of(house.id)}/settings"
    return fenna.done(at, typed_over(fenna, at, form))


def link_in(outbox: Outbox, house: UUID) -> str:
    """The link of the newest mail to the address for answers."""
    while drain(str(house)):
        pass
    mail = [mail for mail in outbox.mails if "Mogen antwoorden" in mail.subject][-1]
    _, text, _ = mail.as_read_by(mail.people[0])
    found = re.search(r"/reply-address/[\w-]+", text)
    assert found and mail.people[0].address == MAIL["reply_address"]
    return found[0]


def test_the_address_is_used_once_somebody_there_pressed_the_button(
    house: Office, fenna: Reader, stranger: Reader, outbox: Outbox
) -> None:
    page = visible(saved(house, fenna, MAIL))
    assert "post@delinde.example is nog niet bevestigd" in page
    link = link_in(outbox, house.id)
    asked = visible(stranger.see(link))
    assert "wil dat antwoorden op haar berichten naar post@delinde.example gaan" in asked
    assert row_of(house.id).reply_confirmed_at is None, "a machine that follows links confirms nothing"
    with acting_for(house.id):
        assert "sender" in settings_missing()
    assert "voortaan naar post@delinde.example" in visible(stranger.done(link, {}))
    assert row_of(house.id).reply_confirmed_at is not None
    with acting_for(house.id):
        assert "sender" not in settings_missing()
        assert [entry.what for entry in settings_history(1)][-1] == "organisation.reply_confirmed"
    assert "is bevestigd op" in visible(fenna.see(f"/o/{slug_of(house.id)}/settings"))


def test_another_address_or_another_link_ends_the_link_before(
    house: Office, fenna: Reader, stranger: Reader, outbox: Outbox
) -> None:
    saved(house, fenna, MAIL)
    first, at = link_in(outbox, house.id), f"/o/{slug_of(house.id)}/settings"
    fenna.done(f"{at}/mail/link", typed_over(fenna, at, {}), seen=at)
    second = link_in(outbox, house.id)
    assert "werkt niet meer" in visible(stranger.see(first, 404)) and first != second
    stranger.done(second, {})
    saved(house, fenna, MAIL | {"reply_address": ""})
    assert row_of(house.id).reply_confirmed_at is None
    stranger.see(second, 404)
    stranger.see("/reply-address/guess", 404)


def test_no_more_than_three_links_a_day_go_to_one_address(house: Office, fenna: Reader, outbox: Outbox) -> None:
    saved(house, fenna, MAIL)
    at = f"/o/{slug_of(house.id)}/settings"
    for _ in range(2):
        fenna.done(f"{at}/mail/link", typed_over(fenna, at, {}), seen=at)
    refused = fenna.send(f"{at}/mail/link", typed_over(fenna, at, {}), seen=at)
    assert refused.status_code == 422 and "meer links uit dan mag" in refused.get_data(as_text=True)
    link_in(outbox, house.id)


def test_a_message_to_a_client_comes_from_the_house_and_its_answer_goes_there(
    house: Office, fenna: Reader, stranger: Reader, outbox: Outbox
) -> None:
    saved(house, fenna, MAIL)
    link = link_in(outbox, house.id)
    for address in ("fg@delinde.example", MAIL["reply_address"]):
        if address == MAIL["reply_address"]:
            stranger.done(link, {})
        outbox.mails.clear()
        an_incident(house)
        while drain(str(house.id)):
            pass
        [mail] = [mail for mail in outbox.mails if mail.purpose == "escalation"]
        assert mail.on_behalf_of == f"Loonteam - {row_of(house.id).name}" and mail.reply_to == address


@pytest.mark.parametrize(("confirmed", "to"), [
    ("o'brien@delinde.example", "o'brien@delinde.example"), ("twee woorden@delinde.example", "fg@delinde.example"),
])  # fmt: skip
def test_an_answer_to_an_office_goes_to_the_contact_where_its_own_address_cannot_be_named(
    house: Office, outbox: Outbox, confirmed: str, to: str
) -> None:
    with acting_for(house.id):
        office_row = the_acting_organisation()
        office_row.reply_in_use, office_row.reply_address = confirmed, confirmed
        office_row.reply_confirmed_at = database_now()
        db.session.flush()
    an_incident(house)
    while drain(str(house.id)):
        pass
    [mail] = [mail for mail in outbox.mails if mail.purpose == "escalation"]
    assert mail.reply_to == to


@pytest.mark.parametrize(("name", "refusal"), [
    ("Loonteam De Linde", None), ("Bakkerij Jansen B.V.", None), ("'t Hoekje & Zn.", None), ("Café Möl", None),
    ("Kim <kim@elders.example>", "settings.sender_signs"), ("A, B", "settings.sender_signs"),
    ("Wim \uff20 bank", "settings.sender_signs"), ("bank.nl", "settings.sender_site"),
    ("zie www bank", "settings.sender_site"), ("Bank geverifieerd", "settings.sender_claims"),
    ("Bank via Meldketen", "settings.sender_claims"), ("AP", "settings.sender_claims"), ("Kaap", None),
    ("Bakkerij Yıldız", None), ("Vla & Zn.", None), ("Søren Østergård", None), ("Tandarts J.A. de Wit", None),
    ("K.L.M. Bakkerij", None), ("Kwekerij 1-2-3", None), ("Straße 5", None),
    ("Me\u00addketen", None),
    ("Autoriteit  Persoonsgegevens", "settings.sender_claims"),
    ("Autoriteit-Persoonsgegevens", "settings.sender_claims"),
    ("Autóriteit Persoonsgegevens", "settings.sender_claims"),
    ("AUTORITElT PERSOONSGEGEVENS", "settings.sender_claims"),
    ("Aut0riteit Persoonsgegevens", "settings.sender_claims"),
    ("Autoriteit Persoons gegevens", "settings.sender_claims"),
    ("\uff21\uff30", "settings.sender_claims"), ("A.P.", "settings.sender_claims"),
    ("K v K", "settings.sender_claims"), ("Á.P.", "settings.sender_claims"),
    ("Rneldketen", "settings.sender_claims"), ("Meld\u00adketen", "settings.sender_claims"),
    ("_ap_", "settings.sender_claims"),
    ("\u0410utoriteit", "settings.sender_letters"), ("\u0410\u0420", "settings.sender_letters"),
    ("\u1d00\u1d18", "settings.sender_letters"), ("\u0391\u03a1 meldpunt", "settings.sender_letters"),
    ("bank\u3002nl", "settings.sender_site"), ("bank\uff0enl", "settings.sender_site"),
    ("bank\uff61nl", "settings.sender_site"), ("bank.ñl", "settings.sender_site"),
    ("Meld keten", "settings.sender_claims"), ("Meld-Keten", "settings.sender_claims"),
    ("M e l d k e t e n", "settings.sender_claims"), ("ge verifieerd", "settings.sender_claims"),
    ("K.V.K. 1", "settings.sender_claims"), ("K.v.K. Utrecht", "settings.sender_claims"),
    ("A.P. B.V.", "settings.sender_claims"), ("A.P. toezicht", "settings.sender_claims"),
    ("Meldpunt A.P. Nederland", "settings.sender_claims"), ("De A.P. 2026", "settings.sender_claims"),
    ("AP Jansen", "settings.sender_claims"), ("v.i.a. Jansen", "settings.sender_claims"),
    ("A.P. Jansen Accountants", None), ("Administratiekantoor A.P. Bakker", None), ("A&P Accountants", None),
    ("J.A.P. Jansen", None), ("K.V. Kuipers", None), ("Melding keten", None),
    ("Dr.Ing. Vos", None), ("Mr.Vos & Drs.Bos", None), ("A.P.Jansen Accountants", None), ("St.Jan", None),
    ("Bakkerij Jansen b.v.", None), ("Dr.nl", "settings.sender_site"), ("a.com", "settings.sender_site"),
    ("dr.vos.nl", "settings.sender_site"), ("Vos.Bos", "settings.sender_site"),
    ("=?utf-8?q?x?=", "settings.sender_signs"), ("\uff1d\uff1fx", "settings.sender_signs"),
])  # fmt: skip
def test_no_name_of_a_sender_is_an_address_or_claims_a_proof(name: str, refusal: str | None):
    refused = why_refused(name)
    assert (refused and refused.key) == refusal


@pytest.mark.parametrize(("name", "word"), [
    ("Bank via Jansen", "via"), ("Loket A.P. toezicht", "A.P"), ("Wij zijn Meld-Keten 2", "Meld-Keten"),
    ("Bank Geverifieérde site", "Geverifieérde"), ("Kijk op Bank.NL", "Bank.NL"), ("Zie WWW bank", "WWW"),
    ("Wim @ bank", "@"), ("Bakkerij \u0416", "\u0416"), ("Ve\u00adRIFIED", "Ve\u00adRIFIED"), ("K.V.K. 1", "K.V.K"),
    ("A.P. Jansen via KvK", "via"),
])  # fmt: skip
def test_the_refusal_of_a_name_says_which_word_it_is_about(name: str, word: str) -> None:
    refused = why_refused(name)
    assert refused is not None and refused.word == word


@pytest.mark.parametrize("claim", [*INITIALS, *(word.rstrip("*") for word in WORDS)])
def test_no_claim_passes_in_pieces(claim: str) -> None:
    """Of both lists: with a blank, a dash or a dot at any place of a long one, and between all letters of each."""
    pieces = [sign.join((claim[:n], claim[n:])) for sign in " -.·" for n in range(1, len(claim))]
    pieces = [] if claim in INITIALS else pieces
    spelled = [sign.join(claim) for sign in (" ", "-", ". ", "_")]
    for written in (*pieces, *spelled, claim.upper(), f"{claim.title()} 1"):
        assert why_refused(written) is not None, written
    assert why_refused(f"x{claim}") is None, "within a longer word it claims nothing"


def test_the_name_of_the_house_always_stands_in_the_name_of_the_sender():
    assert from_name(None, "De Linde") == "De Linde" == from_name("Linde", "De Linde")
    assert from_name("Loonteam", "De Linde B.V.") == "Loonteam - De Linde B.V."
    assert from_name("Loonteam de linde", "De Linde") == "Loonteam de linde"

"""Who a notice comes from and where an answer to it goes, in words and in the headers of its mail."""

import pytest

from workflows.mail.sender import Mail
from workflows.mail.sendgrid import SendGridSender
from workflows.notice.notice_mail import answers_words, reply_address
from workflows.notice.open_places import open_place_in

FG = "fg@bakkerij.example"


@pytest.mark.parametrize(("contact", "confirmed", "address"), [
    ("Bel Fenna, 010 123, of mail (Fenna@bakkerij.example).", FG, "Fenna@bakkerij.example"),
    ("eerst a.b@x.example; anders c@x.example", None, "a.b@x.example"),
    ("Bel Fenna, 010 123", FG, FG),
    ("Bel Fenna, 010 123", None, None),
    ("mail naar fenna@bakkerij of fenna..x@bakkerij.example", None, None),
    ("é@bakkerij.example", "geen adres", None),
])  # fmt: skip
def test_an_answer_goes_to_the_address_that_readers_are_told(contact: str, confirmed: str | None, address: str | None):
    assert reply_address(contact, confirmed) == address


def test_the_confirmed_address_goes_after_what_readers_are_told():
    assert reply_address("Bel Fenna, 010 123", "post@bakkerij.example") == "post@bakkerij.example"
    assert reply_address("mail fenna@bakkerij.example", "post@bakkerij.example") == "fenna@bakkerij.example"


def test_the_mail_says_where_an_answer_goes_or_that_nobody_reads_it():
    assert answers_words(FG, "Bakkerij", "nl").endswith(f"gaat naar {FG}.")
    assert "Bakkerij krijgt uw antwoord dan niet" in answers_words(None, "Bakkerij", "nl")


def test_the_organisation_is_the_sender_and_the_service_stands_behind_it():
    sender = SendGridSender("key", "http://127.0.0.1:1", "mail@meldketen.example", "Meldketen")
    mail = Mail("notice", "Datalek", "tekst", "<p>tekst</p>", (), FG, "Bakkerij <Wolkendam>, B.V.")
    request = sender.request(mail)
    assert request["from"] == {"email": "mail@meldketen.example", "name": "Bakkerij Wolkendam B.V. via Meldketen"}
    assert request["reply_to"] == {"email": FG}
    assert sender.request(Mail("reset", "x", "x", "x", ()))["from"]["name"] == "Meldketen"


@pytest.mark.parametrize(("words", "place"), [
    ("Bel [vul in: een nummer].", "[vul in: een nummer]"), ("Call [Fill in: a number", "[Fill in: a number"),
    ("Zie bijlage [1] en [invullen]", None), ("", None),
])  # fmt: skip
def test_an_open_place_is_found_in_either_language(words: str, place: str | None):
    assert open_place_in(words) == place

"""Wherever a text names the operator, it says how to reach it; the name itself stands in one place."""

import re
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from flask import Flask

from service import create_app
from service.words.texts import catalogue, spoken, t
from tests.conftest import Database
from tests.house.reading import MAIL_TEXTS, SERVICE_TEXTS, mentioned, texts
from workflows.engine.hints import NoHints, use_hints
from workflows.mail.sending import Claimed, Reader, write_mail
from workflows.mail.texts import text
from workflows.mail.words import use_operator_contact, word

LANGUAGES = ("nl", "en")
NAMED = {"nl": "de beheerder van Meldketen", "en": "the operator of Meldketen"}
BY_HAND = re.compile(r"\b(beheerders?|operators?)\b", re.I)
CONTACTS = ("", "beheer@meldketen.example", "010 123 45 67", "https://meldketen.example/contact?a=1")
MAILS = sorted(file.stem for file in (MAIL_TEXTS / "nl").glob("*.txt") if "{operator}" in file.read_text("utf-8"))


@pytest.fixture(params=CONTACTS)
def contact(request: pytest.FixtureRequest) -> Iterator[str]:
    """How people reach the operator of this installation; blank when the setting is not there."""
    use_operator_contact(request.param)
    yield request.param
    use_operator_contact("")


def naming(language: str) -> dict[str, str]:
    """The texts on screen that name the operator."""
    return {key: words for key, words in catalogue(language).items() if "{operator}" in words}


def whole(language: str, contact: str) -> str:
    return f"{NAMED[language]} ({contact})" if contact else NAMED[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_names_the_operator_by_hand(language: str):
    known = texts(SERVICE_TEXTS / language)
    known |= {file.name: file.read_text("utf-8") for file in (MAIL_TEXTS / language).glob("*.txt")}
    known |= {f"words.{key}": words for key, words in texts(MAIL_TEXTS / language).items()}
    named = {key for key, words in known.items() if BY_HAND.search(words.replace("{operator}", ""))}
    assert named == {"words.words.operator", "words.words.operator_at"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_on_screen_that_names_the_operator_says_how_to_reach_it(app: Flask, language: str, contact: str):
    assert len(naming(language)) > 25
    for key, words in naming(language).items():
        values = dict.fromkeys(mentioned(words) - {"operator"}, "waarde")
        with app.test_request_context(headers={"Cookie": f"language={language}"}):
            said = t(key, **values)
        assert whole(language, contact) in said and not re.search("[{}]", said), key


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", MAILS)
def test_every_mail_that_names_the_operator_says_how_to_reach_it(key: str, language: str, contact: str):
    links = text(key, language).links
    common = {name: "https://x.nl/1" if name in links else "waarde" for name in text(key, language).placeholders}
    reader = Reader(uuid4(), uuid4(), "Anna", "anna@client.example", {})
    del common["operator"]  # planned before the operator was reached so, or at another address
    mail = write_mail(Claimed(uuid4(), uuid4(), uuid4(), "reminder", key, language, common, (reader,)))
    assert whole(language, contact) in mail.text


def test_the_mails_that_name_the_operator_are_known():
    assert MAILS == [
        "client_renamed", "clock_unheard", "mail_unheard", "office_gone", "register_opened", "renamed", "step_failed",
        "verification_withdrawn", "verified",
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_a_mail_name_it_too(language: str, contact: str):
    assert whole(language, contact) in word("verified.operator", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_evidence_that_is_kept_for_years_names_the_operator_without_contact(language: str, contact: str):
    for key in naming(language):
        assert NAMED[language] in spoken(language)[key] and f"({contact or '{'}" not in spoken(language)[key]


def test_the_setting_reaches_pages_and_mails(database: Database):
    create_app(replace(database.config, operator_contact="bel 010 123 45 67"))
    use_hints(NoHints())
    try:
        assert "(bel 010 123 45 67)" in word("verified.operator", "nl") + t("verification.by_operator")
    finally:
        use_operator_contact("")

"""A name that ends with a full stop, such as a B.V., ends a sentence with that one, on pages and in mails."""

import pytest
from flask import Flask

from service.words.texts import catalogue, t
from tests.house.reading import MAIL_TEXTS, mentioned
from workflows.mail.texts import render, text

LANGUAGES = ("nl", "en")
NAMES = ("Bakker B.V.", "שרה כהן.")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_on_screen_puts_two_full_stops_behind_a_name(app: Flask, language: str, name: str):
    ending = {key: words for key, words in catalogue(language).items() if "}." in words}
    assert len(ending) > 50
    with app.test_request_context(headers={"Cookie": f"language={language}"}):
        for key, words in ending.items():
            said = t(key, **dict.fromkeys(mentioned(words) - {"operator"}, name))
            assert ".." not in said and ".\u2069." not in said, key


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_mail_puts_two_full_stops_behind_a_name(language: str, name: str):
    for key in sorted(file.stem for file in (MAIL_TEXTS / language).glob("*.txt")):
        what = text(key, language)
        ours = dict.fromkeys(what.links | {"check_url"}, "https://meldketen.example/x")
        values = dict.fromkeys(what.placeholders, name) | ours
        for personal in ((), what.placeholders):
            letter = render(what, values, personal, language)
            whole = letter.subject + letter.text + letter.html
            for tag, value in letter.substitutions(values).items():
                whole = whole.replace(tag, value)
            assert ".." not in whole and ".\u2069." not in whole and f"-{letter.word}." not in whole, key

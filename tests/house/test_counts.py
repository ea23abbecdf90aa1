"""Whatever counts has its singular, and the plural rules of the language choose it."""

import ast
import re

import pytest
from flask import Flask

from service.words.texts import LOCALES, catalogue, t
from tests.house.reading import MAIL_TEXTS, ROOT, TEMPLATES, mentioned, nodes, texts
from workflows.plurals import COUNTED, form, form_of

SIGNS = {"tekens", "characters", "passkeys"}
"""What only limits of ours count, which are all above one."""
HOURS_OF_LAW = {"words.decide_by.hours", "words.your_time.first", "words.your_time.next"}
HOURS_OF_LAW |= {"words.your_time.known", "words.your_time.over"}
"""Texts of mails about the hours of Article 33, which are 72 or more."""
ALIKE = {"gezien", "vragen"}
"""Dutch words that end as a plural does."""
NOUNS = {
    "nl": re.compile(r"\{([a-z_]+)\} (?:andere |meer |hele )?((?!van\b|en\b|een\b)[a-zéë]+(?:en|s))\b"),
    "en": re.compile(r"\{([a-z_]+)\} (?:other |more |full )?([a-z]+s|people)\b"),
}
"""A value and the plural that stands behind it."""
CHOSEN = re.compile(r"""_(?:one|two|few|many)["']""")


def everything(language: str) -> dict[str, str]:
    """Every text of one language: of pages, programs, commands and mails."""
    mails = {key.partition(".")[2]: text for key, text in texts(MAIL_TEXTS / language).items()}
    return catalogue(language) | {f"words.{key}": text for key, text in mails.items()}


@pytest.mark.parametrize("language", LOCALES)
def test_every_plural_behind_a_number_has_its_singular(language: str) -> None:
    said = everything(language)
    plurals = [
        (key, name, noun) for key, text in said.items() if key not in HOURS_OF_LAW and not key.endswith("_one")
        for name, noun in NOUNS[language].findall(text) if noun not in SIGNS | ALIKE
    ]  # fmt: skip
    counted = {noun for _, name, noun in plurals if name in COUNTED}
    nouns = [(key, name) for key, name, noun in plurals if noun in counted]
    assert len(counted) > 10 and [key for key, _ in nouns if key + "_one" not in said] == []
    assert sorted({name for _, name in nouns} - set(COUNTED)) == []


def named(language: str, key: str) -> set[str]:
    return mentioned(catalogue(language)[key]) - {"operator", "count"}


@pytest.mark.parametrize("language", LOCALES)
def test_a_text_about_one_is_in_the_singular(app: Flask, language: str) -> None:
    singular = {key.removesuffix("_one") for key in catalogue(language) if key.endswith("_one")}
    with app.test_request_context(headers={"Cookie": f"language={language}"}):
        said = {
            key: t(key, count="1", **{name: "1" if name in COUNTED else "x" for name in named(language, key)})
            for key in singular
        }  # fmt: skip
    plural = re.compile(r"\b1 (?!van\b|uur\b|gezien\b|seen\b|adres\b|address\b)\w+(?:en|s)\b")
    assert len(singular) > 20 and {key: words for key, words in said.items() if plural.search(words)} == {}


def test_nobody_chooses_the_form_by_hand() -> None:
    by_hand = [str(file.relative_to(ROOT)) for file in TEMPLATES if CHOSEN.search(file.read_text("utf-8"))]
    by_hand += [
        str(file) for file, node in nodes("service", "workflows", "tenants")
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith("_one")
        and any(key.endswith(node.value) for key in catalogue("nl"))
    ]  # fmt: skip
    assert by_hand == []


@pytest.mark.parametrize("language", LOCALES)
def test_a_number_or_its_writing_has_the_form_of_its_language(language: str) -> None:
    assert [form_of(value, language) for value in (0, 1, "1", 2, 11, 21, "x", None, "1 tot 5")] == [
        "other", "one", "one", "other", "other", "other", "other", "other", "other",
    ]  # fmt: skip


def test_words_agree_with_the_first_counted_value() -> None:
    known = {"said": "clients", "said_one": "client"}
    assert form(known, "said", {"informed": 1, "total": 3, "count": 1}, "en") == "clients"
    assert form(known, "said", {"total": "1"}, "en") == "client"
    assert form(known, "said", {}, "en") == "clients"


@pytest.mark.parametrize("language", LOCALES)
def test_every_count_is_written_as_its_reader_writes_it(app: Flask, language: str) -> None:
    written = {"nl": "5.000", "en": "5,000"}[language]
    with app.test_request_context(headers={"Cookie": f"language={language}"}):
        counting = {key: names for key, text in catalogue(language).items() if (names := mentioned(text)) & {*COUNTED}}
        said = {key: t(key, **{name: 5000 if name in COUNTED else "x" for name in names - {"operator"}})
                for key, names in counting.items()}  # fmt: skip
    assert len(said) > 100 and [key for key, text in said.items() if written not in text or "5000" in text] == []

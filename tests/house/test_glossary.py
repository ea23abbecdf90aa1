"""One word per thing: every text that a person reads keeps to the glossary, and holds no word of the code."""

import re
import tomllib

import pytest

from tests.house.reading import MAIL_TEXTS, SERVICE_TEXTS, texts

GLOSSARY = tomllib.loads((SERVICE_TEXTS / "glossary.toml").read_text("utf-8"))
MEANT = {
    "labels.groups.customers": "a group of people whose data leaked: customers of the organisation itself",
    "labels.fact.groups": "as above",
    "mails.words.groups.customers": "as above, in a mail",
}
"""Texts in which a word of the glossary means something else, with what."""
FOR_PROGRAMMERS = ("api.", "history.", "keys.", "mail.", "office.", "organisation.", "evidence.", "provider.")
"""Texts of the API's page, of commands and of settings for an administrator: they name what is typed there."""
NAMES_OF_OURS = re.compile(r"\{[a-z_]+\}")
OF_THE_CODE = re.compile(
    r"\b[a-z]+_[a-z_]+\b|\b[\w-]+\.(?:py|json|toml|html|cas|sql)\b|\((?:O|P|V|M)(?:, (?:O|P|V|M))*\)"
    r"|\b(?:null|uuid|utf8|http \d{3}|endpoint|payload|backend|boolean)\b",
)
"""Names with an underscore, files of ours, marks of kinds of fields, words of programmers."""


def said(language: str) -> dict[str, str]:
    """Every text for people in one language, by its key: of pages, of the API's page, and of mails."""
    mails = {f"mails.{key}": text for key, text in texts(MAIL_TEXTS / language).items()}
    mails |= {f"mails.{file.stem}": file.read_text("utf-8") for file in (MAIL_TEXTS / language).glob("*.txt")}
    return texts(SERVICE_TEXTS / language) | mails


def words(language: str) -> list[tuple[str, re.Pattern[str]]]:
    """Every pattern that the glossary does not want in a language, with the word that it wants."""
    return [
        (word[language], re.compile(rf"\b(?:{pattern})\b", re.I))
        for word in GLOSSARY.values() for pattern in word[f"not_{language}"]
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_thing_has_one_word(language: str) -> None:
    found = [
        f"{key}: {match[0]!r}, write: {wanted}" for key, text in said(language).items() if key not in MEANT
        for wanted, pattern in words(language) if (match := pattern.search(NAMES_OF_OURS.sub("", text)))
    ]  # fmt: skip
    assert len(said(language)) > 1000 and found == []


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_text_for_people_holds_a_word_of_the_code(language: str) -> None:
    found = {
        key: match[0] for key, text in said(language).items() if not key.startswith(FOR_PROGRAMMERS)
        if (match := OF_THE_CODE.search(NAMES_OF_OURS.sub("", text)))
    }  # fmt: skip
    assert found == {}


def test_the_glossary_is_whole() -> None:
    for name, word in GLOSSARY.items():
        assert set(word) == {"nl", "en", "not_nl", "not_en", "meaning"}, name
        assert word["not_nl"] or word["not_en"], name
    assert len(GLOSSARY) > 10 and not set(MEANT) - set(said("nl"))

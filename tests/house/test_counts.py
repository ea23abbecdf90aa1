"""Whatever counts has its singular: every text that names a number is read here as if it were one."""

import re
from string import Formatter

import pytest
from flask import Flask

from service.words.texts import COUNTED, LOCALES, ONE, catalogue, counts_one, t

NEVER_ONE = {
    "account.password_why", "errors.user.password_too_short", "errors.user.password_too_long",
    "password_reset.choose_hint", "errors.glass.reason_too_short", "errors.idempotency.too_long",
    "errors.passkey.too_many", "errors.csv.too_many_lines", "errors.csv.cell_too_long", "errors.field.too_long",
}
"""Limits of ours, which are all above one."""
ALIKE = {
    "account.codes_left", "ap_form.saved", "ap_form.and_more", "ap_form.sums.filled", "ap_form.sums.unknown",
    "ap_form.sums.not_yet_known", "ap_form.sums.not_applicable", "ap_form.sums.missing", "assess.score.between",
    "board.of", "board.part", "calls.people", "errors.joining.open_dossiers",
    "errors.joining.without_place", "errors.field.out_of_range",
    "errors.field.wrong_count", "errors.login.too_often", "mail.limited", "notice.reached", "processors.join.open",
    "processors.join.without_place",
    "questions.people_of", "questions.events_seen", "questions.failed.on_board", "questions.failed.tried",
    "questions.unconfirmed.people_of", "questions.unconfirmed.heard", "questions.unconfirmed.batches",
    "time.left", "time.late",
}
"""Texts that are right about one as they are: the number stands apart, or the word does not change."""
PLURAL = re.compile(r"\b1 (?!keer|uur|gezien|seen|van\b|of\b|[a-z]+s?te\b)\w+(?:en|ers|mails|s)\b")


def names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def counting(language: str) -> dict[str, str]:
    """Every text of a page that counts something."""
    return {
        key: text for key, text in catalogue(language).items()
        if not key.startswith("api.") and not key.endswith(ONE) and names_in(text) & set(COUNTED)
    }  # fmt: skip


@pytest.mark.parametrize("language", LOCALES)
def test_every_text_that_counts_has_its_singular_or_is_alike(language: str) -> None:
    counted, texts = counting(language), catalogue(language)
    plural = {key for key in counted if key + ONE not in texts}
    assert len(counted) > 40 and plural == NEVER_ONE | ALIKE - {key for key in ALIKE if key + ONE in texts}


@pytest.mark.parametrize("language", LOCALES)
def test_a_text_about_one_is_in_the_singular(app: Flask, language: str) -> None:
    with app.test_request_context(headers={"Cookie": f"language={language}"}):
        said = {
            key: t(key, **{name: "1" if name in COUNTED else "x" for name in names_in(text) - {"operator"}})
            for key, text in counting(language).items() if key not in NEVER_ONE
        }  # fmt: skip
    assert {key: words for key, words in said.items() if PLURAL.search(words)} == {}


def test_what_is_counted_is_one_as_a_number_or_in_writing() -> None:
    assert counts_one({"count": 1}) and counts_one({"total": "1", "count": "3"})
    assert not counts_one({"total": 11}) and not counts_one({"name": "1"}) and not counts_one({})

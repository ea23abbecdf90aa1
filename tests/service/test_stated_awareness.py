"""Rows of the register say on whose word a clock runs, in the API and in the file to take along."""

import csv
import io

import pytest
from flask import Flask

from tests.service.caller import Caller, caller_for
from tests.service.stating import Stated, a_stated_awareness

WORDS = {
    "nl": ("Kennisneming volgens", "volgens De Linde Accountants, per telefoon"),
    "en": ("Aware according to", "according to De Linde Accountants, by telephone"),
}


@pytest.fixture
def stated(app: Flask) -> Stated:
    return a_stated_awareness()


@pytest.fixture
def there(app: Flask, stated: Stated) -> Caller:
    assert stated.by.id
    return caller_for(app, stated.by.id)


def in_the_file(there: Caller, language: str) -> str:
    file = there.call("GET", "breaches.csv", headers={"Accept-Language": language}).get_data().decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(file), delimiter=";")
    return row[WORDS[language][0]]


def test_a_row_says_who_stated_it_how_and_whether_the_controller_did(stated: Stated, there: Caller):
    [row] = there.get("breaches").json["items"]
    assert (row["stated_by"], row["stated_aware_how"]) == ("De Linde Accountants", "phone")
    assert row["stated_aware_at"] == row["became_aware_at"] and row["own_aware_stated_at"] is None
    stated.states(hours_ago=0.5)
    [own] = there.get("breaches").json["items"]
    assert own["stated_aware_at"] == row["stated_aware_at"] != own["became_aware_at"]
    assert own["own_aware_stated_at"] is not None


@pytest.mark.parametrize("language", WORDS)
def test_the_file_has_a_column_for_whose_word_it_is(stated: Stated, there: Caller, language: str):
    assert in_the_file(there, language) == WORDS[language][1]
    stated.states(hours_ago=0.5)
    assert in_the_file(there, language) == ""

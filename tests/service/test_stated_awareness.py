"""The register says on whose word a clock runs and which moments were stated: its API, its file, its evidence."""

import csv
import io

import pytest
from flask import Flask

from tests.service.caller import Caller, caller_for
from tests.service.stating import Stated, a_stated_awareness
from tests.service.zipped import exported, unpacked

WORDS = {
    "nl": ("Bekend volgens", "volgens De Linde Accountants, per telefoon", "eigen verklaring",
           "Wie dat noemde, en hoe", "De Linde Accountants, per telefoon"),
    "en": ("Aware according to", "according to De Linde Accountants, by telephone", "own statement",
           "Who stated that, and how", "De Linde Accountants, by telephone"),
}  # fmt: skip


@pytest.fixture
def stated(app: Flask) -> Stated:
    return a_stated_awareness()


@pytest.fixture
def there(app: Flask, stated: Stated) -> Caller:
    assert stated.by.id
    return caller_for(app, stated.by.id)


def in_the_file(there: Caller, language: str) -> dict[str, str]:
    file = there.call("GET", "breaches.csv", headers={"Accept-Language": language}).get_data().decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(file), delimiter=";")
    return row


def test_a_row_says_who_stated_it_how_and_whether_the_controller_did(stated: Stated, there: Caller):
    [row] = there.get("breaches").json["items"]
    assert (row["stated_by"], row["stated_aware_how"]) == ("De Linde Accountants", "phone")
    assert row["stated_aware_at"] == row["became_aware_at"] and row["own_aware_stated_at"] is None
    stated.states(hours_ago=1.5)
    [own] = there.get("breaches").json["items"]
    assert own["stated_aware_at"] == row["stated_aware_at"] != own["became_aware_at"]
    assert own["own_aware_stated_at"] is not None


@pytest.mark.parametrize("language", WORDS)
def test_the_file_has_both_moments_and_whose_word_each_is(stated: Stated, there: Caller, language: str):
    according, by_office, by_itself, named_by, office = WORDS[language]
    before = in_the_file(there, language)
    assert (before[according], before[named_by]) == (by_office, office)
    stated.states(hours_ago=1.5)
    after = in_the_file(there, language)
    assert (after[according], after[named_by]) == (by_itself, office), "both stay"
    columns = list(after)
    at = columns.index(named_by)
    stated_at, own_at, why = (after[columns[n]] for n in (at - 1, at + 1, at + 2))
    assert stated_at == before[columns[at - 1]] != own_at == after[columns[at - 3]]
    assert why == "Toen las de directie het"


def test_a_later_moment_that_waits_is_in_the_row_the_file_and_the_page_to_take_along(stated: Stated, there: Caller):
    stated.states(hours_ago=0.5)
    [row] = there.get("breaches").json["items"]
    assert row["later_aware_at"] > row["became_aware_at"] == row["stated_aware_at"] == row["earliest_aware_at"]
    file = in_the_file(there, "nl")
    assert file["Later eigen moment, wacht op tweede persoon"] and not file["Bekend sinds, eigen verklaring"]
    page = unpacked(exported(stated.id, stated.breach))["page.html"]
    for words in ("Later eigen moment, wacht op tweede persoon", "Bekend sinds, volgens een ander",
                  "De Linde Accountants, per telefoon", "Bekend sinds, vroegste genoemde moment"):  # fmt: skip
        assert words in page, words


def test_the_page_to_take_along_shows_the_own_moment_beside_the_offices(stated: Stated):
    stated.states(hours_ago=1.5)
    page = unpacked(exported(stated.id, stated.breach))["page.html"]
    for words in ("Bekend sinds, eigen verklaring", "eigen verklaring", "De Linde Accountants, per telefoon"):
        assert words in page, words


@pytest.mark.parametrize(("how", "according"), [
    ("receipt", "eigen ontvangstbevestiging"), ("mail", "toen kwam het bericht van De Linde Accountants bij u aan"),
])  # fmt: skip
def test_the_file_says_that_a_receipt_is_the_controllers_own_act(app: Flask, how: str, according: str):
    stated = a_stated_awareness(how=how)
    assert stated.by.id
    row = in_the_file(caller_for(app, stated.by.id), "nl")
    assert row["Bekend volgens"] == according
    named = row["Bekend sinds, volgens een ander"], row["Wie dat noemde, en hoe"]
    assert [bool(each) for each in named] == [how == "mail"] * 2

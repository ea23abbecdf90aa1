"""The overview and the register say on whose word a clock runs, until the controller states its own moment."""

from collections.abc import Callable

import pytest
from flask import Flask

from tenants.history import Actor
from tests.factories import an_own_breach
from tests.pages.conftest import Reader, slug_of
from tests.service.stating import a_stated_awareness

WORDS = {
    "nl": "volgens De Linde Accountants, per telefoon</span>",
    "en": "according to De Linde Accountants, by telephone</span>",
}

BOTH = {
    "nl": ("Eigen verklaring: ", "Volgens De Linde Accountants, per telefoon, wist u het op"),
    "en": ("Own statement: ", "According to De Linde Accountants, by telephone, you knew at"),
}


@pytest.mark.parametrize("language", WORDS)
def test_rows_say_on_whose_word_the_clock_runs(app: Flask, reader: Callable[[Actor], Reader], language: str) -> None:
    stated = a_stated_awareness()
    an_own_breach(stated.id, stated.by)
    there, base = reader(stated.by), f"/o/{slug_of(stated.id)}"
    there.client.set_cookie("language", language)
    for path in ("/", "/register"):
        assert there.see(base + path).count(WORDS[language]) == 1, path
    stated.states(hours_ago=1.5)
    for path in ("/", "/register"):
        assert WORDS[language] not in there.see(base + path), path
    both = there.see(f"{base}/register")
    assert all(words in both for words in BOTH[language]), "the register shows either moment"

"""The overview and the register say on whose word a clock runs, until the controller states its own moment."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from tenants.history.entries import Actor
from tenants.identity.users import APPROVER
from tenants.isolation import acting_for
from tenants.register.escalations import board
from tests.factories import a_member, an_incident, an_office, an_own_breach
from tests.pages.conftest import Reader, slug_of, typed_assessment
from tests.service.stating import a_stated_awareness

WORDS = {
    "nl": "volgens De Linde Accountants, per telefoon</span>",
    "en": "according to De Linde Accountants, by telephone</span>",
}

BOTH = {
    "nl": ("Eigen verklaring: ", "Volgens De Linde Accountants, per telefoon, wist u het op"),
    "en": ("Own statement: ", "According to De Linde Accountants, by telephone, you knew on"),
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


@pytest.mark.parametrize("how", ["receipt", "mail", "phone", "letter"])
def test_no_page_says_a_moment_twice_or_calls_a_receipt_the_offices_word(
    app: Flask, reader: Callable[[Actor], Reader], how: str
) -> None:
    stated = a_stated_awareness(how=how)
    there, base = reader(stated.by), f"/o/{slug_of(stated.id)}"
    page = f"{base}/breaches/{stated.breach}"
    clock = clock_of(there.see(page))
    assert clock.count("Bekend sinds ") == 1 and "wist u het op" not in clock and "kwam bij u aan op" not in clock
    assert ("De Linde Accountants" in clock) == (how != "receipt")
    for path in ("/", "/register"):
        assert ("olgens De Linde" in there.see(base + path)) == (how in ("phone", "letter")), path
    stated.states(hours_ago=1.5)
    after = clock_of(there.see(page))
    assert ("De Linde Accountants" in after) == (how != "receipt"), "another moment stays beside the own one"
    for path in (f"{base}/register", f"{page}/awareness"):
        assert "door uw ontvangstbevestiging" not in there.see(path), path


def test_after_the_receipt_the_clock_says_that_the_period_is_being_counted(
    app: Flask, reader: Callable[[Actor], Reader]
) -> None:
    office = an_office(clients=1)
    incident = an_incident(office)
    with acting_for(office.id):
        [sent] = board(incident.id, 2)
        client, breach = sent.controller_id, sent.breach_id
    by = a_member(client, name="Bram")
    there, page = reader(by), f"/o/{slug_of(client)}/breaches/{breach}"
    before = there.see(page)
    assert "Loopt nog niet" in before and "Meldketen werkt hieraan" not in before, "a person's step waits for a person"
    after = there.done(f"{page}/receipt", {}, seen=page)
    assert 'id="receipt-recorded"' in after and "Loopt nog niet" not in after and "als u de ontvangst" not in after


def test_once_decided_the_receipt_is_no_longer_the_next_step(app: Flask, reader: Callable[[Actor], Reader]) -> None:
    stated = a_stated_awareness(how="mail")
    there, base = reader(stated.by), f"/o/{slug_of(stated.id)}"
    page = f"{base}/breaches/{stated.breach}"
    adam = reader(a_member(stated.id, APPROVER, "Adam"))
    assert "Nu: Ontvangst bevestigen" in there.see(page)
    there.done(f"{page}/steps/assess", typed_assessment(), seen=page)
    there.done(f"{page}/steps/draft", {"decision": "notify", "reason": "Er is een risico"}, seen=page)
    adam.done(f"{page}/steps/approve", {"agrees": "true"}, seen=page)
    for path in (page, base + "/"):
        assert "Nu: Ontvangst bevestigen" not in there.see(path), path
    assert 'id="confirm"' in there.see(page), "it can still be confirmed"
    assert "Ontvangst bevestigen" not in there.see(base + "/")


def clock_of(page: str) -> str:
    """The card of the clock, in words alone."""
    return re.sub(r"[\u2066-\u2069]", "", page.split('<section class="card clock"')[1].split("</section>")[0])

"""The page behind the yearly mail: a look changes nothing, a button answers, and the link ends."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from importlib.resources import files
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.conftest import Database
from tests.factories import Office, an_office
from tests.pages.conftest import Reader
from tests.pages.in_chromium import NARROW, nothing_sticks_out
from workflows.escalation.asking_contacts import ask_contacts
from workflows.mail.limits import REFUSED
from workflows.mail.outbox import Outbox
from workflows.running import jobs

AXE = files("axe_playwright_python") / "axe.min.js"
ANNA = {"name": "Anna <de> Boer", "email": "anna@client.example"}
LINK = re.compile(r"/contact/[\w-]+")


@pytest.fixture
def link(app: Flask, database: Database) -> Iterator[str]:
    """The link that an office's only contact was mailed."""
    outbox = Outbox()
    jobs.use_mail_sender(outbox)
    database.outside("delete from mail_to_address")
    office: Office = an_office(1, contacts=[ANNA])
    database.outside("update contact_standing set next_at = now() where organisation_id = :o", o=office.id)
    ask_contacts(office.id, 10)
    jobs.drain(str(office.id))
    [mail] = [mail for mail in outbox.mails if mail.purpose == "contact_check"]
    found = LINK.search(mail.as_read_by(mail.people[0])[1])
    assert found
    yield found[0]


def everything(database: Database) -> list[Any]:
    """All that an answer writes: the standing of each address, and the history."""
    rows = [database.outside(f"select * from {table} order by 1, 2") for table in ("contact_standing", "history")]
    return [[dict(row) for row in each] for each in rows]


def standing(database: Database) -> dict[str, Any]:
    return dict(database.outside("select * from contact_standing order by since desc limit 1")[0])


def answers(database: Database) -> list[str]:
    rows = database.outside("select what from history where what like 'contact.%' and what <> 'contact.asked'")
    return [row["what"].partition(".")[2] for row in rows]


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>|[\u2066-\u2069]", " ", page)))


def test_whoever_only_looks_changes_nothing(database: Database, link: str, stranger: Reader):
    before = everything(database)
    for _ in range(2):
        page = plain(stranger.see(link))
        assert stranger.client.head(link).status_code == 200
    assert "De Linde Accountants heeft anna@client.example genoteerd" in page and "Client 1" in page
    assert everything(database) == before


def test_a_post_without_a_button_or_a_token_changes_nothing(database: Database, link: str, stranger: Reader):
    before = everything(database)
    assert stranger.client.post(link, data={"answer": "yes"}).status_code == 400
    for typed in ({}, {"answer": "maybe"}, {"name": "Bo", "email": "bo@client.example"}):
        assert stranger.send(link, typed).status_code == 200
    assert everything(database) == before


@pytest.mark.parametrize("times", [1, 2])
def test_yes_counts_once(database: Database, link: str, stranger: Reader, times: int):
    known = len(answers(database))
    for _ in range(times):
        page = plain(stranger.done(link, {"answer": "yes"}))
    assert "bevestigd dat u dit nog bent" in page and "Ja, dat ben ik nog" not in page
    assert answers(database)[known:] == ["confirmed"]
    row = standing(database)
    assert row["confirmed_at"] and row["works"] and row["next_at"].year > row["asked_at"].year


def test_no_with_a_name_is_a_statement_and_changes_no_contact(database: Database, link: str, stranger: Reader):
    known, typed = len(answers(database)), {"answer": "no", "name": "Bo", "email": "bo@client.example"}
    for _ in range(2):
        page = plain(stranger.done(link, typed))
    assert "niet meer bent" in page and "U gaf op: Bo, bo@client.example" in page
    assert answers(database)[known:] == ["said_no"]
    row = standing(database)
    assert row["successor"] == {"name": "Bo", "email": "bo@client.example"} and not row["works"]
    [agreement] = database.outside("select contacts from processing_agreement order by created_at desc limit 1")
    assert agreement["contacts"] == [ANNA]


def test_another_answer_replaces_the_one_before(database: Database, link: str, stranger: Reader):
    known = len(answers(database))
    typed = {"answer": "no", "name": "Bo", "email": "bo@client.example"}
    for form in (typed, {"answer": "yes"}, typed, {"answer": "no"}):
        stranger.done(link, form)
    assert answers(database)[known:] == ["said_no", "confirmed", "said_no", "said_no"]
    newest = "select successor is null as is_none from contact_standing order by since desc limit 1"
    assert database.outside(newest) == [{"is_none": True}]


def test_a_link_answers_a_limited_number_of_times_a_day(database: Database, link: str, stranger: Reader):
    known, most = len(answers(database)), REFUSED["contact_answer"].to_address
    for nth in range(most):
        stranger.done(link, {"answer": "no", "name": f"Bo {nth}"})
    stranger.done(link, {"answer": "no", "name": f"Bo {most - 1}"})
    for typed in ({"answer": "no", "name": "Nog een"}, {"answer": "yes"}):
        refused = stranger.send(link, typed)
        assert refused.status_code == 422 and "vandaag al vaak een ander antwoord" in plain(refused.text)
    assert 'value="Nog een"' in stranger.send(link, {"answer": "no", "name": "Nog een"}).text
    assert len(answers(database)) == known + most
    assert standing(database)["successor"] == {"name": f"Bo {most - 1}"}


def test_an_address_that_is_none_is_told_at_its_field_and_nothing_is_lost(
    database: Database, link: str, stranger: Reader
):
    before = everything(database)
    page = stranger.send(link, {"answer": "no", "name": "Bo Bakker", "email": "geen adres"}).text
    assert 'value="geen adres"' in page and 'value="Bo Bakker"' in page and 'aria-invalid="true"' in page
    assert everything(database) == before


@pytest.mark.parametrize("ended", [
    "update contact_standing set token_expires_at = now()",
    "update processing_agreement set contacts = '[]'",
])  # fmt: skip
def test_a_link_that_ended_says_what_to_do_and_answers_nothing(
    database: Database, link: str, stranger: Reader, ended: str
):
    other = LINK.sub("/contact/made-up", link)
    page = stranger.see(link)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    database.outside(ended)
    for path in (link, other):
        page = stranger.see(path, 404)
        assert "Deze link werkt niet meer" in page and "bel dan het kantoor" in plain(page)
        assert "Deze pagina is er niet" not in page and "Naar het overzicht" not in page
        assert 'class="button' not in page
        assert stranger.client.post(path, data={"csrf_token": token[1], "answer": "yes"}).status_code == 404


def test_the_page_is_there_in_english(link: str, stranger: Reader):
    stranger.client.get("/language/en")
    assert "Yes, this is still me" in stranger.see(link)


def test_it_is_usable_with_a_keyboard_alone_on_a_telephone_and_axe_objects_to_nothing(
    browse: Callable[..., Page], database: Database, link: str
):
    page = browse(viewport=NARROW)
    page.goto(link)
    nothing_sticks_out(page)
    _judge(page)
    page.get_by_label("Naam van de nieuwe contactpersoon").focus()
    page.keyboard.type("Bo Bakker")
    page.keyboard.press("Tab")
    page.keyboard.type("bo@client.example")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("niet meer bent")
    nothing_sticks_out(page)
    _judge(page)
    assert standing(database)["successor"] == {"name": "Bo Bakker", "email": "bo@client.example"}
    page.get_by_role("button", name="Ja, dat ben ik nog").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("bevestigd dat u dit nog bent")
    _judge(page)


def _judge(page: Page) -> None:
    page.evaluate(AXE.read_text())
    judged = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(found["id"], found["nodes"][0]["html"]) for found in judged["violations"]] == []

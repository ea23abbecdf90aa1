"""Whoever has a verified register already is led there by an office's link, and opens no second one by it."""

from uuid import UUID

import pytest
from flask import Flask

from tenants.database import db
from tenants.history.entries import Actor
from tenants.identity.invitations import new_invitation
from tenants.identity.passwords import hash_of
from tenants.identity.users import OWNER
from tenants.isolation import acting_for, database_now
from tests.conftest import Database
from tests.factories import a_member, an_organisation
from tests.pages.conftest import TOKEN, Reader
from tests.pages.worlds import AskedAboutIncident
from workflows.mail.outbox import Outbox
from workflows.running import jobs

PASSWORD = "een wachtwoord van lengte"
OPENS = ("/invitation/", "Account maken", "Open daarna uw datalekregister")


def link_to(database: Database, asked: AskedAboutIncident, email: str) -> str:
    """The token of a link that the office mailed about its incident to this address."""
    [row] = database.outside(
        "select controller_id, breach_id from escalation where incident_id = :i", i=asked.incident.id)  # fmt: skip
    with acting_for(asked.office.id):
        token, invitation = new_invitation(row["controller_id"], email, OWNER, row["breach_id"], database_now())
        db.session.add(invitation)
    return token


def address_of(database: Database, who: Actor) -> str:
    address: str = database.outside("select email from app_user where id = :id", id=who.id)[0]["email"]
    return address


@pytest.fixture
def asked(app: Flask, database: Database) -> AskedAboutIncident:
    return AskedAboutIncident(database)


def test_a_member_of_a_verified_register_is_led_there(
    asked: AskedAboutIncident, database: Database, stranger: Reader
) -> None:
    token = link_to(database, asked, address_of(database, asked.by))
    at = f'href="/login?next={asked.base}/processors"'
    first = stranger.see(f"/receipt/{token}")
    assert "U hebt al een register:" in first and not [words for words in OPENS if words in first]
    confirmed = stranger.done(f"/receipt/{token}", {"name": "Anna"})
    assert at in confirmed and not [words for words in OPENS if words in confirmed]
    invited = stranger.see(f"/invitation/{token}")
    assert at in invited and 'name="password"' not in invited


@pytest.mark.parametrize("whose", ["nobody", "elsewhere"])
def test_only_the_parties_learn_who_has_a_register(
    asked: AskedAboutIncident, database: Database, stranger: Reader, whose: str
) -> None:  # fmt: skip
    other = address_of(database, a_member(an_organisation())) if whose == "elsewhere" else "niemand@elders.example"
    token = link_to(database, asked, other)
    page = stranger.see(f"/receipt/{token}")
    assert "U hebt al een register:" not in page and asked.base not in page
    assert "Open dan geen tweede, maar log in." in page and 'href="/login"' in page
    assert 'name="password"' in stranger.see(f"/invitation/{token}") and asked.base not in page


@pytest.mark.parametrize(("language", "words"), [("nl", "Open dan geen tweede"), ("en", "Do not open a second one")])
def test_the_page_says_it_to_all_alike_and_the_mail_tells_nothing_of_registers(
    asked: AskedAboutIncident, database: Database, outbox: Outbox, stranger: Reader, language: str, words: str
) -> None:  # fmt: skip
    office: UUID = asked.office.id
    database.outside("update organisation set locale = :l where id = :o", l=language, o=office)
    while jobs.drain(str(office)):
        pass
    sent = [mail for mail in outbox.mails if any(to.address.endswith("bakkerij.example") for to in mail.people)]
    assert sent and not any(word in mail.as_read_by(mail.people[0])[1] for mail in sent for word in (words, "register"))
    stranger.client.set_cookie("language", language)
    assert words in stranger.see(f"/receipt/{link_to(database, asked, 'niemand@elders.example')}")


def test_a_register_that_is_in_use_is_not_opened_again(
    asked: AskedAboutIncident, database: Database, stranger: Reader
) -> None:  # fmt: skip
    token = link_to(database, asked, "niemand@elders.example")
    database.outside("update organisation set claimed_at = now() where made_by = :office", office=asked.office.id)
    page = stranger.done(f"/receipt/{token}", {"name": "Anna"})
    assert "Dit register is al geopend." in page and not [words for words in OPENS if words in page]
    assert 'href="/login?next=' in page


@pytest.mark.parametrize("route", ["page", "api"])
def test_an_older_page_or_a_program_opens_no_second_register(
    app: Flask, asked: AskedAboutIncident, database: Database, stranger: Reader, route: str
) -> None:
    """The page was read before the register was verified; a program reads none."""
    email = address_of(database, asked.by)
    token = link_to(database, asked, email)
    form = {"name": "Anna", "password": PASSWORD}
    database.outside("update app_user set password_hash = :h where email = :e", h=hash_of(PASSWORD), e=email)
    if route == "page":
        match = TOKEN.search(stranger.see("/login"))
        assert match
        answer = stranger.client.post(f"/invitation/{token}", data=form | {"csrf_token": match[1]})
        assert f'href="/login?next={asked.base}/processors"' in answer.text
    else:
        answer = app.test_client().post(f"/api/invitations/{token}", json=form)
        assert answer.json and answer.json["key"] == "invitation.own_register", answer.text
    assert answer.status_code == 422
    opened = "select 1 from organisation where made_by = :o and claimed_at is not null"
    assert database.outside(opened, o=asked.office.id) == []

"""An invitation says who asks and for which role, to who has an account and to who has none, in both languages."""

import re
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from flask import Flask

from tenants.database import db
from tenants.identity.invitations import invitation_of, new_invitation, pending
from tenants.identity.users import APPROVER, OWNER, User, add_user, members_of
from tenants.isolation import acting_for, acting_for_nobody
from tests.conftest import Database
from tests.factories import a_member, an_incident, an_office, an_organisation
from tests.oidc.browser import Browser
from tests.service.caller import caller_for
from tests.service.invited import known_link
from workflows.accounts.inviting import accept_invitation, invite
from workflows.mail.outbox import Outbox
from workflows.running import jobs

PASSWORD, WRONG = "een-lang-wachtwoord-van-iemand", "een-ander-lang-wachtwoord"
SAID = {
    "nl": ("uitgenodigd door Wim Baas", "goedkeurder", "Maak uw account", "Log in om"),
    "en": ("invited by Wim Baas", "approver", "Create your account", "Log in to open"),
}
"""Who asks, the role, the heading for who has no account, and the one for who has."""


@dataclass(frozen=True)
class Invited:
    """Somebody who was mailed a link."""

    house: UUID
    email: str
    path: str
    mail: str


def invited(outbox: Outbox, has_account: bool, language: str = "nl") -> Invited:
    house, email = an_organisation("Bakkerij Jansen"), f"{uuid4().hex}@example.nl"
    owner = a_member(house, OWNER, "Wim Baas")
    with acting_for_nobody():  # in the language of the account, or else of who invites
        if has_account:
            add_user(email, "Boekhouder", PASSWORD, language)
        else:
            db.session.get_one(User, owner.id).locale = language
    with acting_for(house):
        invite(email, APPROVER, owner)
    while jobs.drain(str(house)):
        pass
    [mail] = [mail for mail in outbox.mails if "register" in mail.subject and mail.people[0].address == email]
    subject, text, _ = mail.as_read_by(mail.people[0])
    link = re.search(r"/invitation/[\w-]+", text)
    assert link
    return Invited(house, email, link[0], f"{subject} {' '.join(text.split())}")


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("has_account", [True, False])
def test_mail_and_page_name_who_asks_and_the_role(app: Flask, outbox: Outbox, has_account: bool, language: str):
    link = invited(outbox, has_account, language)
    inviter, role, new, known = SAID[language]
    assert inviter in link.mail and role in link.mail and "Bakkerij Jansen" in link.mail
    client = app.test_client()
    client.set_cookie("language", language)
    page = re.sub("[\u2068\u2069]", "", client.get(link.path).text)
    assert inviter in page and role in page and link.email in page
    assert (new in page, known in page) == (not has_account, has_account)
    assert ('autocomplete="new-password"' in page, 'name="name"' in page) == (not has_account, not has_account)
    answer = client.get(f"/api/invitations/{link.path.rpartition('/')[2]}").json
    assert (answer["invited_by"], answer["role"], answer["has_account"]) == ("Wim Baas", APPROVER, has_account)


def test_who_has_an_account_joins_with_its_password_alone(app: Flask, outbox: Outbox):
    link = invited(outbox, has_account=True)
    browser = Browser(app)
    wrong = browser.post(link.path, on=link.path, password=WRONG)
    assert wrong.status_code == 422 and "niet het wachtwoord van uw account" in wrong.text
    assert "Maak uw account" not in wrong.text
    assert browser.post(link.path, on=link.path, password=PASSWORD).status_code == 303
    with acting_for_nobody():
        assert {user.name for user, _ in members_of(link.house)} == {"Wim Baas", "Boekhouder"}


def test_an_invited_person_without_an_account_gives_a_name(app: Flask, outbox: Outbox):
    link = invited(outbox, has_account=False)
    browser = Browser(app)
    blank = browser.post(link.path, on=link.path, password=PASSWORD, name=" ")
    assert blank.status_code == 422 and 'name="name"' in blank.text and "Vul dit in" in blank.text
    assert browser.post(link.path, on=link.path, password=PASSWORD, name="Anna").status_code == 303


def test_an_owner_does_not_learn_who_has_an_account(app: Flask):
    owner = a_member(an_organisation(), OWNER, "Wim Baas")
    assert owner.id
    answer = caller_for(app, owner.id).post("invitations", {"email": f"{uuid4().hex}@x.nl", "role": "auditor"})
    assert answer.status_code == 201 and "has_account" not in answer.json


def test_an_office_s_link_names_the_office(app: Flask, database: Database):
    an_incident(office := an_office(clients=1))
    while jobs.drain(str(office.id)):
        pass
    [row] = database.outside("""select i.id from invitation i join organisation o on o.id = i.organisation_id
                                 where o.made_by = :office limit 1""", office=office.id)  # fmt: skip
    page = app.test_client().get(f"/invitation/{known_link(database, str(row['id']))}").text
    assert "De Linde Accountants" in page and "eigenaar" in page and "uitgenodigd door" in page


def test_who_joins_by_one_link_has_answered_the_other(app: Flask) -> None:
    """A mail can be lost, so an address may be invited twice."""
    house, email = an_organisation("Bakkerij Jansen"), f"{uuid4().hex}@example.nl"
    links = []
    with acting_for(house):
        for _ in range(2):
            link, row = new_invitation(house, email, APPROVER)
            db.session.add(row)
            links.append(link)
    with acting_for(house):
        accept_invitation(invitation_of(links[1]), "Anna", PASSWORD, None)
        assert pending() == []
    page = app.test_client().get(f"/invitation/{links[0]}").text
    assert "al gebruikt" in page and 'autocomplete="new-password"' not in page

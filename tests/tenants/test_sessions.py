"""Logging in: users, sessions that end at once, invitations that work once."""

import pytest

from tenants.database import db
from tenants.errors import Invalid, NotFound
from tenants.identity.invitations import accept, invitation_of, new_invitation
from tenants.identity.sessions import begin_session, end_session, lapsed_user, person_of_session
from tenants.identity.users import APPROVER, AUDITOR, add_user, make_member, members_of, places_of, user_with
from tenants.isolation import acting_for, acting_for_nobody
from tests.conftest import Database
from tests.factories import a_user, an_organisation
from workflows.accounts.signing_in import end_stolen

PASSWORD = "een lang genoeg woord"


def a_session() -> str:
    user = a_user()
    with acting_for_nobody():
        return begin_session(user)


def logged_in(token: str) -> bool:
    with acting_for_nobody():
        return person_of_session(token) is not None


def test_a_login_lasts_until_it_is_ended(database: Database):
    token, other = a_session(), a_session()
    assert logged_in(token)
    with acting_for_nobody():
        end_session(token)
    assert not logged_in(token) and logged_in(other)


@pytest.mark.parametrize("why", ["expires_at = now() - interval '1 second'", "revoked_at = now()"])
def test_a_session_that_lapsed_or_was_revoked_is_nobody(own_database: Database, why: str):
    token = a_session()
    own_database.outside(f"update login_session set {why}")
    assert not logged_in(token)


@pytest.mark.parametrize(("why", "is_known"), [
    ("expires_at = now() - interval '1 second'", True), ("revoked_at = now()", True),
    ("last_seen_at = now() - interval '2 hours'", True), ("revoked_at = null", False),
    ("expires_at = now() - interval '13 hours'", False), ("revoked_at = now() - interval '13 hours'", False),
    ("last_seen_at = now() - interval '14 hours'", False),
])  # fmt: skip
def test_whose_login_it_was_is_known_for_twelve_hours(own_database: Database, why: str, is_known: bool):
    token = a_session()
    own_database.outside(f"update login_session set {why}")
    with acting_for_nobody():
        assert (lapsed_user(token) is not None) == is_known


def test_a_login_that_ended_as_stolen_is_nobodys(database: Database):
    token = a_session()
    with acting_for_nobody():
        person = person_of_session(token)
    assert person
    end_stolen(person)
    with acting_for_nobody():
        assert person_of_session(token) is None and lapsed_user(token) is None


def test_the_token_itself_is_not_kept(database: Database):
    token = a_session()
    kept = database.outside("select login_session::text as row from login_session")
    assert not any(token in row["row"] for row in kept) and not logged_in("guessed")


def test_a_user_is_known_by_address_and_password(database: Database):
    with acting_for_nobody():
        user = add_user(" Fenna@Example.NL ", "Fenna", PASSWORD)
    with acting_for_nobody():
        known = user_with("fenna@example.nl", PASSWORD)
        assert known is not None and known.id == user.id
        assert user_with("fenna@example.nl", PASSWORD + "!") is None
        assert user_with("nobody@example.nl", PASSWORD) is None
    kept = database.outside("select password_hash from app_user where id = :id", id=user.id)
    assert kept[0]["password_hash"].startswith("$argon2id$") and PASSWORD not in kept[0]["password_hash"]


def test_what_a_new_user_may_not_be(database: Database):
    with acting_for_nobody():
        with pytest.raises(Invalid, match=r"user\.password_too_short"):
            add_user("a@example.nl", "A", "kort")
        with pytest.raises(Invalid, match=r"field\.required"):
            add_user("a@example.nl", "  ", PASSWORD)
        add_user("taken@example.nl", "A", PASSWORD)
        with pytest.raises(Invalid, match=r"user\.address_taken"):
            add_user("TAKEN@example.nl", "B", PASSWORD)


def test_a_role_that_was_there_is_replaced(database: Database):
    organisation, user = an_organisation(), a_user("Bram")
    for role in (AUDITOR, APPROVER):
        with acting_for_nobody():
            make_member(user.id, organisation, role)
    with acting_for_nobody():
        assert [place.role for place in places_of(user.id)] == [APPROVER]
        assert [(member.name, role) for member, role in members_of(organisation)] == [("Bram", APPROVER)]


def test_an_invitation_makes_a_member_once(database: Database):
    organisation = an_organisation()
    with acting_for_nobody():
        token, row = new_invitation(organisation, "Nieuw@Example.nl", APPROVER)
        db.session.add(row)
    with acting_for(organisation):
        user = accept(invitation_of(token), "Nieuw", PASSWORD)
        assert user.email == "nieuw@example.nl" and [p.role for p in places_of(user.id)] == [APPROVER]
    with acting_for(organisation), pytest.raises(Invalid, match=r"invitation\.used"):
        accept(invitation_of(token), "Nog een", PASSWORD)


def test_a_lapsed_or_unknown_invitation_is_not_found(own_database: Database):
    organisation = an_organisation()
    with acting_for_nobody():
        token, row = new_invitation(organisation, "a@example.nl", AUDITOR)
        db.session.add(row)
    own_database.outside("update invitation set expires_at = now()")
    with acting_for_nobody():
        for link in (token, "guessed", ""):
            with pytest.raises(NotFound):
                invitation_of(link)

"""By what the database knows two accounts as one person: each mark, and that none is shared by chance."""

from uuid import UUID

import pyotp
import pytest

from tenants.identity.marks import marks_of
from tenants.identity.sessions import begin_session, person_of_session
from tenants.identity.totp import enrol_totp
from tenants.identity.users import User
from tenants.isolation import acting_for_nobody
from tests.conftest import Database
from tests.factories import a_user
from workflows.engine.likeness import alike

PASSKEY = """insert into passkey (user_id, credential_id, public_key, sign_count, name)
             values (:who, :credential, :public_key, 0, 'sleutel')"""
SECRET = pyotp.random_base32()


def gets(database: Database, mark: str, who: UUID, value: bytes) -> None:
    """This account has the mark: the app with this secret, the key, or a login in this browser."""
    if mark == "passkey":
        database.outside(PASSKEY, who=who, credential=who.bytes, public_key=value)
        return
    with acting_for_nobody():
        if mark == "app":
            enrol_totp(who, SECRET if value == b"same" else pyotp.random_base32())
            return
        seen = person_of_session(begin_session(User(id=who)))
    assert seen
    marked = "update login_session set browser_mark = :mark where id = :id"
    database.outside(marked, mark=value, id=seen.session_id)


@pytest.mark.parametrize("mark", ["app", "passkey", "browser"])
def test_two_accounts_with_one_mark_are_alike_and_with_two_are_not(database: Database, mark: str) -> None:
    first, other, stranger = a_user("Een").id, a_user("Ander").id, a_user("Vreemde").id
    for who, value in ((first, b"same"), (other, b"same"), (stranger, b"different")):
        gets(database, mark, who, value)
    with acting_for_nobody():
        marks = marks_of([first, other, stranger])
    assert alike(marks[first], marks[other]) == [mark]
    assert alike(marks[first], marks[stranger]) == []

"""Codes of an app: right within a step, once, also for two at the same time; the secret is sealed for one user."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pyotp
import pytest
from cryptography.exceptions import InvalidTag

from tenants.identity.totp import (
    begin_totp,
    confirm_totp,
    enrol_totp,
    has_totp,
    remove_totp,
    verify_totp,
    waiting_secret,
)
from tenants.isolation import acting_for_nobody
from tenants.sealing import open_for_user, seal_for_user
from tests.conftest import Database
from tests.factories import a_user

NOW = datetime(2026, 11, 21, 8, 40, 15, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(at: datetime = NOW, secret: str = SECRET) -> str:
    return pyotp.TOTP(secret).at(at)


def somebody() -> UUID:
    user = a_user()
    with acting_for_nobody():
        enrol_totp(user.id, SECRET)
    return user.id


def accepted(user_id: UUID, typed: str, now: datetime = NOW) -> bool:
    with acting_for_nobody():
        return verify_totp(user_id, typed, now)


@pytest.mark.parametrize(("seconds", "right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_off(database: Database, seconds: int, right: bool):
    assert accepted(somebody(), code(NOW + timedelta(seconds=seconds))) is right


def test_a_code_works_once_and_so_does_every_earlier_one(database: Database):
    user = somebody()
    assert accepted(user, code())
    assert not accepted(user, code())
    assert not accepted(user, code(NOW - timedelta(seconds=30)))
    assert accepted(user, code(NOW + timedelta(seconds=30)))


def test_of_two_with_the_same_code_at_the_same_time_one_is_let_in(database: Database):
    user = somebody()
    with acting_for_nobody():
        assert verify_totp(user, code(), NOW)
        other = database.elsewhere(accepted, user, code())
        database.wait_until_blocked()
    assert other.result(10) is False


def test_spaces_do_not_matter_and_other_signs_are_wrong(database: Database):
    user, right = somebody(), code()
    for typed in ("", "12345", "1234567", "٠١٢٣٤٥", "abcdef", "12345\u00b2", right + right):
        assert not accepted(user, typed)
    assert accepted(user, f" {right[:3]} {right[3:]} ")


def test_a_user_without_an_app_has_no_valid_code(database: Database):
    assert not accepted(a_user().id, code())


def test_a_new_secret_counts_when_its_first_code_is_confirmed(own_database: Database):
    user = somebody()
    with acting_for_nobody():
        secret = begin_totp(user)
        assert not verify_totp(user, code(secret=secret), NOW)
        assert verify_totp(user, code(), NOW)
        assert not confirm_totp(user, "000000", NOW)
        assert confirm_totp(user, code(secret=secret), NOW)
        assert not confirm_totp(user, code(secret=secret), NOW)
        assert not verify_totp(user, code(secret=secret), NOW)
        later = NOW + timedelta(seconds=60)
        assert not verify_totp(user, code(later), later)
        assert verify_totp(user, code(later, secret), later)


def test_a_session_is_shown_the_same_secret_until_it_is_confirmed(own_database: Database):
    user, mine, other = a_user().id, uuid4(), uuid4()
    with acting_for_nobody():
        secret = begin_totp(user, mine)
        assert not confirm_totp(user, "000000", NOW, mine)
        assert begin_totp(user, mine) == secret == waiting_secret(user, mine)
        assert waiting_secret(user, other) is None and not confirm_totp(user, code(secret=secret), NOW, other)
        assert confirm_totp(user, code(secret=secret), NOW, mine)
        assert waiting_secret(user, mine) is None and begin_totp(user, mine) != secret


def test_a_secret_of_another_session_or_of_long_ago_is_not_shown_again(own_database: Database):
    user, mine, other = a_user().id, uuid4(), uuid4()
    with acting_for_nobody():
        secret = begin_totp(user, mine)
        assert begin_totp(user, other) != secret and waiting_secret(user, mine) is None
        again = begin_totp(user, mine)
    own_database.outside("update user_totp set next_begun_at = now() - interval '31 minutes'")
    with acting_for_nobody():
        assert again != secret and begin_totp(user, mine) not in (secret, again)


def test_a_secret_that_was_shown_too_long_ago_is_not_confirmed(own_database: Database):
    user = a_user().id
    with acting_for_nobody():
        secret = begin_totp(user)
    own_database.outside("update user_totp set next_begun_at = now() - interval '31 minutes'")
    with acting_for_nobody():
        assert not confirm_totp(user, code(secret=secret), NOW) and not has_totp(user)


def test_an_app_can_be_taken_away(database: Database):
    user = somebody()
    with acting_for_nobody():
        remove_totp(user)
        assert not has_totp(user) and not verify_totp(user, code(), NOW)


def test_the_secret_is_sealed_for_this_user_alone(own_database: Database):
    user, other = somebody(), somebody()
    [kept] = own_database.outside("select sealed from user_totp where user_id = :id", id=user)
    assert SECRET.encode() not in bytes(kept["sealed"])
    assert open_for_user(user, bytes(kept["sealed"])) == {"secret": SECRET}
    with pytest.raises(InvalidTag):
        open_for_user(other, bytes(kept["sealed"]))
    own_database.outside("update user_totp set sealed = :sealed where user_id = :id", sealed=kept["sealed"], id=other)
    with acting_for_nobody(), pytest.raises(InvalidTag):
        verify_totp(other, code(), NOW)
    assert seal_for_user(user, {"secret": SECRET}) != bytes(kept["sealed"])

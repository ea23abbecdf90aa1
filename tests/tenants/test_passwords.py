"""What can be a password: long, any signs, not what anybody guesses; and how many are hashed at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from argon2 import PasswordHasher

from tenants.database import db
from tenants.errors import Invalid
from tenants.identity import passwords
from tenants.identity.passwords import hash_of, is_right, is_weakly_hashed, refuse_weak
from tenants.identity.users import add_user, user_with
from tenants.isolation import acting_for_nobody
from tests.conftest import Database, until

EMAIL = "fenna.dewit@delinde-accountants.nl"


@contextmanager
def all_turns_taken() -> Iterator[None]:
    """As when as many passwords are hashed as may be at once."""
    for _ in range(passwords.AT_ONCE):
        passwords._turn.acquire()
    try:
        yield
    finally:
        passwords._turn.release(passwords.AT_ONCE)


def waiting() -> int:
    """How many threads wait for their turn to hash."""
    return len(passwords._turn._cond._waiters)  # type: ignore[attr-defined]


@pytest.mark.parametrize("password", [
    "vier losse woorden", "aaaaaaaaaaaaaaa", "123456789012345", "🦊" * 15, "!!!! ???? !!!! ????",
    "e\u0301" * 15, "x" * 128,
    "de meldketen van mijn tante", "een hele zin, met spaties.",
])  # fmt: skip
def test_what_is_long_enough_is_good(password: str):
    refuse_weak(password, EMAIL)


@pytest.mark.parametrize(("password", "key"), [
    ("veertien teken", "user.password_too_short"), ("", "user.password_too_short"),
    ("x" * 129, "user.password_too_long"), ("e\u0301" * 14, "user.password_too_short"),
    (EMAIL, "user.password_guessable"), ("MeldKeten meldketen", "user.password_guessable"),
    ("meldketen-2026!", "user.password_guessable"), ("Fenna.deWit.Fenna.deWit", "user.password_guessable"),
])  # fmt: skip
def test_what_is_too_short_too_long_or_guessable_is_not(password: str, key: str):
    with pytest.raises(Invalid) as refusal:
        refuse_weak(password, EMAIL)
    assert refusal.value.key == key


def test_one_sign_has_one_way_to_be_written():
    kept = hash_of("caf\u00e9 en nog wat woorden")
    assert is_right(kept, "cafe\u0301 en nog wat woorden") and not is_right(kept, "cafe en nog wat woorden")


def test_nobody_has_a_password_that_is_not_there():
    assert not is_right(None, "nobody has this password") and not is_right("!", "!")


def test_to_verify_nobody_costs_what_it_costs_to_verify_somebody():
    assert not is_weakly_hashed(passwords.NOBODY) and not is_weakly_hashed(hash_of("een lange zin als wachtwoord"))
    assert PasswordHasher().verify(passwords.NOBODY, "nobody has this password")


def test_an_unknown_address_is_hashed_as_a_wrong_password_is(database: Database):
    """Both wait while as many are hashed as may be at once: whoever hashed nothing would answer meanwhile."""

    def log_in(address: str) -> object:
        with acting_for_nobody():
            return user_with(address, "een andere lange zin")

    with acting_for_nobody():
        add_user("known@example.nl", "K", "een lange zin als wachtwoord")
    with all_turns_taken():
        answers = [database.elsewhere(log_in, address) for address in ("known@example.nl", "unknown@example.nl")]
        until(lambda: waiting() == 2)
        assert not any(answer.done() for answer in answers)
    assert [answer.result(10) for answer in answers] == [None, None]


def test_an_old_hash_is_renewed_at_login(database: Database):
    with acting_for_nobody():
        user = add_user("old@example.nl", "O", "een lange zin als wachtwoord")
        user.password_hash = PasswordHasher(time_cost=1, memory_cost=8192).hash("een lange zin als wachtwoord")
        db.session.flush()
        assert is_weakly_hashed(user.password_hash)
        assert user_with("old@example.nl", "een lange zin als wachtwoord")
        assert not is_weakly_hashed(user.password_hash)


def test_only_a_few_are_hashed_at_once():
    done: list[str] = []
    hashing = Thread(target=lambda: done.append(hash_of("een lange zin als wachtwoord")), daemon=True)
    with all_turns_taken():
        hashing.start()
        until(lambda: waiting() == 1)
        assert not done
    hashing.join(10)
    assert done

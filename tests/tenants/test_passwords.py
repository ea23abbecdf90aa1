"""What can be a password: long, any signs, not what anybody guesses; and how many are hashed at once."""

import time
from threading import Thread

import pytest
from argon2 import PasswordHasher

from tenants import passwords
from tenants.database import db
from tenants.errors import Invalid
from tenants.isolation import acting_for_nobody
from tenants.passwords import hash_of, is_right, is_weakly_hashed, refuse_weak
from tenants.users import add_user, user_with
from tests.conftest import Database

EMAIL = "fenna.dewit@delinde-accountants.nl"


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


def test_an_unknown_address_takes_as_long_as_a_wrong_password(database: Database):
    with acting_for_nobody():
        add_user("known@example.nl", "K", "een lange zin als wachtwoord")
        took = []
        for address in ("known@example.nl", "unknown@example.nl"):
            begun = time.perf_counter()
            assert user_with(address, "een andere lange zin") is None
            took.append(time.perf_counter() - begun)
    assert max(took) < 4 * min(took)


def test_an_old_hash_is_renewed_at_login(database: Database):
    with acting_for_nobody():
        user = add_user("old@example.nl", "O", "een lange zin als wachtwoord")
        user.password_hash = PasswordHasher(time_cost=1, memory_cost=8192).hash("een lange zin als wachtwoord")
        db.session.flush()
        assert is_weakly_hashed(user.password_hash)
        assert user_with("old@example.nl", "een lange zin als wachtwoord")
        assert not is_weakly_hashed(user.password_hash)


def test_only_a_few_are_hashed_at_once():
    for _ in range(passwords.AT_ONCE):
        passwords._turn.acquire()
    done: list[str] = []
    waiting = Thread(target=lambda: done.append(hash_of("een lange zin als wachtwoord")), daemon=True)
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive() and not done
    for _ in range(passwords.AT_ONCE):
        passwords._turn.release()
    waiting.join(10)
    assert done

"""What can be a password: long, any signs, not what anybody guesses; and how many are hashed at once."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from argon2 import PasswordHasher

from tenants.database import db
from tenants.errors import Invalid
from tenants.identity import passwords
from tenants.identity.passwords import PRODUCTION, Hashing, hash_of, is_right, is_weakly_hashed, refuse_weak
from tenants.identity.users import add_user, user_with
from tenants.isolation import acting_for_nobody
from tests.conftest import Database, until
from tests.hashing import CHEAP
from tests.house.reading import ROOT, name_of, nodes

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


def test_two_spellings_of_one_character_are_the_same_password():
    kept = hash_of("caf\u00e9 en nog wat woorden")
    assert is_right(kept, "cafe\u0301 en nog wat woorden") and not is_right(kept, "cafe en nog wat woorden")


def test_a_missing_password_is_never_right():
    assert not is_right(None, "nobody has this password") and not is_right("!", "!")


@pytest.mark.parametrize("hashing", [PRODUCTION, CHEAP], ids=["production", "tests"])
def test_an_unknown_account_is_verified_at_the_same_cost(hashing: Hashing):
    assert not hashing.hasher.check_needs_rehash(hashing.nobody)
    assert hashing.hasher.verify(hashing.nobody, "nobody has this password")


COST = """
from argon2 import extract_parameters
from tenants.identity.passwords import hash_of
cost = extract_parameters(hash_of("een lange zin als wachtwoord"))
print(cost.type.name, cost.version, cost.time_cost, cost.memory_cost, cost.parallelism, cost.hash_len, cost.salt_len)"""


def test_a_process_of_the_product_hashes_at_full_cost_whatever_its_environment_says():
    names = ("HASH", "HASHER", "HASHING", "PASSWORD_HASHER", "ARGON2_TIME_COST", "ARGON2_MEMORY_COST", "TESTING")
    ran = subprocess.run(
        [sys.executable, "-c", COST], env=dict.fromkeys(names, "1"), cwd=ROOT,
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert ran.stdout.split() == ["ID", "19", "3", "65536", "4", "32", "16"]


def test_nothing_of_the_product_changes_the_cost_or_reads_it_from_a_setting():
    calls = [str(file) for file, node in nodes("service", "workflows", "tenants", "migrations")
             if isinstance(node, ast.Name | ast.Attribute | ast.alias)
             and "use_hashing" in (getattr(node, "id", ""), getattr(node, "attr", ""), getattr(node, "name", ""))]
    makers = {str(file) for file, node in nodes("service", "workflows", "tenants", "migrations")
              if isinstance(node, ast.Call) and name_of(node.func) in ("PasswordHasher", "Hashing")}  # fmt: skip
    assert (calls, makers) == ([], {"tenants/identity/passwords.py"})


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

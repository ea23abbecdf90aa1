"""Guessing is slow, waiting helps, and nobody can lock somebody else out. Rows are aged; no clock is touched."""

from collections.abc import Iterator
from itertools import count

import pytest

from tenants.errors import TooOften
from tenants.identity import attempts
from tenants.identity.attempts import Caller, begin_attempt, forgive, succeeded
from tenants.isolation import acting_for_nobody
from tenants.retention import end_lapsed
from tests.conftest import WITHIN_S, Database

HOME = Caller("192.0.2.1")
_account = count(1)


@pytest.fixture
def account(database: Database) -> Iterator[str]:
    yield f"fenna{next(_account)}@delinde.nl"
    database.outside("delete from login_attempt")


def tried(account: str, caller: Caller = HOME, right: bool = False, kind: str = "password") -> int:
    """Seconds to wait; 0 when the attempt was let through."""
    try:
        with acting_for_nobody():
            attempt = begin_attempt(kind, account, caller)
    except TooOften as refusal:
        return int(refusal.values["seconds"])
    if right:
        with acting_for_nobody():
            succeeded(attempt)
    return 0


def later(database: Database, seconds: int) -> None:
    database.outside("update login_attempt set at = at - make_interval(secs => :seconds)", seconds=seconds)


def test_five_wrong_ones_are_free_then_the_wait_doubles(account: str, database: Database):
    assert [tried(account) for _ in range(5)] == [0] * 5
    for delay in (30, 60, 120, 240, 480, 900, 900):
        wait = tried(account)
        assert delay - 5 < wait <= delay
        later(database, wait)
        assert tried(account) == 0


def test_waiting_is_not_made_longer_by_trying(account: str):
    waits = [tried(account) for _ in range(12)][5:]
    assert all(25 < wait <= 30 for wait in waits)


def test_a_right_one_forgets_the_wrong_ones(account: str):
    assert [tried(account) for _ in range(4)] == [0] * 4
    assert tried(account, right=True) == 0
    assert [tried(account) for _ in range(5)] == [0] * 5
    assert tried(account) > 0


def test_how_the_address_is_written_does_not_matter(account: str):
    assert [tried(account) for _ in range(5)] == [0] * 5
    assert tried(f" {account.upper()} ") > 0


def test_each_kind_is_counted_apart(account: str):
    assert [tried(account) for _ in range(5)] == [0] * 5
    assert tried(account) > 0 and tried(account, kind="code") == 0


def test_somebody_elsewhere_does_not_keep_the_owner_out(account: str):
    for number in range(attempts.OF_ACCOUNT):
        tried(account, Caller(f"198.51.100.{number}"))
    assert tried(account, Caller("203.0.113.9")) > 0
    assert tried(account, Caller("192.0.2.1", known_browser="fennas own")) == 0


def test_an_address_that_was_here_before_gets_in_too(account: str):
    assert tried(account, right=True) == 0
    for number in range(attempts.OF_ACCOUNT):
        tried(account, Caller(f"198.51.100.{number}"))
    assert tried(account, Caller("203.0.113.9")) > 0 and tried(account) == 0


def test_somebody_at_the_same_address_does_not_keep_the_owner_out(account: str):
    assert [tried(account) for _ in range(5)] == [0] * 5
    assert tried(account) > 0
    known = Caller(HOME.address, known_browser="fennas own")
    assert tried(account, known) == 0


def test_a_known_browser_that_was_stolen_guesses_as_slowly(account: str):
    stolen = Caller("203.0.113.9", known_browser="fennas own")
    assert [tried(account, stolen) for _ in range(5)] == [0] * 5
    assert tried(account, stolen) > 0


def test_one_address_cannot_try_every_account(account: str, database: Database):
    for number in range(attempts.OF_ADDRESS):
        assert tried(f"somebody{number}@example.nl") == 0
    assert tried(account) > 800
    assert tried(account, Caller("203.0.113.9")) == 0
    assert tried(account, Caller(HOME.address, known_browser="fennas own")) == 0
    later(database, attempts.ADDRESS_WINDOW_S)
    assert tried(account) == 0


def test_an_account_that_does_not_exist_is_treated_alike(account: str):
    assert [tried("nobody@example.nl") for _ in range(6)][-1] > 0


def test_mails_that_nobody_asked_for_stay_few(account: str):
    sent = [tried(account, Caller(f"198.51.100.{n}"), kind="reset") for n in range(10)]
    assert sent.count(0) == attempts.FEWER_OF_ACCOUNT["reset"]


def test_many_attempts_at_once_count_as_many(account: str, database: Database):
    answers = [database.elsewhere(tried, account) for _ in range(12)]
    waits = [answer.result(15) for answer in answers]
    assert waits.count(0) == attempts.FREE


def test_a_link_that_was_followed_well_is_forgiven(account: str):
    assert [tried(account, kind="link") for _ in range(5)] == [0] * 5
    with acting_for_nobody():
        forgive("link", account)
    assert tried(account, kind="link") == 0


def test_no_address_can_be_read_from_what_is_kept(account: str, database: Database):
    tried(account)
    kept = str(database.outside("select login_attempt::text from login_attempt"))
    assert account not in kept and HOME.address not in kept


def test_what_is_old_is_forgotten(account: str, database: Database):
    tried(account)
    tried(account, right=True)
    later(database, 25 * 3600)
    tried(account, right=True)
    end_lapsed(1000)
    assert len(database.outside("select id from login_attempt")) == 2
    later(database, 31 * 24 * 3600)
    tried(account, right=True)
    end_lapsed(1000)
    assert len(database.outside("select id from login_attempt")) == 1


def test_who_began_before_another_at_the_same_moment_did_not_come_too_often(account: str, database: Database):
    """The other attempt is then a little younger than this one's transaction: no wait follows from that."""
    with acting_for_nobody():
        begin_attempt("link", f"first.{account}", HOME)
        database.elsewhere(tried, account).result(WITHIN_S)
        assert begin_attempt("password", account, HOME)

"""Attempts to log in, counted in PostgreSQL, so that guessing is slow and nobody can lock out another person.

Three limits: from one browser for one account, strict, with a delay that doubles; from one address for all accounts
together, wide; for one account from everywhere, wide. A browser that this account logged in with before is counted
apart and has only the first limit: an attacker elsewhere, or at the same address, cannot use up its attempts.

An attempt counts as failed from its beginning until it succeeds, so many at once do not pass the limit. An attempt that
is refused as too early is not counted: who waits is let in again, however long others went on.
"""

from dataclasses import dataclass
from math import ceil

from sqlalchemy import RowMapping, text

from tenants.database import db
from tenants.errors import TooOften
from tenants.sealing import keyed_hash

FREE = 5
"""The failures in a row, from one browser for one account, that cause no delay."""
FIRST_DELAY_S, LONGEST_DELAY_S = 30, 900
OF_ADDRESS, ADDRESS_WINDOW_S = 100, 900
OF_ACCOUNT, ACCOUNT_WINDOW_S = 50, 3600
FEWER_OF_ACCOUNT = {"reset": 5, "code": 10}
"""Limits for mails, which are a nuisance to a person who did not ask for them, and for codes, whose typist knows the
password."""

LOCK = text("select pg_advisory_xact_lock(hashtextextended(encode(:account, 'hex'), 9))")
COUNTS = text("""
    with mine as materialized (
      select at, good from login_attempt
       where account_hash = :account and browser_hash = :browser and kind = :kind and at > now() - interval '1 day'),
    of_address as (
      select count(*) as many, min(at) as oldest from login_attempt
       where address_hash = :address and kind = :kind and not good
         and at > now() - make_interval(secs => :address_window)),
    of_account as (
      select count(*) as many, min(at) as oldest from login_attempt
       where account_hash = :account and kind = :kind and not good
         and at > now() - make_interval(secs => :account_window))
    select (select count(*) from mine where not good
               and at > coalesce((select max(at) from mine where good), '-infinity')) as failed,
           (select extract(epoch from now() - max(at)) from mine where not good) as since,
           exists (select from login_attempt
                    where account_hash = :account and browser_hash = :browser and good) as was_here,
           of_address.many as of_address, extract(epoch from now() - of_address.oldest) as address_since,
           of_account.many as of_account, extract(epoch from now() - of_account.oldest) as account_since
      from of_address, of_account""")
COUNT = text("""
    insert into login_attempt (kind, account_hash, browser_hash, address_hash)
    values (:kind, :account, :browser, :address) returning id""")
SUCCEEDED = text("update login_attempt set good = true where id = :id")
WAS_HERE = text("""
    select exists (select from login_attempt where account_hash = :account and browser_hash = :browser and good)""")
IN_A_ROW = text("""
    select count(*) from login_attempt
     where account_hash = :account and kind = :kind and not good and at > now() - interval '1 day'
       and at > coalesce((select max(at) from login_attempt
                           where account_hash = :account and kind = :kind and good), '-infinity')""")
FORGIVE = text("delete from login_attempt where kind = :kind and account_hash = :account")


@dataclass(frozen=True)
class Caller:
    """The origin of an attempt: a network address, and the browser's own mark when that browser was seen before."""

    address: str
    known_browser: str | None = None


def begin_attempt(kind: str, account: str, caller: Caller) -> int:
    """Count an attempt for this account as failed until it succeeds. Raises TooOften, with the seconds to wait."""
    who = {
        "kind": kind, "account": _account(account),
        "browser": keyed_hash("browser", caller.known_browser or caller.address),
        "address": keyed_hash("address", caller.address),
    }  # fmt: skip
    db.session.execute(LOCK, {"account": who["account"]})
    windows = {"address_window": ADDRESS_WINDOW_S, "account_window": ACCOUNT_WINDOW_S}
    counts = db.session.execute(COUNTS, who | windows).mappings().one()
    wait = _wait(counts, kind, caller.known_browser is not None)
    if wait > 0:
        raise TooOften(seconds=wait, minutes=max(1, ceil(wait / 60)))
    return int(db.session.execute(COUNT, who).scalar_one())


def succeeded(attempt: int) -> None:
    """Mark this attempt as right: it does not count as a failure, and earlier failures are forgotten."""
    db.session.execute(SUCCEEDED, {"id": attempt})


def failed_in_a_row(kind: str, account: str) -> int:
    """Return how many attempts failed since the last that succeeded, from everywhere, within a day."""
    return int(db.session.scalar(IN_A_ROW, {"kind": kind, "account": _account(account)}) or 0)


def was_here(account: str, caller: Caller) -> bool:
    """Whether the browser with this mark was logged in to the account before."""
    if caller.known_browser is None:
        return False
    who = {"account": _account(account), "browser": keyed_hash("browser", caller.known_browser)}
    return bool(db.session.scalar(WAS_HERE, who))


def forgive(kind: str, account: str) -> None:
    """Forget the failures of this kind for this account: it got through."""
    db.session.execute(FORGIVE, {"kind": kind, "account": _account(account)})


def _account(account: str) -> bytes:
    return keyed_hash("account", account.strip().casefold())


def _wait(counted: RowMapping, kind: str, is_known: bool) -> int:
    """Return the seconds until the next attempt may be made; 0 means now."""
    most = FEWER_OF_ACCOUNT.get(kind, OF_ACCOUNT)
    since = max(0.0, float(counted["since"] or 0))  # who came at the same moment may have begun after this attempt
    waits = [_delay(counted["failed"]) - since]
    if not is_known and kind != "link":  # the link itself cannot be guessed; whole offices open theirs at once
        waits += [_until(counted["of_address"], OF_ADDRESS, ADDRESS_WINDOW_S, counted["address_since"])]
    if not is_known and not counted["was_here"]:
        waits += [_until(counted["of_account"], most, ACCOUNT_WINDOW_S, counted["account_since"])]
    return max(0, ceil(max(waits)))


def _delay(failed: int) -> int:
    doubled: int = FIRST_DELAY_S << min(max(failed - FREE, 0), 10)
    return 0 if failed < FREE else min(LONGEST_DELAY_S, doubled)


def _until(many: int, most: int, window: int, since: float | None) -> float:
    return 0.0 if many < most else window - float(since or 0)

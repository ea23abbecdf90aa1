"""From when a second factor counts for decisions when the account has none.

The first factor of a new account counts at once: a person who came by their own link must be able to act today. Where a
factor was taken away, or an account was without one for more than a day, an intruder may know the password: it counts a
day later.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from tenants.identity.passkeys import passkeys_of
from tenants.identity.totp import has_totp
from tenants.identity.users import User
from tenants.isolation import database_now

A_DAY = timedelta(days=1)


@contextmanager
def setting_up(user: User) -> Iterator[None]:
    """Note, within the transaction that adds a factor, from when it counts, if it is the only one."""
    is_only_one = not (has_totp(user.id) or passkeys_of(user.id))
    yield
    if is_only_one:
        now = database_now()
        waits = user.factors_taken_at is not None or user.created_at < now - A_DAY
        user.proof_counts_from, user.factors_taken_at = (now + A_DAY if waits else None), None

"""Accounts that look as if they belong to one person. This is marked and never refused: colleagues do share a computer.

Four eyes count accounts. The reader of a decision must see where two accounts may belong to one person (Art. 24).
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from tenants.identity.marks import Marks

DOTS_DO_NOT_COUNT = frozenset({"gmail.com", "googlemail.com"})
SAME_AS = {"googlemail.com": "gmail.com"}


def mailbox(address: str) -> str:
    """Return the mailbox where mail to this address arrives: "J.Mulder+a@Gmail.com" and "jmulder@gmail.com" are one
    mailbox."""
    local, _, domain = address.strip().casefold().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in DOTS_DO_NOT_COUNT:
        local = local.replace(".", "")
    return f"{local}@{SAME_AS.get(domain, domain)}"


def alike(account: Marks, other: Marks) -> list[str]:
    """Return the marks by which two accounts look like one person's: mailbox, app, passkey, browser."""
    same = {
        "mailbox": mailbox(account.email) == mailbox(other.email), "app": bool(account.apps & other.apps),
        "passkey": bool(account.passkeys & other.passkeys), "browser": bool(account.browsers & other.browsers),
    }  # fmt: skip
    return [why for why, holds in same.items() if holds]


def alike_steps(
    who: Iterable[UUID], earlier: Iterable[tuple[str, UUID]], marks: Mapping[UUID, Marks]
) -> list[dict[str, object]]:
    """Return the earlier steps (name, account) that an account like one of `who` did, each once, and why it is alike.
    """
    steps_alike: dict[str, list[str]] = {}
    for step, other in earlier:
        for account in who:
            why = alike(marks[account], marks[other]) if account != other and {account, other} <= set(marks) else []
            steps_alike[step] = sorted({*steps_alike.get(step, []), *why})
    return [{"step": step, "why": why} for step, why in steps_alike.items() if why]

"""Passwords, as NIST SP 800-63B-4 asks: long, any character, no rules of composition, no expiry.

One plain rule for everybody: at least 15 characters. The standard asks 15 where the password is the only factor and 8
beside another one; a person may lose or remove the second factor later, so the longer length always holds.
"""

import re
import unicodedata
from dataclasses import dataclass
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tenants.errors import Invalid

SHORTEST, LONGEST = 15, 128
NAME_OF_THE_HOUSE = "meldketen"
LEAST_OF_ONES_OWN = 8
"""The characters that must be left of a password without the address and the name of the product."""
AT_ONCE = 4

# Each hashing takes 64 MiB: a flood of logins waits for its turn instead of taking all memory.
_turn = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Hashing:
    """The cost of argon2id, and a hash with that cost, which is verified when the account does not exist.

    So an unknown address takes as long as a wrong password. The hash is made once, because making it takes each process
    0.2 s at its start.
    """

    hasher: PasswordHasher
    nobody: str


PRODUCTION = Hashing(
    PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4),  # memory in KiB
    "$argon2id$v=19$m=65536,t=3,p=4$Q5pCRKxx7hMtawTRQDaZ7A$jWLyJhb0uEIgSWFXh8KYLkmX1zTIufqO5ce4DtmBpB0",
)
_hashing = PRODUCTION


def use_hashing(hashing: Hashing) -> None:
    """Hash with this cost in this process. Only tests call it, because no setting of an installation changes the cost.
    """
    global _hashing
    _hashing = hashing


def hash_of(password: str) -> str:
    """Return the argon2id hash of a password, after NFKC, so that each character has one form."""
    with _turn:
        return _hashing.hasher.hash(_normal(password))


def is_right(kept: str | None, password: str) -> bool:
    """Whether this is the password. It takes as long when there is no hash to compare with."""
    with _turn:
        try:
            return _hashing.hasher.verify(kept or _hashing.nobody, _normal(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def is_weakly_hashed(kept: str) -> bool:
    """Whether the hash was made with lower costs than those of today."""
    return _hashing.hasher.check_needs_rehash(kept)


def refuse_weak(password: str, email: str, field: str = "password") -> None:
    """Raise Invalid when this cannot be a password of the account with this address."""
    if len(_normal(password)) < SHORTEST:
        raise Invalid("user.password_too_short", field, least=SHORTEST)
    if len(password) > LONGEST:
        raise Invalid("user.password_too_long", field, most=LONGEST)
    if len(_normal(password)) - _guessed(password, email) < LEAST_OF_ONES_OWN:
        raise Invalid("user.password_guessable", field)


def _guessed(password: str, email: str) -> int:
    """Return how many characters of the password belong to the address or the product's name, however often these
    occur."""
    whole = left = _bare(_normal(password))
    local, _, domain = email.casefold().partition("@")
    words = {_bare(email), NAME_OF_THE_HOUSE, *(_bare(part) for part in (local, domain, *domain.split(".")))}
    for word in sorted((part for part in words if len(part) > 3), key=len, reverse=True):
        left = left.replace(word, "")
    return len(whole) - len(left)


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())

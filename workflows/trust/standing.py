"""How the proof of an organisation stands: proven or not, how, and which ways to prove it are open."""

from dataclasses import dataclass
from datetime import datetime

from tenants.errors import Invalid
from tenants.isolation import database_now
from tenants.organisations.organisations import the_acting_organisation
from tenants.organisations.proofs import Proof, my_proof
from tenants.organisations.verification import MOST_TRIES, the_open_letter


@dataclass(frozen=True)
class Standing:
    """The state of the acting organisation's proof. `letter_until`: a letter's code works until then, in `tries_left`
    tries."""

    name: str
    kvk_number: str | None
    verified_at: datetime | None
    verified_how: str | None
    letter_until: datetime | None
    tries_left: int | None
    proof: Proof | None


def standing() -> Standing:
    """Return the state of the acting organisation's proof now. A letter that lapsed, or was tried too often, does not
    count."""
    of, letter = the_acting_organisation(), the_open_letter()
    works = letter is not None and letter.tries < MOST_TRIES and letter.expires_at > database_now()
    return Standing(
        of.name, of.kvk_number, of.verified_at, of.verified_how,
        letter.expires_at if letter is not None and works else None,
        MOST_TRIES - letter.tries if letter is not None and works else None, my_proof(),
    )  # fmt: skip


def refused_code(outcome: str) -> Invalid:
    """Return the refusal for a code that proved nothing, by its result (workflows/trust/verifying.py)."""
    return Invalid(f"verification.code_{outcome}", "code", left=standing().tries_left)

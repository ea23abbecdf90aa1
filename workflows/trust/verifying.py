"""Proving whose register it is: by a code in a letter, by the operator's check, by a provider for organisations.

Each proof, and each one taken back, stands in the organisation's history and in that of the offices that have an
agreement with it; its people are mailed, and so are the people of those offices.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from tenants.errors import AlreadyDone, Invalid
from tenants.history.entries import SYSTEM, Actor, Entry, record
from tenants.isolation import acting_organisation
from tenants.organisations.organisations import Organisation, the_acting_organisation
from tenants.organisations.proofs import my_proof
from tenants.organisations.verification import (
    check_name_by_operator,
    open_letter,
    operator_note,
    verify_by_letter,
    verify_by_operator,
    verify_by_provider,
    withdraw_verification,
)
from tenants.register.notices import SIGNS
from workflows.accounts.seating import refuse_unless_seat_counts
from workflows.engine.advance import refuse_while_seat_waits
from workflows.engine.hints import hint_after_commit
from workflows.mail.limits import release_verified
from workflows.mail.reminding import tell_people

GROUPS, SIGNS_IN_A_GROUP = 3, 4
VERIFIED = "verified"
REFUSED = ("wrong", "used_up", "lapsed", "none")
"""The results of a code that is not right: another code, too many tries, too old, no letter is open."""


def new_code() -> str:
    """Return a code for a letter: three groups of four characters that do not look alike on paper; 59 random bits."""
    groups = ("".join(secrets.choice(SIGNS) for _ in range(SIGNS_IN_A_GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def make_letter(act: UUID, address: str) -> tuple[str, datetime]:
    """Return the code for a letter to this registered address, and until when it works. The code is not kept; an
    earlier one ends.

    Raises AlreadyDone for an organisation that is verified, Invalid without a KvK number.
    """
    organisation = _to_be_proven()
    if organisation.kvk_number is None:
        raise Invalid("verification.no_number")
    code = new_code()
    until = open_letter(act, code)
    _remember("verification.letter_made", SYSTEM, {"until": until.isoformat()}, {"address": address})
    return code, until


def prove_by_code(code: str, by: Actor) -> str:
    """Check a code from the letter. Returns VERIFIED, or one of REFUSED; a wrong code counts as a try.

    It returns instead of raising, so that the count stays. Raises AlreadyDone for an organisation that is verified,
    NotAllowed when the person's seat waits: no try is counted then.
    """
    _to_be_proven()
    refuse_while_seat_waits(by)
    outcome = verify_by_letter(code)
    if outcome == VERIFIED:
        _proven("letter", by)
    else:
        _remember("verification.refused", by, {"how": "letter", "why": outcome})
    return outcome


def refuse_to_set_out(by: Actor) -> None:
    """Raise NotAllowed without a fresh second factor, AlreadyDone when verified, Invalid without a KvK number."""
    refuse_unless_seat_counts(by)
    if _to_be_proven().kvk_number is None:
        raise Invalid("verification.no_number")


def prove_by_provider(
    number: str | None, is_strong: bool, by: Actor, errand: bytes, name: str | None = None
) -> str:  # fmt: skip
    """Verify by a login at a provider for organisations. Returns VERIFIED, level_too_low, no_number or another_number.

    `number` is the KvK number that the login named, `name` the organisation's name if it named that too, `is_strong`
    whether the login had the required level. None of them is kept. It returns instead of raising, so that history says
    what was tried. Raises AlreadyDone when it is verified.

    Raises NotAllowed when the person's seat waits, as `refuse_to_set_out` did: the login shows that they act for the
    organisation elsewhere, but the effects of a proof here (held mail is sent, processors ask) take a seat that counts
    here.
    """
    _to_be_proven()
    refuse_while_seat_waits(by)
    outcome = VERIFIED
    if not is_strong:
        outcome = "level_too_low"
    elif number is None:
        outcome = "no_number"
    elif not verify_by_provider(number, errand, name):
        outcome = "another_number"
    if outcome == VERIFIED:
        _proven("provider", by)
    else:
        _remember("verification.refused", by, {"how": "provider", "why": outcome})
    return outcome


def prove_by_operator(act: UUID) -> None:
    """Record the operator's check of who it is. Raises AlreadyDone for an organisation that is verified."""
    _to_be_proven()
    note = operator_note(act)
    verify_by_operator(act)
    _proven("operator", SYSTEM, {"note": note})


def prove_name_by_operator(act: UUID) -> None:
    """Record that the operator compared the name with the trade register; without a proof this is one.

    Raises AlreadyDone when the name was checked before.
    """
    organisation, note = the_acting_organisation(), operator_note(act)
    if organisation.name_checked:
        raise AlreadyDone("verification.already")
    was_verified = organisation.verified_at is not None
    check_name_by_operator(act)
    if was_verified:
        _remember("verification.name_checked", SYSTEM, {}, {"note": note})
    else:
        _proven("operator", SYSTEM, {"note": note})


def take_proof_back(act: UUID) -> None:
    """Withdraw the proof: the operator found that it does not hold. Raises AlreadyDone when the organisation is not
    verified."""
    organisation = the_acting_organisation()
    if organisation.verified_at is None:
        raise AlreadyDone("verification.not_verified")
    note = operator_note(act)
    withdraw_verification(act)
    _remember("verification.withdrawn", SYSTEM, {}, {"note": note})
    _tell_everybody(organisation.name, "verification_withdrawn", None)


def _to_be_proven() -> Organisation:
    organisation = the_acting_organisation()
    if organisation.verified_at is not None:
        raise AlreadyDone("verification.already")
    return organisation


def _proven(how: str, by: Actor, personal: Mapping[str, Any] | None = None) -> None:
    proof = my_proof()
    checked = {"name": "checked"} if proof and proof.name_checked else {}
    _remember("verification.verified", by, {"how": how} | checked, personal)
    release_verified()
    _tell_everybody(the_acting_organisation().name, "verified", how)


def _remember(
    what: str, by: Actor, details: Mapping[str, Any], personal: Mapping[str, Any] | None = None
) -> None:  # fmt: skip
    record([Entry("organisation", acting_organisation(), what, by, dict(details), dict(personal or {}))])


def _tell_everybody(name: str, key: str, how: str | None) -> None:
    """Mail its own people; the door that verified it tells the people of the offices (leave_news)."""
    # About itself: an invitation is about the organisation, and each may be mailed to the same person.
    tell_people(key, uuid4(), name, how, my_proof())
    hint_after_commit(acting_organisation())

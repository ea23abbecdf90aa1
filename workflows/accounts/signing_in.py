"""Logging in, and giving a proof again. Each step is a transaction of its own, so that a counted attempt stays counted.

Passwords are hashed outside transactions: a flood of logins waits without holding database connections.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenants.database import db
from tenants.errors import Invalid, NotFound, NotKnown
from tenants.identity.attempts import FREE, Caller, begin_attempt, failed_in_a_row, succeeded
from tenants.identity.factor_requests import end_requests
from tenants.identity.passkeys import Site, answered, passkeys_of, user_of_passkey
from tenants.identity.passwords import hash_of, is_right, is_weakly_hashed
from tenants.identity.recovery import use_recovery_code
from tenants.identity.sessions import browsers_before, end_stolen_session, password_given, prove_session, renew_session
from tenants.identity.totp import has_totp, verify_totp
from tenants.identity.users import Person, Place, User, user_at
from tenants.isolation import acting_for_nobody, database_now
from workflows.accounts.account_changes import changing, note_browser
from workflows.roles import may

GIVEN, REQUIRED, TO_SET_UP, NOT_NEEDED = "given", "required", "to_set_up", "not_needed"


@dataclass(frozen=True)
class Known:
    """A person who logged in; `proven` says that they gave two factors."""

    user: User
    proven: bool


def log_in(email: str, password: str, code: str | None, caller: Caller) -> Known:
    """Return the user with this address, password and (if given) code.

    Raises NotKnown, which does not say what was wrong, and TooOften.
    """
    with acting_for_nobody():
        attempt = begin_attempt("password", email, caller)
        user = user_at(email)
    if not is_right(user.password_hash if user else None, password) or user is None:
        raise NotKnown()
    kept = user.password_hash or ""
    better = hash_of(password) if is_weakly_hashed(kept) else kept
    if code and not _right_code(user.id, email, code, caller):
        raise NotKnown()
    with acting_for_nobody():
        succeeded(attempt)
        if better != kept:
            db.session.get_one(User, user.id).password_hash = better
    return Known(user, bool(code))


def end_stolen(person: Person) -> None:
    """End a session that is used in another browser than it began in, and mail the person, once."""
    if person.session_id is not None:
        with suppress(NotFound), changing(person.id, "user.session_stolen"):
            end_stolen_session(person.id, person.session_id)


def log_in_by_passkey(credential: dict[str, Any], site: Site, caller: Caller) -> Known:
    """Return the user whose passkey signed our challenge. Raises NotKnown, TooOften."""
    with acting_for_nobody():
        attempt = begin_attempt("passkey", str(credential.get("id")), caller)
    with acting_for_nobody():
        challenge = answered(credential, "login")
    with acting_for_nobody():
        user = db.session.get_one(User, user_of_passkey(credential, challenge, site))
        succeeded(attempt)
        end_requests(user.id, "has_factor")
    return Known(user, True)


def prove(who: Person, code: str, caller: Caller) -> None:
    """Check a second factor of this session's person, and note the proof. Raises Invalid, TooOften."""
    _prove(who, code, caller)
    with acting_for_nobody():
        prove_session(_session(who))


def prove_and_renew(who: Person, code: str, caller: Caller) -> str:
    """Do as `prove` does, and return the new token of the session."""
    _prove(who, code, caller)
    return renewed(who)


def prove_with_passkey(who: Person, credential: dict[str, Any], site: Site, caller: Caller) -> None:
    """Check a passkey of this session's person, and note the proof.

    Raises Invalid for a passkey that is refused, and TooOften after too many attempts.
    """
    with acting_for_nobody():
        attempt = begin_attempt("code", who.email, caller)
    try:
        with acting_for_nobody():
            challenge = answered(credential, "proof", who.id)
        with acting_for_nobody():
            if user_of_passkey(credential, challenge, site) != who.id:
                raise NotKnown()
            succeeded(attempt)
            end_requests(who.id, "has_factor")
            prove_session(_session(who))
    except NotKnown as fault:
        raise Invalid("passkey.refused", "credential") from fault


def prove_by_password(who: Person, password: str, caller: Caller) -> None:
    """Check the password again: for five minutes this session may then change an account without a second factor.

    Raises Invalid, TooOften.
    """
    with acting_for_nobody():
        attempt = begin_attempt("password", who.email, caller)
        kept = db.session.get_one(User, who.id).password_hash
    if not is_right(kept, password):
        raise Invalid("user.password_wrong", "password")
    with acting_for_nobody():
        succeeded(attempt)
        password_given(_session(who))


def renewed(who: Person) -> str:
    """Give the session a new token after a second factor, and return the token."""
    with acting_for_nobody():
        return renew_session(_session(who))


def has_second_factor(user_id: UUID) -> bool:
    """Whether this user has an app or a passkey."""
    return has_totp(user_id) or bool(passkeys_of(user_id))


def must_have_second_factor(places: tuple[Place, ...] | list[Place]) -> bool:
    """Whether this person may decide anywhere, for themselves or for somebody they stand in for."""
    return any(
        may(role, "approve")
        for here in places
        for role in (here.role, *(colleague.role for colleague in here.stands_in))
    )


def standing(user_id: UUID, proven: bool, places: list[Place]) -> str:
    """Return how the second factor of a login stands: GIVEN, REQUIRED, TO_SET_UP or NOT_NEEDED."""
    if proven:
        return GIVEN
    if has_second_factor(user_id):
        return REQUIRED
    return TO_SET_UP if must_have_second_factor(places) else NOT_NEEDED


def _prove(who: Person, code: str, caller: Caller) -> None:
    if not _right_code(who.id, who.email, code, caller):
        raise Invalid("second_factor.wrong_code", "code")


def _right_code(user_id: UUID, email: str, code: str, caller: Caller) -> bool:
    """Whether the code is right. After the fifth wrong code in a row the person is mailed: the password is known to
    somebody."""
    with acting_for_nobody():
        attempt = begin_attempt("code", email, caller)
    is_right_one = _second_factor(user_id, code)
    with acting_for_nobody():
        if is_right_one:
            succeeded(attempt)
            end_requests(user_id, "has_factor")
        failed = failed_in_a_row("code", email)
    if failed == FREE:
        with changing(user_id, "user.codes_refused"):
            pass
    return is_right_one


def notice_browser(user_id: UUID, session_id: UUID | None, browser: str) -> None:
    """Mail a person who logged in before and now comes with another kind of browser: it may be somebody else.

    `browser` is its kind in words ("Firefox, Windows"). A known kind sends no mail, also on another machine: a mail at
    each login is soon read by nobody.
    """
    with acting_for_nobody():
        user, before = db.session.get_one(User, user_id), browsers_before(user_id, session_id)
        is_new = bool(before) and browser not in {*before, *user.browsers}
        if not is_new and browser not in user.browsers:
            user.browsers = [*user.browsers, browser]
    if is_new:
        note_browser(user_id, browser)


def _second_factor(user_id: UUID, typed: str) -> bool:
    """Return whether this is a code of the user's app, or an unused recovery code; the code is then used up."""
    with acting_for_nobody():
        if verify_totp(user_id, typed, database_now()):
            return True
    try:
        with changing(user_id, "user.recovery_code_used"):
            if not use_recovery_code(user_id, typed):
                raise NotKnown()
    except NotKnown:
        return False
    return True


def _session(who: Person) -> UUID:
    if who.session_id is None:
        raise NotKnown()
    return who.session_id

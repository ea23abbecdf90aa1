"""The acts of people on their own account: password, app, passkeys, recovery codes."""

import hmac
import logging
from typing import Any, get_args
from uuid import UUID

from tenants.database import db
from tenants.errors import Invalid, NotKnown
from tenants.identity.attempts import Caller, begin_attempt, succeeded, was_here
from tenants.identity.mailed_links import cancel_resets, new_reset, use_reset, user_of_reset
from tenants.identity.passkeys import (
    Passkey,
    Site,
    add_passkey,
    answered,
    is_made_by,
    passkeys_of,
    remove_passkey,
)
from tenants.identity.passwords import hash_of, is_right, refuse_weak
from tenants.identity.recovery import new_recovery_codes
from tenants.identity.sessions import end_sessions, prove_session
from tenants.identity.totp import confirm_totp, secret_of
from tenants.identity.users import Person, User, places_of, user_at
from tenants.isolation import acting_for, acting_for_nobody, database_now
from workflows.accounts.account_changes import changing
from workflows.accounts.new_factor import setting_up
from workflows.engine.hints import hint_after_commit
from workflows.mail.batches import addressee, plan
from workflows.mail.limits import is_over
from workflows.mail.links import reset_link
from workflows.mail.own_people import Kind

KINDS_OF_MAIL: tuple[Kind, ...] = get_args(Kind)
log = logging.getLogger(__name__)


def confirm_app(who: Person, code: str, caller: Caller) -> list[str]:
    """Confirm the app by a code: it counts as proof. Returns ten recovery codes. Raises Invalid, TooOften."""
    with acting_for_nobody():
        attempt = begin_attempt("code", who.email, caller)
    with changing(who.id, "user.second_factor_set") as user, setting_up(user):
        if not confirm_totp(who.id, code, database_now(), who.session_id):
            raise Invalid("second_factor.wrong_code", "code")
        succeeded(attempt)
        _proves(who)
        return new_recovery_codes(who.id)


def is_my_app(who: Person, secret: str) -> bool:
    """Return whether the app of this person was set up with this secret: they send the form that did it again."""
    with acting_for_nobody():
        kept = secret_of(who.id)
    return kept is not None and hmac.compare_digest(kept.encode(), secret.encode())


def is_my_passkey(who: Person, credential: Any) -> bool:
    """Return whether this person has the passkey that this answer of a browser made: they send it again."""
    with acting_for_nobody():
        return any(is_made_by(key, credential) for key in passkeys_of(who.id))


def keep_passkey(who: Person, credential: dict[str, Any], name: str, site: Site) -> Passkey:
    """Add a passkey; making it counts as proof, because the device verified its user. Raises Invalid."""
    challenge = _answered(who, credential)
    with changing(who.id, "user.passkey_added") as user, setting_up(user):
        key = add_passkey(who.id, credential, challenge, name, site)
        _proves(who)
        return key


def begin_with_passkey(who: Person, credential: dict[str, Any], name: str, site: Site) -> list[str]:
    """Add a passkey as the first second factor: it counts as proof. Returns ten recovery codes. Raises Invalid."""
    challenge = _answered(who, credential)
    with changing(who.id, "user.second_factor_set") as user, setting_up(user):
        add_passkey(who.id, credential, challenge, name, site)
        _proves(who)
        return new_recovery_codes(who.id)


def drop_passkey(who: Person, passkey_id: UUID) -> None:
    """Remove a passkey. Raises Invalid when it is the only way to log in, NotFound."""
    with changing(who.id, "user.passkey_removed") as user:
        remove_passkey(who.id, passkey_id)
        if user.password_hash is None and not passkeys_of(who.id):
            raise Invalid("passkey.only_way_in")


def renew_recovery_codes(who: Person) -> list[str]:
    """Make ten new codes in place of the old ones and return them."""
    with changing(who.id, "user.recovery_codes_renewed"):
        return new_recovery_codes(who.id)


def change_password(who: Person, old: str, new: str, caller: Caller) -> None:
    """Change the password: every other session ends. Raises Invalid, TooOften."""
    with acting_for_nobody():
        attempt = begin_attempt("password", who.email, caller)
        kept = db.session.get_one(User, who.id).password_hash
    if kept is not None and not is_right(kept, old):
        raise Invalid("user.password_wrong", "password")
    refuse_weak(new, who.email, "new_password")
    hashed = hash_of(new)
    with changing(who.id, "user.password_changed") as user:
        succeeded(attempt)
        user.password_hash = hashed
        cancel_resets(who.id)
        end_sessions(who.id, but=who.session_id)


def choose_mails(who: Person, wanted: frozenset[str], language: str) -> None:
    """Keep which of KINDS_OF_MAIL this person wants, and the language of their mails and pages ("nl" or "en").

    Where nobody who can act wants a mail about a legal term, all of them get it (`workflows/mail/own_people.py`).
    """
    with changing(who.id, "user.mails_chosen", mailed=False) as user:
        user.locale = language
        for kind in KINDS_OF_MAIL:
            setattr(user, kind, kind in wanted)


def keep_reporter(who: Person, function: str | None, phone: str | None) -> None:
    """Keep what the authority asks of a person who reports, beside the name and the address of their account.

    None empties it. It stands in each form that this person fills in or sends; a form that was sent stays as it was.
    """
    with acting_for_nobody():
        own = db.session.get_one(User, who.id)
        if (own.function, own.phone) == (function, phone):
            return
    values: dict[str, Any] = {}
    with changing(who.id, "user.reporter_kept", mailed=False, personal=values) as user:
        values["was"] = {"function": user.function, "phone": user.phone}
        values["is"] = {"function": function, "phone": phone}
        user.function, user.phone = function, phone


def wants(who: Person, kind: Kind) -> bool:
    """Return whether this person wants this kind of mail."""
    return bool(getattr(db.session.get_one(User, who.id), kind))


def choose_language(who: Person, language: str) -> None:
    """Keep the language of this person's mails and pages, "nl" or "en", in the transaction of the caller."""
    db.session.get_one(User, who.id).locale = language


def drop_password(who: Person) -> None:
    """Remove the password: only a passkey logs this person in from now on. Raises Invalid when there is no passkey."""
    with changing(who.id, "user.password_dropped") as user:
        if not passkeys_of(who.id):
            raise Invalid("passkey.needed_first")
        user.password_hash = None


def count_reset(email: str, caller: Caller) -> bool:
    """Count a request for a new password at an address, which need not have an account. Raises TooOften.

    Returns whether the mail counts for the day: it does unless this browser was logged in to the account before.
    """
    with acting_for_nobody():
        begin_attempt("reset", email, caller)
        return not was_here(email, caller)


def mail_reset(email: str, is_counted: bool) -> None:
    """Mail a link for a new password if the account exists. This takes longer then, so no request may wait for it.

    A mail that counts and exceeds the limit of the day is not written: the link would lapse before it could go.
    """
    with acting_for_nobody():
        user = user_at(email)
        own = places_of(user.id) if user else []
    if user is None or not own:
        return
    with acting_for(own[0].organisation_id):
        if is_counted and is_over("reset", user.email):
            log.warning("a reset is not mailed: too many today", extra={"user": str(user.id)})
            return
        # The link is a key: it is kept among the sealed values, never in the batch.
        to = addressee(user.name, user.email, {"link": reset_link(new_reset(user.id))})
        plan("reset", "reset", {}, [(user.id, to)] if to else [], user.locale)
        hint_after_commit(own[0].organisation_id)


def reset_password(token: str, new: str) -> None:
    """Set a new password by the mailed link: every session ends, the second factor stays. Raises Invalid, NotFound."""
    with acting_for_nobody():
        user_id = user_of_reset(token)
        refuse_weak(new, db.session.get_one(User, user_id).email)
    hashed = hash_of(new)
    with changing(user_id, "user.password_reset") as user:
        use_reset(token)
        cancel_resets(user_id)
        user.password_hash = hashed
        end_sessions(user_id)


def _answered(who: Person, credential: dict[str, Any]) -> bytes:
    try:
        with acting_for_nobody():
            return answered(credential, "new", who.id)
    except NotKnown as fault:
        raise Invalid("passkey.refused", "credential") from fault


def _proves(who: Person) -> None:
    if who.session_id is not None:
        prove_session(who.session_id)

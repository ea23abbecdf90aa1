"""An act on the login itself needs a proof that is at most five minutes old.

Whoever has a second factor gives it. Whoever has none gives the password again; that proof counts only for one's own
account, and never for a decision of an organisation.
"""

from datetime import datetime, timedelta
from typing import NoReturn
from uuid import UUID

from flask import request

from service.admission.access import actor, is_api, user
from tenants.errors import NotAllowed
from tenants.identity.linked_identities import reaches_further
from tenants.isolation import acting_for_nobody, database_now
from workflows.accounts.signing_in import has_second_factor
from workflows.engine.progress import is_fresh
from workflows.engine.steps import PROOF_LASTS

AN_APP_TAKES = timedelta(minutes=30)
"""How long a new secret waits for its first code. Only its owner saw the secret, after a fresh proof."""


class ProofNeeded(Exception):
    """A page needs a proof first: the user is sent to `where`, then back to `back`. A form that was sent in is kept."""

    def __init__(self, where: str, back: str) -> None:
        super().__init__(where)
        self.where = where
        self.back = back


class LoginNeeded(Exception):
    """The sender of a form had a login that ended: they log in first, and what they typed is kept."""

    def __init__(self, user_id: UUID) -> None:
        super().__init__("login")
        self.user_id = user_id


class LoggedOut(Exception):
    """The sender of a form is not logged in and unknown: they begin again at `back`."""

    def __init__(self, back: str) -> None:
        super().__init__("login")
        self.back = back


def demand_fresh_proof(password_lasts: timedelta = PROOF_LASTS) -> None:
    """Demand a proof that is at most five minutes old. No transaction is open.

    Raises NotAllowed in the API and ProofNeeded on a page when there is no such proof.
    """
    if user().owes_proof:
        _ask("second_factor.required", "/proof")
    with acting_for_nobody():
        further = reaches_further(user().session_id)
        now, has_factor = database_now(), has_second_factor(user().id)
    if further:  # A provider's proof counts only for its own organisation, so it changes nothing elsewhere.
        raise NotAllowed("provider.own_login_first")
    if is_fresh(actor(), now):
        return
    if has_factor:
        _ask("proof.too_old", "/proof")
    if not _password_is_fresh(now, password_lasts):
        _ask("proof.password_first", "/proof/password")


def _password_is_fresh(now: datetime, lasts: timedelta) -> bool:
    password_at = user().password_at
    return password_at is not None and now - password_at <= lasts


def _ask(key: str, where: str) -> NoReturn:
    if is_api():
        raise NotAllowed(key)
    raise ProofNeeded(where, request.full_path.rstrip("?") if request.method == "GET" else "/account")

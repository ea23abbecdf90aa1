"""What touches a login itself asks for a proof of at most five minutes old.

The second factor, of whoever has one. Whoever has none gives the password again: it counts for one's own account alone,
never where something is decided.
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
"""So long a new secret waits for its first code, which nobody knows but who saw it after a fresh proof."""


class ProofNeeded(Exception):
    """A page asks first who somebody is, at `where`, and goes on at `back`; a form that was sent in waits for that."""

    def __init__(self, where: str, back: str) -> None:
        super().__init__(where)
        self.where = where
        self.back = back


class LoginNeeded(Exception):
    """A form was sent in by somebody whose login had ended: they log in first, and what they typed waits."""

    def __init__(self, user_id: UUID) -> None:
        super().__init__("login")
        self.user_id = user_id


class LoggedOut(Exception):
    """A form was sent in by somebody who is not logged in, and nothing tells who it is; they begin at `back`."""

    def __init__(self, back: str) -> None:
        super().__init__("login")
        self.back = back


def demand_fresh_proof(password_lasts: timedelta = PROOF_LASTS) -> None:
    """Raises NotAllowed without a proof of that age, ProofNeeded for a page. No transaction is open."""
    if user().owes_proof:
        _ask("second_factor.required", "/proof")
    with acting_for_nobody():
        further = reaches_further(user().session_id)
        now, has_factor = database_now(), has_second_factor(user().id)
    if further:  # an organisation's provider says who somebody is there alone: nothing elsewhere may change by it
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

"""What touches a login itself asks for a second factor of at most five minutes old, of whoever has one."""

from typing import NoReturn
from urllib.parse import quote

from flask import redirect, request
from werkzeug.exceptions import HTTPException

from service.access import actor, is_api, user
from tenants.errors import NotAllowed
from tenants.isolation import acting_for_nobody, database_now
from tenants.linked_identities import reaches_further
from workflows.engine.progress import is_fresh


def demand_proof() -> None:
    """Who has a second factor gave it in this session. Raises NotAllowed; a page leads to where it is asked."""
    if user().owes_proof:
        _ask("second_factor.required")


def demand_fresh_proof() -> None:
    """The same, at most five minutes ago. Who has no second factor yet has nothing to prove. No transaction is open."""
    demand_proof()
    _refuse_a_provider_that_reaches_further()
    if user().proof_at is None:
        return
    with acting_for_nobody():
        now = database_now()
    if not is_fresh(actor(), now):
        _ask("proof.too_old")


def _refuse_a_provider_that_reaches_further() -> None:
    """An organisation's provider says who somebody is there alone: it must not change how they log in elsewhere."""
    with acting_for_nobody():
        further = reaches_further(user().session_id)
    if further:
        raise NotAllowed("provider.own_login_first")


def demand_fresh_proof_for(back: str) -> None:
    """Within the transaction of a page about somebody else: at most five minutes ago, by whoever acts."""
    if not is_fresh(actor(), database_now()):
        raise HTTPException(response=redirect(f"/proof?next={quote(back)}", 303))


def _ask(key: str) -> NoReturn:
    if is_api():
        raise NotAllowed(key)
    back = request.path if request.method == "GET" else "/account"
    raise HTTPException(response=redirect(f"/proof?next={quote(back)}", 303))

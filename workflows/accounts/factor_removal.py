"""Takes a lost second factor away: at once, or when the last organisation that has not agreed ends the person's seat.

A person who is an owner somewhere has a day to object, by giving the factor.

No organisation can block it for ever: one that does not agree may end the person's seat, and then has no say any more.
"""

from datetime import timedelta
from uuid import UUID

from tenants.database import db
from tenants.history.entries import SYSTEM, Actor
from tenants.identity.factor_requests import FactorRequest, agreed, end_requests, open_of_owner
from tenants.identity.passkeys import passkeys_of, remove_passkey
from tenants.identity.recovery import remove_recovery_codes
from tenants.identity.sessions import end_sessions
from tenants.identity.totp import remove_totp
from tenants.identity.users import OWNER, User, places_of, seats_of
from tenants.isolation import acting_organisation, database_now
from workflows.accounts.account_changes import tell_everywhere

AN_OWNERS_DAY = timedelta(days=1)


def take_away(user: User, by: Actor) -> None:
    """Remove app, codes, passkeys and sessions. A factor that is set up next counts for decisions a day later."""
    remove_totp(user.id)
    remove_recovery_codes(user.id)
    for key in passkeys_of(user.id):
        remove_passkey(user.id, key.id)
    end_sessions(user.id)
    user.factors_taken_at = database_now()
    end_requests(user.id, "done")
    tell_everywhere(user, "user.second_factor_reset", by)


def owns_somewhere(user_id: UUID) -> bool:
    """Whether this person is an owner of some organisation."""
    return any(place.role == OWNER for place in places_of(user_id))


def has_a_day(request: FactorRequest) -> bool:
    """Whether the person is an owner and the day in which they may object is not over."""
    return database_now() < request.asked_at + AN_OWNERS_DAY and owns_somewhere(request.user_id)


def finish_without_seat(user_id: UUID) -> None:
    """Do what all other organisations agreed to, because the seat at the acting organisation is about to end."""
    request = open_of_owner(user_id)
    others = seats_of(user_id) - {acting_organisation()}
    if request is not None and others and others <= agreed(request) and not has_a_day(request):
        take_away(db.session.get_one(User, user_id), SYSTEM)

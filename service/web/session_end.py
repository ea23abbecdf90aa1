"""The end of a login: a page warns five minutes before, and its user stays with one key or button (WCAG 2.2.1)."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint

from service.admission.access import seen, unattended, user
from service.words.moments import local_moment
from tenants.identity.users import Lasting

blueprint = Blueprint("session_end", __name__, url_prefix="/session")


@blueprint.get("/end")
@unattended
def asked() -> dict[str, Any]:
    """Return when this login ends as things stand. A page asks it by itself, so it prolongs nothing."""
    lasting = user().lasting
    return _end(lasting, lasting.ends_at) if lasting else {}


@blueprint.post("/stay")
def stay() -> dict[str, Any]:
    """Return when this login ends now that its user asked to stay: at most an hour later, never past its last moment.

    The request itself is the sign of the user that prolongs it.
    """
    lasting = user().lasting
    return _end(lasting, lasting.ends_when_seen) if lasting else {}


def end_of_page() -> dict[str, Any] | None:
    """Return when the login of whoever looks at this page ends; None when nobody is logged in. It asks no database."""
    person = seen()
    lasting = person.lasting if person else None
    return _end(lasting, lasting.ends_when_seen) if lasting else None


def _end(lasting: Lasting, ends_at: datetime) -> dict[str, Any]:
    """Return in how many seconds a login ends, at which moment in words, and whether its user can prolong it."""
    in_s = max(0, (ends_at - lasting.asked_at) // timedelta(seconds=1))
    return {"in_s": in_s, "at": local_moment(ends_at, "time"), "can_stay": lasting.expires_at > ends_at}

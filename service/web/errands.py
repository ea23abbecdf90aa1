"""The way to a provider and back: the cookie that the browser keeps meanwhile, and who set out."""

from flask import Response, make_response, render_template
from flask.typing import ResponseReturnValue

from service.admission.access import session_token
from service.admission.browsers import is_secure
from tenants.errors import NotAllowed
from tenants.identity.linked_identities import Errand
from tenants.identity.sessions import person_of_session
from tenants.identity.users import Person
from tenants.isolation import acting_for_nobody

ERRAND = "meldketen_errand"
TEN_MINUTES = 600


def going(token: str, name: str) -> ResponseReturnValue:
    """Return a page with a link to the provider. A form may not end at another site (form-action), a link may."""
    return with_errand(make_response(render_template("provider_going.html", name=name)), token)


def with_errand(answer: ResponseReturnValue, token: str) -> Response:
    """Set the cookie with SameSite=Lax, because the way back begins at another site."""
    made = make_response(answer)
    made.set_cookie(
        ERRAND, token, max_age=TEN_MINUTES, path="/login/oidc", httponly=True, samesite="Lax", secure=is_secure()
    )
    return made


def who_set_out(errand: Errand) -> Person:
    """Return the user of the session that set out. Raises NotAllowed when another session comes back."""
    with acting_for_nobody():
        who = person_of_session(session_token() or "")
    if who is None or who.session_id != errand.session_id:
        raise NotAllowed("provider.lapsed")
    return who

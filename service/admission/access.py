"""Who is logged in, for which organisation, with which role.

Every view needs all three, unless it is marked @public.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, request
from flask_login import LoginManager
from werkzeug.exceptions import Unauthorized

from service.admission.admission import Admission, Refusal, Seat, admission
from service.words.texts import chosen_language, speak
from tenants.errors import NotAllowed
from tenants.history.entries import Actor
from tenants.identity.api_tokens import Holder, holder_of, is_genuine
from tenants.identity.sessions import person_of_session
from tenants.identity.users import Person, Place
from workflows.accounts.tokens import SCOPES
from workflows.roles import MAY
from workflows.roles import may as may_do

COOKIE = "meldketen_session"
View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Mark a view that needs no login. tests/house/test_routes.py lists all of them."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def watching(view: View) -> View:
    """Mark a view for the operator's monitoring: it answers without a database, or opens its own transactions."""
    view.is_watching = True  # type: ignore[attr-defined]
    return public(view)


def may(act: str) -> Callable[[View], View]:
    """Mark a view with the act of workflows/roles.py that it does. Whoever may not do this act gets a 403.

    An act written "<name>" is taken from the address: the view's argument of that name says which act it is.
    """
    assert act in MAY or act.startswith("<"), act

    def mark(view: View) -> View:
        view.does = act  # type: ignore[attr-defined]
        return view

    return mark


def step_in_address(argument: str, names: Iterable[str]) -> Callable[[View], View]:
    """Mark a view whose argument in the address names one of these steps. Any other name gets a 404, from everybody."""

    def mark(view: View) -> View:
        view.steps_in_address = (argument, frozenset(names))  # type: ignore[attr-defined]
        return view

    return mark


def step_by_step(view: View) -> View:
    """Mark a view that opens several transactions in turn, so that a counted attempt stays when the view refuses."""
    view.is_step_by_step = True  # type: ignore[attr-defined]
    return view


def unattended(view: View) -> View:
    """Mark a view that a page requests by itself at intervals, so that it does not count as a sign of a person."""
    view.is_unattended = True  # type: ignore[attr-defined]
    return view


def takes_file(view: View) -> View:
    """Mark a view to which a file comes: its request may be as large as a file with its form."""
    view.takes_file = True  # type: ignore[attr-defined]
    return view


def carries_kept_form(view: View) -> View:
    """Mark a public view whose form carries a form that waits for a login.

    From a browser whose login runs or ended lately it takes as much as a page of somebody who is logged in.
    """
    view.carries_kept_form = True  # type: ignore[attr-defined]
    return view


def by_token(view: View) -> View:
    """Mark a view for whoever holds a mailed link: it acts for the organisation of the link and gets `invitation`."""
    view.is_by_token = True  # type: ignore[attr-defined]
    return public(view)


def by_contact_link(view: View) -> View:
    """Mark a view for a contact who holds the link of an office's yearly mail: it acts for that office."""
    view.is_by_contact_link = True  # type: ignore[attr-defined]
    return public(view)


def with_sender(view: View) -> View:
    """Mark a view of a mailed link that also gets `contact`: whom to call at the office that sent the link."""
    view.gets_sender = True  # type: ignore[attr-defined]
    return view


def with_own_register(view: View) -> View:
    """Mark a view of a mailed link that also gets `own`: the register that its reader already has, or None."""
    view.gets_own_register = True  # type: ignore[attr-defined]
    return view


def user() -> Person:
    """Return the person who is logged in. Raises Unauthorized when nobody is."""
    person = looked_up().person
    if person is None:
        raise Unauthorized()
    return person


def looked_up() -> Admission:
    """Return the admission of this request with its person. The database is asked once for each request."""
    known = admission()
    if not known.is_looked_up:
        token = session_token()
        known.key = holder_of(token) if token and is_api() else None
        known.person = known.key.person if known.key else person_of_session(token) if token else None
        known.is_looked_up = True
        if known.person and not is_api() and chosen_language() is None:
            speak(known.person.locale)
    return known


def actor() -> Actor:
    """Return the actor as history names them: who, in which role, for whom, and when they proved who they are."""
    return _as_actor(user(), admission().seat)


def actor_for(act: str) -> Actor | None:
    """Return the person who acts, in the role in which they may do this act here; None when they may not."""
    taken = seat_for(act) if admission().place and act in MAY else None
    return _as_actor(user(), taken) if taken else None


def actor_at(who: Person, organisation_id: UUID, act: str) -> Actor | None:
    """Return this person as the actor at an organisation that the address does not name; None when they may not."""
    here = next((candidate for candidate in who.places if candidate.organisation_id == organisation_id), None)
    taken = seat_at(here, act) if here else None
    return _as_actor(who, taken) if taken else None


def _as_actor(who: Person, seat: Seat | None) -> Actor:
    role_here, for_id = (seat.role, seat.for_id) if seat else (None, None)
    is_token = admission().key is not None
    return Actor(who.id, who.name, role_here, for_id, who.proof_at, who.proof_counts_from, is_token)


def place() -> Place:
    """Return the organisation of this request and the user's role there. Raises RuntimeError where there is none."""
    here = admission().place
    if here is None:
        raise RuntimeError("this request is for no organisation")
    return here


def role() -> str:
    """Return the role in which the user acts in this request: their own, or that of a colleague they stand in for."""
    return seat().role


def seat() -> Seat:
    """Return in which role the user acts in this request, and for whom. Raises RuntimeError where they act nowhere."""
    taken = admission().seat
    if taken is None:
        raise RuntimeError("this request has no seat")
    return taken


def refusal_of(here: Place, act: str) -> NotAllowed:
    """Return why the user may not do this act at this organisation; that they tried is recorded after the request. A
    token is told which scope it lacks, unless no token can have it."""
    admission().refused = Refusal(here.organisation_id, act)
    key = key_in_use()
    if key is None or act in key.scopes:
        return NotAllowed("role.not_enough")
    return NotAllowed("token.scope_named", scope=act) if act in SCOPES else NotAllowed("token.scope")


def allowed(act: str) -> bool:
    """Return whether the user may do this act here, in any role that they have now.

    Pages hide what a user may not do.
    """
    return admission().place is not None and seat_for(act) is not None


def places() -> list[Place]:
    """Return every organisation in which the user has a seat."""
    person = looked_up().person
    return list(person.places) if person else []


def is_logged_in() -> bool:
    """Return whether this request has shown who sends it. It asks no database."""
    return admission().is_authenticated


def seen() -> Person | None:
    """Return the person of this request without a query; None when the request has shown none."""
    return admission().person


def comes_with_key() -> bool:
    """Return whether this request comes with an API token, or with something that looks like one."""
    return is_api() and is_genuine(_bearer() or "")


def seat_for(act: str) -> Seat | None:
    """Return the seat in which the user may do this act: their own where that is enough, else that of a colleague."""
    key = key_in_use()
    return None if key and act not in key.scopes else seat_at(place(), act)


def seat_at(here: Place, act: str) -> Seat | None:
    """Return the seat at this organisation in which a person may do this act; None when they may not."""
    seats = (Seat(here.role, None), *(Seat(candidate.role, candidate.for_id) for candidate in here.stands_in))
    return next((candidate for candidate in seats if may_do(candidate.role, act)), None)


def key_in_use() -> Holder | None:
    """Return the API token of this request; None for a person's session."""
    return looked_up().key


@cache
def mark_of(view: Any, method: str, mark: str) -> Any:
    """Return the mark of a view, or of one of its methods when a method has its own mark. None without a mark."""
    of_method = getattr(getattr(view, "view_class", None), method, None)
    return getattr(view, mark, None) or getattr(of_method, mark, None)


def is_api() -> bool:
    """Return whether this request uses JSON, as the API and the webhooks do."""
    return admission().is_api


def _load_user(_: object) -> Admission | None:
    known = looked_up()
    return known if known.is_authenticated else None


def _bearer() -> str | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def session_token() -> str | None:
    """Return the token of the session or of the API that this request carries."""
    return _bearer() if is_api() else request.cookies.get(COOKIE)


def register(app: Flask) -> None:
    """Register Flask-Login, which asks for the user at each request.

    The user comes from the session's row, not the cookie.
    """
    manager = LoginManager(app)
    manager.session_protection = None
    manager.request_loader(_load_user)

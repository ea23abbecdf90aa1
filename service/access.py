"""Who is logged in, for which organisation, with which role. Every view needs that, unless it is marked @public."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar
from urllib.parse import quote

from flask import Flask, current_app, g, redirect, request
from flask_login import LoginManager, UserMixin, current_user
from werkzeug.exceptions import HTTPException, Unauthorized

from tenants.errors import NotFound
from tenants.history import Actor
from tenants.invitations import Invitation, invitation_of
from tenants.isolation import acting_for, acting_for_nobody, asking_for_nobody
from tenants.sessions import person_of_session
from tenants.users import Person, Place

COOKIE = "meldketen_session"
View = TypeVar("View", bound=Callable[..., Any])


class LoggedIn(UserMixin):
    """Flask-Login's view of a user; who it is follows from the session's row, each time."""

    def __init__(self, user: Person) -> None:
        self.user = user
        self.id = str(user.id)


def public(view: View) -> View:
    """This view needs no login. All of them are on a list in tests/house."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def watching(view: View) -> View:
    """This view is for whoever watches over the house: it answers without a database, and opens its own."""
    view.is_watching = True  # type: ignore[attr-defined]
    return public(view)


def by_token(view: View) -> View:
    """This view is for whoever holds the mailed link: it acts for that organisation and gets `invitation`."""
    view.is_by_token = True  # type: ignore[attr-defined]
    return public(view)


def user() -> Person:
    """Who is logged in. Raises Unauthorized when nobody is."""
    if not current_user.is_authenticated:
        raise Unauthorized()
    found: Person = current_user.user
    return found


def actor() -> Actor:
    """The one who acts, as history names it."""
    return Actor(user().id, user().name)


def place() -> Place:
    """The organisation of this request, and the user's role there."""
    found: Place = g.place
    return found


def role() -> str:
    """The user's role in the organisation of this request."""
    return place().role


def places() -> list[Place]:
    """Every organisation of the user."""
    return list(user().places) if current_user.is_authenticated else []


def is_logged_in() -> bool:
    """Whether this request has shown who it is; asks nobody, so that an error's page may ask it."""
    known = g.get("_login_user")
    return known is not None and bool(known.is_authenticated)


@contextmanager
def admitted() -> Iterator[None]:
    """Open the one transaction of this request: for its organisation, or for nobody."""
    if request.routing_exception is not None or _needs_no_transaction():
        yield
    elif _marked("is_by_token"):
        with acting_for(_invitation().organisation_id):
            yield
    else:
        _see_who_it_is()
        with acting_for(_place().organisation_id) if "organisation" in _args() else acting_for_nobody():
            yield


def _needs_no_transaction() -> bool:
    is_static = (request.endpoint or "").rpartition(".")[2] == "static"
    return request.method == "OPTIONS" or is_static or _marked("is_watching")


def _args() -> dict[str, Any]:
    return request.view_args if request.view_args is not None else {}


def _see_who_it_is() -> None:
    with asking_for_nobody():
        known = current_user.is_authenticated
    if not known and not _marked("is_public"):
        _send_to_login()


def _send_to_login() -> NoReturn:
    if is_api():
        raise Unauthorized()
    target = request.full_path.rstrip("?") if request.method == "GET" else "/"
    raise HTTPException(response=redirect(f"/login?next={quote(target)}", 303))


def _place() -> Place:
    slug = _args().pop("organisation")
    for candidate in places():
        if candidate.slug == slug:
            g.place = candidate
            return candidate
    raise NotFound("organisation.unknown")


def _invitation() -> Invitation:
    with acting_for_nobody():
        invitation = invitation_of(_args().pop("token"))
    _args()["invitation"] = invitation
    return invitation


def _marked(mark: str) -> bool:
    view = current_app.view_functions[request.endpoint or ""]
    kind = getattr(view, "view_class", None)
    method = "get" if request.method == "HEAD" else request.method.lower()
    return bool(getattr(view, mark, False) or getattr(getattr(kind, method, None), mark, False))


def is_api() -> bool:
    """Whether this request speaks JSON: the API and the webhooks."""
    return request.path.startswith(("/api/", "/webhooks/"))


def _load_user(_: object) -> LoggedIn | None:
    token = _bearer() if is_api() else request.cookies.get(COOKIE)
    found = person_of_session(token) if token else None
    return LoggedIn(found) if found else None


def _bearer() -> str | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def session_token() -> str | None:
    """The token that this request came with, to log it out."""
    return _bearer() if is_api() else request.cookies.get(COOKIE)


def register(app: Flask) -> None:
    """Flask-Login, thinly: the user comes from the session's row with each request, never from a cookie's content."""
    manager = LoginManager(app)
    manager.session_protection = None
    manager.request_loader(_load_user)

"""What is known about a request: one object on Flask's `g`, which is also the user of Flask-Login.

The object is made empty when the request begins. `admitting` fills it: who sends the request, where, in which role.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app, g, has_request_context, request
from flask_login import UserMixin

from tenants.agreements.own_standing import OwnStanding
from tenants.identity.api_tokens import Holder
from tenants.identity.users import Person, Place

JSON_PATHS = ("/api/", "/webhooks/")
NOTHING_KNOWN = OwnStanding(is_admitted=False, has_clients=False, requests_waiting=0, proof=None)


@dataclass(frozen=True)
class Seat:
    """The role in which somebody acts, and the colleague for whom they act as a deputy."""

    role: str
    for_id: UUID | None


@dataclass(frozen=True)
class Refusal:
    """An act that a person may not do, and the organisation where they tried it."""

    organisation_id: UUID
    act: str


@dataclass(frozen=True)
class Kept:
    """A form that was sent in: its address, what was typed (name and value), and which fields must be asked again."""

    target: str
    typed: tuple[tuple[str, str], ...]
    files: tuple[str, ...]
    secrets: tuple[str, ...]
    by: str = ""
    """The signed id of the sender, where their login had lapsed; blank when they are logged in."""
    is_too_large: bool = False
    """Whether the values that were typed are missing, because they were too large to keep."""


@dataclass(eq=False)
class Admission(UserMixin):
    """What is known about one request. What is not known yet, or does not apply, is None or blank."""

    is_looked_up: bool = False
    """Whether the session or API token of the request was looked up; `person` is None until then."""
    person: Person | None = None
    key: Holder | None = None
    """The API token that came with the request; None for a person's session."""
    place: Place | None = None
    """The organisation that the address names."""
    seat: Seat | None = None
    refused: Refusal | None = None
    """What must be stored after the request, whose own transaction is rolled back."""
    stolen: Person | None = None
    """The owner of this session, when the session came from another browser than the one it began in."""
    standing: OwnStanding | None = None
    """How the organisation of the page stands, once the page asked for it; NOTHING_KNOWN on the page of an error."""
    names: dict[UUID, str] = field(default_factory=dict)
    """Names of colleagues that a page has asked for, by user."""
    form_key: str = ""
    """The key of the forms on the page that answers this request; blank until one is asked for."""
    is_done: bool = False
    """Whether the form of this request did what it was sent for, and its answer leads to another page."""
    lacks_key: bool = False
    """Whether the form of this request makes something new, and carries no key of its sender."""
    led_to: str = ""
    """Where the form of this request leads when it is sent again, where its own answer is no other page."""
    kept: Kept | None = None
    """The form that waits while this page asks who somebody is."""
    not_kept: Any = None
    """What this request typed into a long form and could not be kept as a draft (service/web/drafts.py); else None."""
    secret_fields: tuple[str, ...] = ()
    """The fields of the answer that hold a secret, which is shown only once."""
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    """The nonce for the scripts of this answer."""
    now: datetime | None = None
    """The aware moment with which the moments in a form are compared; None until one is compared."""
    view: Any = None
    """The function that answers; None for an address that nothing answers."""
    method: str = "get"
    """In small letters; "get" for HEAD, which the same function answers."""
    is_api: bool = False
    """Whether the request speaks JSON: the API and the webhooks."""
    begun_s: float = 0.0
    """When the request arrived, in seconds of `time.perf_counter`."""

    @property
    def is_authenticated(self) -> bool:
        """Return whether somebody is logged in."""
        return self.person is not None

    def get_id(self) -> str:
        """Return the id of the user, for Flask-Login. Raises AttributeError when nobody is logged in."""
        if self.person is None:
            raise AttributeError("nobody is logged in")
        return str(self.person.id)


def begin_admission(begun_s: float) -> None:
    """Begin an empty admission for a new request."""
    g.admission = _admission(begun_s)


def admission() -> Admission:
    """Return the admission of this request, with what is known so far."""
    try:
        known: Admission = g.admission
    except AttributeError:
        known = g.admission = _admission()
    return known


def _admission(begun_s: float = 0.0) -> Admission:
    if not has_request_context():
        return Admission(begun_s=begun_s)
    view = current_app.view_functions.get(request.endpoint or "")
    method = "get" if request.method == "HEAD" else request.method.lower()
    return Admission(view=view, method=method, is_api=request.path.startswith(JSON_PATHS), begun_s=begun_s)

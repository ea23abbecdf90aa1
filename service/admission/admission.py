"""As what a request is let in: one object on Flask's `g`, which is Flask-Login's user too.

It begins empty, with the request, and is filled as the request comes in (`admitting`): who it is, where, in which role.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from flask import g
from flask_login import UserMixin

from tenants.agreements.own_standing import OwnStanding
from tenants.identity.api_tokens import Holder
from tenants.identity.users import Person, Place

NOTHING_KNOWN = OwnStanding(is_admitted=False, has_clients=False, requests_waiting=0, proof=None)


@dataclass(frozen=True)
class Seat:
    """In which role somebody acts, and as whose deputy."""

    role: str
    for_id: UUID | None


@dataclass(frozen=True)
class Refusal:
    """An act that a person may not do, and the organisation where they tried."""

    organisation_id: UUID
    act: str


@dataclass(frozen=True)
class Kept:
    """A form that was sent in: where to, what was typed in it (name and value), and which fields are asked again."""

    target: str
    typed: tuple[tuple[str, str], ...]
    files: tuple[str, ...]
    secrets: tuple[str, ...]
    by: str = ""
    """Who sent it in, signed, where their login had lapsed; blank: they are logged in."""
    is_too_large: bool = False
    """Whether it holds nothing of what was typed, because that was more than goes along."""


@dataclass(eq=False)
class Admission(UserMixin):
    """As what one request is let in. What is not known yet, or does not apply, is None or blank."""

    is_looked_up: bool = False
    """Whether the session or API token of the request was looked up; `person` is None before."""
    person: Person | None = None
    key: Holder | None = None
    """The API token that the request came with; None for a person's session."""
    place: Place | None = None
    """The organisation that the address names."""
    seat: Seat | None = None
    refused: Refusal | None = None
    """To be kept after the request, whose own transaction is rolled back."""
    stolen: Person | None = None
    """Whose session this was, when it came from another browser than it began in."""
    standing: OwnStanding | None = None
    """How the organisation of the page stands, once the page asked; NOTHING_KNOWN on the page of an error."""
    names: dict[UUID, str] = field(default_factory=dict)
    """Names of colleagues that a page has asked for, by user."""
    kept: Kept | None = None
    """The form that waits while this page asks who somebody is."""
    secret_field: str = ""
    """Which field of the answer is a secret that is shown once."""
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    """For the scripts of this answer."""
    now: datetime | None = None
    """The moment, aware, that the moments in a form are compared with; None until one is."""
    begun_s: float = 0.0
    """When the request came, in seconds of `time.perf_counter`."""

    @property
    def is_authenticated(self) -> bool:
        """Return whether somebody is logged in."""
        return self.person is not None

    def get_id(self) -> str:
        """Flask-Login's name of the user. Raises AttributeError when nobody is logged in."""
        if self.person is None:
            raise AttributeError("nobody is logged in")
        return str(self.person.id)


def begin_admission(begun_s: float) -> None:
    """Begin an empty admission for a new request."""
    g.admission = Admission(begun_s=begun_s)


def admission() -> Admission:
    """Return the admission of this request, as far as it is known."""
    known: Admission | None = g.get("admission")
    if known is None:
        known = g.admission = Admission()
    return known

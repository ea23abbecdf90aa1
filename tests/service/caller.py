"""A client of the API: who is logged in, and in which organisation."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse

from tenants.identity.sessions import begin_session
from tenants.identity.users import User, places_of
from tenants.isolation import acting_for, acting_for_nobody
from tenants.register.escalations import board
from tests import factories
from tests.factories import Office

DECIDING = ("approval", "submission", "release", "broken-glass", "alone")


@dataclass(frozen=True)
class Caller:
    """Calls the API as one user; paths that do not begin with a slash are of the user's own organisation."""

    app: Flask
    token: str
    slug: str

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        """One request."""
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"} | options.pop("headers", {})
        where = path if path.startswith("/") else f"/api/o/{self.slug}/{path}"
        return self.app.test_client().open(where, method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        """Read."""
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        """Create or decide. Whoever decides looks first, unless the test says which version they looked at."""
        about, _, act = path.rpartition("/")
        if act in DECIDING and "headers" not in options:
            options["headers"] = {"If-Match": self.get(about).headers.get("ETag", '"1"')}
        return self.call("POST", path, json=body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        """Replace."""
        return self.call("PUT", path, json=body, **options)


def caller_for(app: Flask, user_id: UUID, proven: bool = True) -> Caller:
    """Log this user in, with a second factor, at the first of its organisations."""
    with acting_for_nobody():
        return Caller(app, begin_session(User(id=user_id), proven), places_of(user_id)[0].slug)


def a_told_client(app: Flask, office: Office) -> tuple[UUID, Caller]:
    """A client that the office's incident hits, with somebody who opened its register."""
    about = factories.an_incident(office, office.hits[:1])
    with acting_for(office.id):
        controller = board(about.id, 1)[0].controller_id
    member = factories.a_member(controller, name="Anna")
    assert member.id
    return controller, caller_for(app, member.id)


def keys(answer: TestResponse) -> list[tuple[str, str]]:
    """The faults of a refusal: field and key."""
    assert answer.content_type == "application/problem+json", answer.text
    return [(fault["field"], fault["key"]) for fault in answer.json["errors"]]


def refused(answer: TestResponse, status: int, key: str) -> None:
    """This is how it was refused, in words too."""
    assert (answer.status_code, answer.json["key"]) == (status, key), answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["detail"]
    assert answer.json["title"]

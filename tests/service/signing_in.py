"""Somebody with a password who logs in by the API."""

from typing import Any
from uuid import UUID

import pyotp
from flask import Flask

from tenants.database import db
from tenants.history.entries import of_subject
from tenants.identity.recovery import new_recovery_codes
from tenants.identity.sessions import begin_session
from tenants.identity.totp import enrol_totp
from tenants.identity.users import User, add_user, make_member
from tenants.isolation import acting_for, acting_for_nobody
from tests.service.caller import Caller

PASSWORD = "een lange zin als wachtwoord"
ANOTHER = "een heel andere lange zin"
_number = iter(range(10_000))


class Person:
    """Somebody with a password, who calls the API."""

    def __init__(self, app: Flask, user_id: UUID, email: str) -> None:
        self.app, self.id, self.email, self.secret = app, user_id, email, ""

    def with_app(self) -> "Person":
        """With an app that gives codes."""
        self.secret = pyotp.random_base32()
        with acting_for_nobody():
            enrol_totp(self.id, self.secret)
        return self

    @property
    def code(self) -> str:
        """What the app shows."""
        return pyotp.TOTP(self.secret).now()

    def recovery_codes(self) -> list[str]:
        """Ten on paper."""
        with acting_for_nobody():
            return new_recovery_codes(self.id)

    def log_in(self, password: str = PASSWORD, **more: Any) -> Any:
        """The answer to a login."""
        login = {"email": self.email, "password": password} | more
        return self.app.test_client().post("/api/session", json=login, headers={"Accept-Language": "en"})

    def caller(self, proven: bool = False) -> Caller:
        """Logged in."""
        with acting_for_nobody():
            return Caller(self.app, begin_session(db.session.get_one(User, self.id), proven), "")


def a_person(app: Flask, organisation: UUID, role: str) -> Person:
    """Somebody with a password and a role."""
    email = f"signing{next(_number)}@kantoor.example"
    with acting_for_nobody():
        user = add_user(email, "Anna", PASSWORD)
        make_member(user.id, organisation, role)
    return Person(app, user.id, email)


def history_of(organisation: UUID, user_id: UUID) -> list[str]:
    """What the organisation remembers of somebody's login."""
    with acting_for(organisation):
        return [entry.what for entry in of_subject(user_id)]

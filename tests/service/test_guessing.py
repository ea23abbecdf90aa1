"""Guessing over the API: slow, counted per caller, told to whom it is about; and answers that no browser gives."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service import create_app
from tenants.database import db
from tenants.identity.users import APPROVER, AUDITOR
from tests.conftest import Database
from tests.factories import Office
from tests.service.caller import refused
from tests.service.signing_in import ANOTHER, PASSWORD, Person, a_person, history_of
from workflows.engine.hints import NoHints, use_hints


@pytest.fixture
def someone(app: Flask, office: Office) -> Person:
    """An auditor with a password and no second factor, at the office."""
    return a_person(app, office.id, AUDITOR)


def test_a_flood_is_slowed_down_per_caller(app: Flask, someone: Person) -> None:
    assert [someone.log_in(ANOTHER).status_code for _ in range(5)] == [401] * 5
    answer = someone.log_in()
    refused(answer, 429, "login.too_often")
    assert 25 < int(answer.headers["Retry-After"]) <= 30 and "in 1 min." in answer.json["detail"]


@pytest.mark.parametrize(("proxies", "status"), [("0", 429), ("1", 201)])
def test_only_a_trusted_proxy_says_who_calls(
    app: Flask, database: Database, someone: Person, proxies: str, status: int
) -> None:
    """Without one, an attacker could invent a new address for every guess."""
    service = create_app(replace(database.config, trusted_proxies=proxies))
    use_hints(NoHints())

    def tried(password: str, address: str) -> int:
        values = {"email": someone.email, "password": password}
        headers = {"X-Forwarded-For": f"198.51.100.77, {address}"}
        return service.test_client().post("/api/session", json=values, headers=headers).status_code

    assert [tried(ANOTHER, "203.0.113.5") for _ in range(5)] == [401] * 5
    assert tried(PASSWORD, "203.0.113.5") == 429
    assert tried(PASSWORD, "203.0.113.6") == status
    with service.app_context():
        db.engine.dispose()


def test_five_wrong_codes_are_told_to_whom_they_are_of(app: Flask, office: Office) -> None:
    person = a_person(app, office.id, APPROVER).with_app()
    caller = person.caller()
    for _ in range(5):
        assert caller.post("/api/session/proof", {"code": "000000"}).status_code == 422
    refused(caller.post("/api/session/proof", {"code": person.code}), 429, "login.too_often")
    refused(person.log_in(code=person.code), 429, "login.too_often")
    assert history_of(office.id, person.id) == ["user.codes_refused"]


def test_a_code_that_is_guessed_at_every_login_is_slowed_down_too(app: Flask, office: Office) -> None:
    person = a_person(app, office.id, APPROVER).with_app()
    statuses = [person.log_in(code=f"00000{n}").status_code for n in range(7)]
    assert statuses[:5] == [401] * 5 and statuses[5:] == [429] * 2


def test_what_no_browser_sends_is_refused_and_breaks_nothing(app: Flask) -> None:
    anybody: FlaskClient = app.test_client()
    challenge = anybody.post("/api/session/passkey/options").json["options"]["challenge"]
    said = {"type": "webauthn.get", "challenge": challenge, "origin": "http://127.0.0.1:8000"}
    data = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    strange: list[Any] = [
        {"clientDataJSON": data}, {"clientDataJSON": 5}, {"clientDataJSON": None}, {"clientDataJSON": "W10"},
        {"clientDataJSON": data, "authenticatorData": "AAAA", "signature": "AAAA"}, {"clientDataJSON": "\u00e9"},
    ]  # fmt: skip
    statuses: list[int] = []
    for response in strange:
        for name in ("AAAA", 7, None):
            credential = {"id": name, "rawId": name, "type": "public-key", "response": response}
            answer = anybody.post("/api/session/passkey", json={"credential": credential})
            statuses.append(answer.status_code)
    assert statuses == [401] * 15 + [429] * 3

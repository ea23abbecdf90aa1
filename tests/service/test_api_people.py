"""Logging in, inviting, accepting, and confirming receipt by a mailed link."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tenants.database import db
from tenants.identity.invitations import new_invitation
from tenants.identity.users import PRIVACY_OFFICER, add_user, make_member, members_of
from tenants.isolation import acting_for, acting_for_nobody
from tenants.register.breaches import breaches_by_id, newest_breaches
from tenants.register.escalations import board
from tests import factories
from tests.conftest import Database
from tests.factories import Office
from tests.service.caller import Caller, keys, refused

PASSWORD = "een lange zin als wachtwoord"


@pytest.fixture
def anybody(app: Flask) -> FlaskClient:
    """Somebody who is not logged in."""
    return app.test_client()


@pytest.fixture(scope="module")
def anna(app: Flask, office: Office) -> str:
    """The address of somebody with a password, at the office."""
    with acting_for_nobody():
        user = add_user("anna@kantoor.example", "Anna", PASSWORD)
        make_member(user.id, office.id, PRIVACY_OFFICER)
    return user.email


def test_log_in_and_out(anybody: FlaskClient, anna: str) -> None:
    answer = anybody.post("/api/session", json={"email": "Anna@Kantoor.example ", "password": PASSWORD})
    assert (answer.status_code, answer.json["user"]["email"]) == (201, anna), answer.text
    [place] = answer.json["organisations"]
    assert place["role"] == PRIVACY_OFFICER
    bearer = {"Authorization": f"Bearer {answer.json['token']}"}
    assert anybody.get("/api/organisations", headers=bearer).json == [place]
    assert anybody.delete("/api/session", headers=bearer).status_code == 204
    refused(anybody.get("/api/organisations", headers=bearer), 401, "http.401")


@pytest.mark.parametrize(
    "given", [{"password": "een andere lange zin"}, {"email": "niemand@kantoor.example"}, {"password": PASSWORD + " "}]
)
def test_a_wrong_login_does_not_tell_which(anybody: FlaskClient, anna: str, given: dict[str, str]) -> None:
    refused(anybody.post("/api/session", json={"email": anna, "password": PASSWORD} | given), 401, "login.refused")


def test_a_login_needs_both(anybody: FlaskClient) -> None:
    assert {field for field, _ in keys(anybody.post("/api/session", json={}))} == {"email", "password"}


def test_a_cookie_is_no_login_here(anybody: FlaskClient, officer: Caller) -> None:
    anybody.set_cookie("meldketen_session", officer.token)
    refused(anybody.get("/api/organisations"), 401, "http.401")
    refused(anybody.get("/api/organisations", headers={"Authorization": "Bearer x"}), 401, "http.401")


def test_an_invitation_is_mailed_sealed(owner: Caller, database: Database) -> None:
    answer = owner.post("invitations", {"email": "Cor@Example.nl", "role": "approver"})
    assert (answer.status_code, answer.json["email"]) == (201, "cor@example.nl"), answer.text
    [batch] = database.outside("select common::text from mail_batch where purpose = 'invitation'")
    assert "/invitation/" not in batch["common"]
    assert "token" not in answer.text


def test_an_invitation_is_an_owners(approver: Caller, officer: Caller, owner: Caller) -> None:
    invited = {"email": "cor@example.nl", "role": "approver"}
    refused(approver.post("invitations", invited), 403, "role.not_enough")
    refused(officer.post("invitations", invited), 403, "role.not_enough")
    assert keys(owner.post("invitations", invited | {"role": "baas"})) == [("role", "field.not_a_choice")]


def test_accepting_opens_the_register_and_confirms_receipt(anybody: FlaskClient, office: Office) -> None:
    token, controller = an_invited_client()
    shown = anybody.get(f"/api/invitations/{token}").json
    assert (shown["used"], shown["breach"]["processor_name"]) == (False, "De Linde Accountants")
    path, values = f"/api/invitations/{token}", {"name": "Anna Bakker", "password": PASSWORD}
    assert keys(anybody.post(path, json=values | {"password": "kort"})) == [("password", "user.password_too_short")]
    answer = anybody.post(path, json=values)
    assert (answer.status_code, len(answer.json["organisations"])) == (201, 1), answer.text
    bearer = {"Authorization": f"Bearer {answer.json['token']}"}
    slug = answer.json["organisations"][0]["slug"]
    [row] = anybody.get(f"/api/o/{slug}/breaches", headers=bearer).json["items"]
    assert anybody.get(f"/api/o/{slug}/breaches/{row['id']}", headers=bearer).json["acknowledged_at"]
    assert controller


def test_who_has_an_account_joins_with_its_password(anybody: FlaskClient, office: Office) -> None:
    email = f"{uuid4().hex}@example.nl"
    with acting_for_nobody():
        add_user(email, "Boekhouder", PASSWORD)
    token, _ = an_invited_client(email)
    path = f"/api/invitations/{token}"
    wrong = anybody.post(path, json={"name": "x", "password": "een heel andere zin"})
    assert keys(wrong) == [("password", "invitation.wrong_password")]
    assert anybody.post(path, json={"name": "x", "password": PASSWORD}).status_code == 201
    refused(anybody.post(path, json={"name": "x", "password": PASSWORD}), 422, "invitation.used")


def test_a_processors_message_does_not_let_anybody_into_a_register_that_is_in_use(anybody: FlaskClient) -> None:
    """Whoever's address the office wrote down: the owner invites, and nobody's role grows by it."""
    first, controller = an_invited_client()
    assert anybody.post(f"/api/invitations/{first}", json={"name": "Anna", "password": PASSWORD}).status_code == 201
    with acting_for(controller):
        own = breaches_by_id([newest_breaches(1).rows[0]["id"]])
    second = keep(controller, f"{uuid4().hex}@kantoor.example", next(iter(own)))
    refused(
        anybody.post(f"/api/invitations/{second}", json={"name": "Bo", "password": PASSWORD}), 422,
        "invitation.register_in_use",
    )
    assert anybody.post(f"/api/receipts/{second}", json={"name": "Bo"}).status_code == 200
    with acting_for(controller):
        assert [user.name for user, _ in members_of(controller)] == ["Anna"]


def test_receipt_by_the_link_alone(anybody: FlaskClient, office: Office) -> None:
    token, _ = an_invited_client()
    first = anybody.post(f"/api/receipts/{token}", json={"name": "Anna"})
    assert (first.status_code, bool(first.json["acknowledged_at"])) == (200, True), first.text
    assert anybody.post(f"/api/receipts/{token}", json={"name": "Bo"}).json == first.json
    assert keys(anybody.post(f"/api/receipts/{token}", json={"name": ""})) == [("name", "field.required")]


@pytest.mark.parametrize("path", ["/api/invitations/x", "/api/receipts/x"])
def test_an_unknown_link_is_answered_404(anybody: FlaskClient, path: str) -> None:
    refused(anybody.post(path, json={"name": "x", "password": PASSWORD}), 404, "invitation.unknown")


def test_a_link_without_a_breach_confirms_nothing(anybody: FlaskClient, office: Office) -> None:
    token = keep(office.id, "los@example.nl")
    refused(anybody.post(f"/api/receipts/{token}", json={"name": "x"}), 404, "invitation.no_breach")


def an_invited_client(email: str = "") -> tuple[str, UUID]:
    """The link that an escalation's message carries, and the controller it is for."""
    own = factories.an_office()
    incident = factories.an_incident(own)
    with acting_for(own.id):
        escalation = board(incident.id, 1)[0]
    link = keep(escalation.controller_id, email or f"{uuid4().hex}@example.nl", escalation.breach_id)
    return link, escalation.controller_id


def keep(organisation: UUID, email: str, breach: Any = None) -> str:
    """An invitation that was mailed."""
    with acting_for_nobody():
        token, row = new_invitation(organisation, email, PRIVACY_OFFICER, breach)
        db.session.add(row)
    return token

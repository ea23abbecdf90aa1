"""Logging in over the API: two factors, sessions, recovery, and what is refused."""

import re
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tenants.identity.users import APPROVER, AUDITOR, OWNER, make_member
from tenants.isolation import acting_for, acting_for_nobody
from tenants.organisations.organisations import the_acting_organisation
from tests.conftest import Database
from tests.factories import Office
from tests.service.caller import Caller, keys, refused
from tests.service.signing_in import ANOTHER, PASSWORD, Person, a_person, history_of


@pytest.fixture
def anybody(app: Flask) -> FlaskClient:
    """Somebody who is not logged in."""
    return app.test_client()


@pytest.fixture
def someone(app: Flask, office: Office) -> "Person":
    """An auditor with a password and no second factor, at the office."""
    return a_person(app, office.id, AUDITOR)


def age(database: Database, person: Person, how: str) -> None:
    """As if time had passed for this person's sessions."""
    database.outside(f"update login_session set {how} where user_id = :id", id=person.id)


def test_a_login_says_how_it_stands_with_the_second_factor(app: Flask, office: Office, someone: Person) -> None:
    assert someone.log_in().json["second_factor"] == "not_needed"
    approver = a_person(app, office.id, APPROVER)
    assert approver.log_in().json["second_factor"] == "to_set_up"
    approver.with_app()
    assert approver.log_in().json["second_factor"] == "required"
    assert approver.log_in(code=approver.code).json["second_factor"] == "given"


def test_a_wrong_code_is_refused_like_a_wrong_password(app: Flask, office: Office) -> None:
    person = a_person(app, office.id, APPROVER).with_app()
    code = person.code
    assert person.log_in(code=code).status_code == 201
    answers = [
        person.log_in(code=code), person.log_in(code="000000"), person.log_in(code="twaalf"), person.log_in(ANOTHER),
    ]  # fmt: skip
    for answer in answers:
        refused(answer, 401, "login.refused")
    assert len({answer.text for answer in answers}) == 1


def test_who_decides_sees_nothing_before_a_second_factor(app: Flask, office: Office) -> None:
    person = a_person(app, office.id, APPROVER).with_app()
    token = person.log_in().json["token"]
    slug = person.log_in().json["organisations"][0]["slug"]
    caller = Caller(app, token, slug)
    refused(caller.get("breaches"), 403, "second_factor.required")
    assert keys(caller.post("/api/session/proof", {"code": "123"})) == [("code", "second_factor.wrong_code")]
    assert caller.post("/api/session/proof", {"code": person.code}).status_code == 204
    assert caller.get("breaches").status_code == 200
    assert keys(caller.post("/api/session/proof", {"code": person.code})) == [("code", "second_factor.wrong_code")]


def test_a_recovery_code_works_once(app: Flask, office: Office) -> None:
    person = a_person(app, office.id, APPROVER).with_app()
    code = person.recovery_codes()[0]
    assert person.log_in(code=code.upper().replace("-", " ")).json["second_factor"] == "given"
    refused(person.log_in(code=code), 401, "login.refused")
    assert history_of(office.id, person.id) == ["user.recovery_code_used"]


def test_setting_up_an_app_gives_codes_and_counts_as_proof(app: Flask, office: Office, database: Database) -> None:
    person = a_person(app, office.id, APPROVER)
    caller = person.caller()
    made = caller.post("/api/me/totp").json
    assert made["uri"].startswith("otpauth://totp/Meldketen:") and made["secret"] in made["uri"]
    assert made["qr"].startswith("<svg")
    person.secret = made["secret"]
    assert keys(caller.post("/api/me/totp/confirmation", {"code": "000000"})) == [("code", "second_factor.wrong_code")]
    codes = caller.post("/api/me/totp/confirmation", {"code": person.code}).json["recovery_codes"]
    assert len(set(codes)) == 10 and all(re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", code) for code in codes)
    assert caller.post("/api/me/recovery-codes").status_code == 200
    kept = str(database.outside("select * from user_totp") + database.outside("select * from recovery_code"))
    assert made["secret"] not in kept and codes[0] not in kept
    assert history_of(office.id, person.id) == ["user.second_factor_set", "user.recovery_codes_renewed"]
    mails = "select id from mail_batch where purpose = 'security' and about_id = :id"
    assert len(database.outside(mails, id=person.id)) == 2


def test_factors_change_only_after_a_fresh_proof(app: Flask, office: Office, database: Database) -> None:
    person = a_person(app, office.id, APPROVER).with_app()
    refused(person.caller().post("/api/me/totp"), 403, "second_factor.required")
    refused(person.caller().get("/api/me/sessions"), 403, "second_factor.required")
    caller = person.caller(proven=True)
    assert caller.post("/api/me/totp").status_code == 200
    age(database, person, "proof_at = now() - interval '6 minutes'")
    for method, path, body in (
        ("POST", "/api/me/totp", None), ("POST", "/api/me/recovery-codes", None),
        ("PUT", "/api/me/password", {"password": PASSWORD, "new_password": ANOTHER}),
        ("POST", "/api/me/passkeys/options", None), ("DELETE", "/api/me/password", None),
    ):  # fmt: skip
        refused(caller.call(method, path, json=body), 403, "proof.too_old")


def test_sessions_are_listed_and_end_at_once(app: Flask, someone: Person) -> None:
    firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
    login = {"email": someone.email, "password": PASSWORD}
    token = app.test_client().post("/api/session", json=login, headers={"User-Agent": firefox}).json["token"]
    here, there, third = someone.caller(), Caller(app, token, ""), someone.caller()
    listed = here.get("/api/me/sessions").json
    assert sorted(row["browser"] for row in listed) == ["", "", "Firefox, Windows"]
    assert [row["this_one"] for row in listed].count(True) == 1
    [firefoxes] = [row["id"] for row in listed if row["browser"]]
    assert here.call("DELETE", f"/api/me/sessions/{firefoxes}").status_code == 204
    refused(there.get("/api/organisations"), 401, "http.401")
    refused(here.call("DELETE", f"/api/me/sessions/{firefoxes}"), 404, "session.unknown")
    assert here.call("DELETE", "/api/me/sessions").status_code == 204
    refused(third.get("/api/organisations"), 401, "http.401")
    assert here.get("/api/organisations").status_code == 200


def test_only_the_person_ends_a_session(app: Flask, office: Office, someone: Person) -> None:
    other = a_person(app, office.id, AUDITOR).caller()
    [mine] = [row["id"] for row in other.get("/api/me/sessions").json]
    refused(someone.caller().call("DELETE", f"/api/me/sessions/{mine}"), 404, "session.unknown")


@pytest.mark.parametrize("why", ["last_seen_at = now() - interval '61 minutes'", "expires_at = now()"])
def test_a_session_ends_by_itself(app: Flask, someone: Person, database: Database, why: str) -> None:
    caller = someone.caller()
    assert caller.get("/api/organisations").status_code == 200
    age(database, someone, why)
    refused(caller.get("/api/organisations"), 401, "http.401")


def test_being_seen_is_written_once_a_minute(app: Flask, someone: Person, database: Database) -> None:
    caller = someone.caller()
    age(database, someone, "last_seen_at = now() - interval '50 minutes'")
    asked = "select last_seen_at > now() - interval '1 minute' as fresh, xmin::text from login_session"
    asked += " where user_id = :id"
    caller.get("/api/organisations")
    [first] = database.outside(asked, id=someone.id)
    caller.get("/api/organisations")
    assert first["fresh"] and database.outside(asked, id=someone.id) == [first]


def test_a_refused_request_counts_as_use_of_the_session(app: Flask, someone: Person, database: Database) -> None:
    caller = someone.caller()
    age(database, someone, "last_seen_at = now() - interval '50 minutes'")
    assert caller.get("/api/o/elsewhere/breaches").status_code == 404
    asked = "select last_seen_at > now() - interval '1 minute' as fresh from login_session where user_id = :id"
    assert database.outside(asked, id=someone.id) == [{"fresh": True}]


def test_another_password_ends_the_other_sessions(app: Flask, someone: Person, office: Office) -> None:
    here, there = someone.caller(), someone.caller()
    change = {"password": PASSWORD, "new_password": ANOTHER}
    wrong = here.put("/api/me/password", change | {"password": ANOTHER})
    assert keys(wrong) == [("password", "user.password_wrong")]
    assert keys(here.put("/api/me/password", {"new_password": ANOTHER})) == [("password", "user.password_wrong")]
    short = here.put("/api/me/password", change | {"new_password": "kort"})
    assert keys(short) == [("new_password", "user.password_too_short")]
    assert here.put("/api/me/password", change).status_code == 204
    refused(there.get("/api/organisations"), 401, "http.401")
    assert here.get("/api/organisations").status_code == 200
    refused(someone.log_in(), 401, "login.refused")
    assert someone.log_in(ANOTHER).status_code == 201
    assert history_of(office.id, someone.id) == ["user.password_changed"]


def test_another_role_counts_on_the_next_request(app: Flask, office: Office) -> None:
    person = a_person(app, office.id, OWNER)
    caller = Caller(app, person.caller(proven=True).token, slug_of(office.id))
    invited = {"email": "cor@example.nl", "role": "approver"}
    assert caller.post("invitations", invited).status_code == 201
    with acting_for_nobody():
        make_member(person.id, office.id, AUDITOR)
    refused(caller.post("invitations", invited), 403, "role.not_enough")


def slug_of(organisation: UUID) -> str:
    """How an organisation is called in addresses."""
    with acting_for(organisation):
        return the_acting_organisation().slug


def test_a_passkey_cannot_be_made_up(app: Flask, someone: Person, anybody: FlaskClient) -> None:
    options = anybody.post("/api/session/passkey/options").json["options"]
    assert options["rpId"] == "127.0.0.1" and options["userVerification"] == "required"
    for credential, status in (
        ({}, 422), ({"response": {}}, 401), ({"id": "x", "response": {"clientDataJSON": "e30"}}, 401),
        ({"response": []}, 422),
    ):  # fmt: skip
        answer = anybody.post("/api/session/passkey", json={"credential": credential})
        assert answer.status_code == status, answer.text
    made_up = {"name": "x", "credential": {"response": {"clientDataJSON": "e30"}}}
    new = someone.caller().post("/api/me/passkeys", made_up)
    assert keys(new) == [("credential", "passkey.refused")]


def test_an_account_keeps_a_way_in(app: Flask, someone: Person) -> None:
    refused(someone.caller().call("DELETE", "/api/me/password"), 422, "passkey.needed_first")

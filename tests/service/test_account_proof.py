"""Every route to one's own account, walked: what is asked of whoever comes with a session that began a while ago."""

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from service.admission.access import COOKIE
from tenants.database import db
from tenants.identity.linked_identities import begin_session_by_provider
from tenants.identity.sessions import begin_session
from tenants.identity.users import AUDITOR, OWNER, User, add_user, make_member, members_of
from tenants.isolation import acting_for, acting_for_nobody, database_now
from tests.conftest import Database
from tests.factories import Office, a_member, an_organisation
from tests.house.routes import filled, routes
from tests.service.caller import Caller, caller_for, keys, refused
from workflows.roles import NEEDS_FRESH_PROOF

PASSWORD = "een lange zin als wachtwoord"
BODY = {
    "code": "123456", "name": "x", "credential": {"response": {"clientDataJSON": "e30"}}, "password": PASSWORD,
    "new_password": "een heel andere lange zin",
}  # fmt: skip
FIELDS = {
    "/totp/confirmation": ("code",), "/passkeys": ("name", "credential"), "/password": ("password", "new_password"),
}  # fmt: skip
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
KEY = re.compile(r'name="form_key" value="([^"]+)"')
STALE = "update login_session set proof_at = now() - interval '6 minutes' where user_id = :id"
_number = iter(range(10_000))


def account_routes(app: Flask) -> Iterator[tuple[str, str]]:
    """Every method and address about one's own account."""
    for method, rule in routes(app):
        if rule.rule.startswith(("/api/me/", "/account")) or rule.rule in ("/proof/app", "/proof/passkey/new",
                                                                                    "/proof/passkey/new/options"):
            yield method, filled(rule.rule)


@pytest.fixture
def without_factor(app: Flask, office: Office) -> UUID:
    """An auditor with a password and nothing else."""
    with acting_for_nobody():
        user = add_user(f"account{next(_number)}@kantoor.example", "Nico", PASSWORD)
        make_member(user.id, office.id, AUDITOR)
    return user.id


def session_of(app: Flask, user_id: UUID, place: UUID | None = None) -> Caller:
    """A login with a password, or through the provider of a place."""
    with acting_for(place) if place else acting_for_nobody():
        user = db.session.get_one(User, user_id)
        return Caller(app, begin_session_by_provider(user, None) if place else begin_session(user), "")


def answers(caller: Caller, method: str, path: str) -> tuple[int, str]:
    """How a route answers: its status with the key of the refusal, or where the page leads."""
    if path.startswith("/api/"):
        wanted = next((names for end, names in FIELDS.items() if path.endswith(end)), ())
        answer = caller.call(method, path, json={name: BODY[name] for name in wanted} if method != "GET" else None)
        return answer.status_code, (answer.json or {}).get("key", "") if answer.is_json or answer.text else ""
    browser = caller.app.test_client()
    browser.set_cookie(COOKIE, caller.token)
    match = CSRF.search(browser.get("/proof/password").get_data(as_text=True))
    assert match
    form = {"csrf_token": match[1], "code": "123456"} if method == "POST" else None
    answer = browser.open(path, method=method, data=form)
    if answer.status_code == 403 and 'action="/proof' in answer.text:  # the page itself asks it
        return answer.status_code, "/proof/password" if 'action="/proof/password?' in answer.text else "/proof"
    where = "own_login" if answer.status_code == 403 else answer.headers.get("Location", "").partition("?")[0]
    return answer.status_code, where


def test_the_account_has_routes_to_walk(app: Flask) -> None:
    assert len(list(account_routes(app))) >= 20


def test_without_a_factor_every_door_asks_the_password_again(
    app: Flask, without_factor: UUID, database: Database
) -> None:
    caller = session_of(app, without_factor)
    late = "update login_session set password_at = now() - interval '31 minutes' where user_id = :id"
    database.outside(late, id=without_factor)
    for method, path in account_routes(app):
        page = (303 if method == "GET" else 403, "/proof/password")
        expected = (403, "proof.password_first") if path.startswith("/api/") else page
        assert answers(caller, method, path) == expected, (method, path)
    assert database.outside("select user_id from user_totp where user_id = :id", id=without_factor) == []
    page = app.test_client()
    page.set_cookie(COOKIE, caller.token)
    assert page.get("/proof").headers["Location"].startswith("/proof/password")


def test_six_minutes_are_too_long_but_for_the_first_code(
    app: Flask, without_factor: UUID, database: Database
) -> None:
    caller = session_of(app, without_factor)
    late = "update login_session set password_at = now() - interval '6 minutes' where user_id = :id"
    database.outside(late, id=without_factor)
    for method, path in account_routes(app):
        if path.startswith("/api/") and not path.endswith("/confirmation"):
            assert answers(caller, method, path) == (403, "proof.password_first"), (method, path)


def test_the_password_opens_the_account_for_five_minutes_and_decides_nothing(
    app: Flask, without_factor: UUID, database: Database
) -> None:
    caller = session_of(app, without_factor)
    database.outside("update login_session set password_at = null where user_id = :id", id=without_factor)
    assert keys(caller.post("/api/session/proof", {"password": "een verkeerde lange zin"})) == [
        ("password", "user.password_wrong")
    ]
    refused(caller.get("/api/me/sessions"), 403, "proof.password_first")
    assert caller.post("/api/session/proof", {"password": PASSWORD}).status_code == 204
    assert caller.get("/api/me/sessions").status_code == 200
    [row] = database.outside("select proof_at from login_session where user_id = :id", id=without_factor)
    assert row["proof_at"] is None


def test_a_login_by_provider_opens_no_door_to_an_account_that_counts_elsewhere(
    app: Flask, without_factor: UUID, office: Office
) -> None:
    elsewhere = an_organisation("Elders")
    with acting_for_nobody():
        make_member(without_factor, elsewhere, AUDITOR)
    own, caller = session_of(app, without_factor), session_of(app, without_factor, office.id)
    for method, path in account_routes(app):
        expected = (403, "provider.own_login_first") if path.startswith("/api/") else (403, "own_login")
        assert answers(caller, method, path) == expected, (method, path)
    assert own.get("/api/organisations").status_code == 200


def test_who_changes_the_house_has_just_proven_who_they_are(app: Flask, database: Database) -> None:
    """Every route of the API to an act of the table that changes something, a proof of six minutes ago."""
    place = an_organisation()
    owner = a_member(place, OWNER)
    assert owner.id
    caller = caller_for(app, owner.id)
    database.outside(STALE, id=owner.id)
    walked = set()
    for method, rule in routes(app):
        act = getattr(app.view_functions[rule.endpoint], "does", None)
        if act in NEEDS_FRESH_PROOF and method != "GET" and rule.rule.startswith("/api/"):
            answer = caller.call(method, filled(rule.rule.replace("<organisation>", caller.slug)), json={})
            assert answer.json["key"] == "step.prove_again", (method, rule.rule)
            walked.add(act)
    assert walked >= {"see_to_people", "appoint_deputy", "see_to_tokens", "see_to_provider"}


def test_an_owner_whose_seat_waits_changes_nothing_of_the_house(app: Flask, database: Database) -> None:
    """Somebody let in a moment ago could else put out those who may still end that seat."""
    place = an_organisation()
    first, new = a_member(place, OWNER), a_member(place, AUDITOR, "Nieuw")
    assert first.id and new.id
    database.outside("update organisation set claimed_at = now() - interval '2 days' where id = :id", id=place)
    assert caller_for(app, first.id).put(f"members/{new.id}/role", {"role": OWNER}).status_code == 200
    caller = caller_for(app, new.id)
    walked = set()
    for method, rule in routes(app):
        act = getattr(app.view_functions[rule.endpoint], "does", None)
        if act in NEEDS_FRESH_PROOF and method != "GET" and rule.rule.startswith("/api/"):
            path = rule.rule.replace("<organisation>", caller.slug).replace("<uuid:user_id>", str(first.id))
            assert caller.call(method, filled(path), json={}).json["key"] == "seat.not_yet", (method, rule.rule)
            walked.add(act)
    assert walked == NEEDS_FRESH_PROOF - {"see_to_keys"}  # commands only
    assert caller_for(app, first.id).call("DELETE", f"/api/o/{caller.slug}/members/{new.id}").status_code == 204


def test_the_acts_of_the_house_refuse_a_seat_that_waits_by_themselves(app: Flask, database: Database) -> None:
    """Pages reach the same acts without the check of the API."""
    place = an_organisation()
    first, new = a_member(place, OWNER), a_member(place, AUDITOR, "Nieuw")
    assert first.id and new.id
    database.outside("update organisation set claimed_at = now() - interval '2 days' where id = :id", id=place)
    assert caller_for(app, first.id).put(f"members/{new.id}/role", {"role": OWNER}).status_code == 200
    caller = caller_for(app, new.id)
    browser = app.test_client()
    browser.set_cookie(COOKIE, caller.token)
    shown = browser.get(f"/o/{caller.slug}/people").text
    match, key = CSRF.search(shown), KEY.search(shown)
    assert match and key
    form = {"csrf_token": match[1], "form_key": key[1], "role": AUDITOR, "email": "cor@example.nl"}
    for path in (f"people/{first.id}/role", "people"):
        page = browser.post(f"/o/{caller.slug}/{path}", data=form)
        assert page.status_code == 403, path
    with acting_for(place):
        assert {user.id: role for user, role in members_of(place)} == {first.id: OWNER, new.id: OWNER}


def test_the_pages_of_the_house_ask_it_too_and_lose_nothing(app: Flask, database: Database) -> None:
    place = an_organisation()
    owner, other = a_member(place, OWNER), a_member(place, OWNER, "Ander")
    assert owner.id and other.id
    caller = caller_for(app, owner.id)
    browser = app.test_client()
    browser.set_cookie(COOKIE, caller.token)
    database.outside(STALE, id=owner.id)
    shown = browser.get(f"/o/{caller.slug}/people").text
    match, key = CSRF.search(shown), KEY.search(shown)
    assert match and key
    with acting_for_nobody():
        today = database_now()
    form = {
        "csrf_token": match[1], "form_key": key[1], "email": "cor@example.nl", "role": AUDITOR,
        "of_user": str(owner.id), "reason": "Vrij",
        "deputy_id": str(other.id), "starts_at": f"{today:%Y-%m-%d}T00:00",
        "ends_at": f"{today + timedelta(days=7):%Y-%m-%d}T10:00",
    }  # fmt: skip
    walked = []
    for method, rule in routes(app):
        act = getattr(app.view_functions[rule.endpoint], "does", None)
        if act in ("see_to_people", "appoint_deputy") and method == "POST" and rule.rule.startswith("/o/"):
            path = filled(rule.rule.replace("<organisation>", caller.slug).replace("<uuid:user_id>", str(other.id)))
            page = browser.post(path, data=form)
            assert page.status_code == 403 and "Bevestig eerst wie u bent" in page.get_data(as_text=True), rule.rule
            walked.append(rule.rule)
    assert len(walked) >= 5
    kept = browser.post(f"/o/{caller.slug}/people", data=form).get_data(as_text=True)
    assert 'value="cor@example.nl"' in kept

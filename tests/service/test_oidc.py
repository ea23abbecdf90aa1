"""Logging in through an organisation's own provider, against a small real one: who comes in, and as sure as what."""

import time
from typing import Any

import pytest
from flask import Flask

from tests.conftest import Database
from tests.oidc.browser import CALLBACK, Browser
from tests.oidc.house import SECRET, OrganisationWithProvider, a_house, elsewhere, refusal, who_is
from tests.oidc.provider import ProviderServer
from tests.service.caller import Caller, refused


def test_a_member_logs_in_and_is_here_alone(app: Flask, house: OrganisationWithProvider) -> None:
    elsewhere(house.member)
    browser = Browser(app)
    assert "Inloggen met Kantoorlogin" in browser.get(f"/login/{house.slug}").text
    answer = browser.log_in(house.slug, f"/o/{house.slug}/register")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/o/{house.slug}/register")
    person = who_is(browser)
    assert person is not None and person.id == house.member and person.proof_at is None
    assert [place.organisation_id for place in person.places] == [house.id]
    asked = house.provider.asked[-1]
    assert len(asked["nonce"]) >= 43 and len(asked["code_challenge"]) == 43 and SECRET not in str(asked)


def test_a_provider_cannot_change_an_account_that_counts_elsewhere(app: Flask, server: ProviderServer) -> None:
    there = a_house(app, server.tenant("grasping"))
    there.provider.lies["claims"] = {"amr": ["mfa"]}
    browser = Browser(app)
    browser.log_in(there.slug)
    assert browser.get("/account").status_code == 200, "an account of this organisation alone"
    elsewhere(there.member)
    assert browser.get("/account").status_code == 403
    cookie, on = browser.client.get_cookie("meldketen_session"), f"/o/{there.slug}/register"
    assert cookie and browser.get(on).status_code == 200
    assert browser.post("/account/password", on, new_password="een heel nieuwe lange zin").status_code == 403
    api = Caller(app, cookie.value, there.slug)
    refused(api.put("/api/me/password", {"new_password": "een heel nieuwe lange zin"}), 403, "provider.own_login_first")
    refused(api.post("/api/me/totp"), 403, "provider.own_login_first")


@pytest.mark.parametrize(("said", "proven"), [
    ({"amr": ["pwd", "mfa"]}, True), ({"amr": ["pwd", "otp"]}, True), ({"amr": ["hwk", "pin"]}, True),
    ({"amr": ["pwd"]}, False), ({"amr": ["otp"]}, False), ({"amr": ["otp", "swk"]}, False), ({}, False),
    ({"acr": "urn:level:high"}, True), ({"acr": "urn:level:low"}, False), ({"amr": ["mfa"], "auth_time": None}, False),
])  # fmt: skip
def test_a_second_factor_counts_when_the_provider_says_so(
    app: Flask, server: ProviderServer, said: dict[str, Any], proven: bool
) -> None:
    there = a_house(app, server.tenant("levels"), proof_acr=["urn:level:high"])
    there.provider.lies["claims"] = said
    browser = Browser(app)
    assert browser.log_in(there.slug).status_code == 303
    person = who_is(browser)
    assert person is not None and (person.proof_at is not None) == proven
    asked_for_proof = browser.get(f"/o/{there.slug}/register").status_code == 303
    assert asked_for_proof == (not proven), "an approver shows a second factor before anything else"


def test_a_second_factor_of_hours_ago_is_not_of_now(app: Flask, house: OrganisationWithProvider) -> None:
    browser = Browser(app)
    house.provider.lies["claims"] = {"amr": ["mfa"], "auth_time": 0}
    assert refusal(browser, house) == "id_token_auth_time"
    house.provider.lies["claims"] = {"amr": ["mfa"], "auth_time": int(time.time()) - 7200}
    assert browser.log_in(house.slug).status_code == 303
    person = who_is(browser)
    assert person is not None and person.proof_at is not None
    assert abs(person.proof_at.timestamp() - (time.time() - 7200)) < 60


def test_a_way_back_works_once_in_the_browser_that_set_out(app: Flask, house: OrganisationWithProvider) -> None:
    browser, other = Browser(app), Browser(app)
    browser.get(f"/login/{house.slug}/provider")
    other.get(f"/login/{house.slug}/provider")
    address = browser.at_provider()
    assert refusal(other, house, address) == "lapsed"
    assert refusal(Browser(app), house, address) == "lapsed"
    assert browser.come_back(address).status_code == 303
    kept = Browser(app)
    kept.client.set_cookie("meldketen_errand", "x", path="/login/oidc")
    assert refusal(kept, house, address) == "lapsed"


def test_a_way_back_after_ten_minutes_is_over(app: Flask, database: Database, house: OrganisationWithProvider) -> None:
    browser = Browser(app)
    browser.get(f"/login/{house.slug}/provider")
    address = browser.at_provider()
    database.outside("update provider_errand set expires_at = now() where used_at is null")
    assert refusal(browser, house, address) == "lapsed"


def test_a_code_of_another_login_is_refused(app: Flask, house: OrganisationWithProvider) -> None:
    """Somebody's code, injected into one's own way back: the verifier does not fit."""
    victim, thief = Browser(app), Browser(app)
    for browser in (victim, thief):
        browser.get(f"/login/{house.slug}/provider")
    stolen = victim.at_provider().partition("code=")[2].partition("&")[0]
    own = thief.at_provider()
    mixed = own.replace(own.partition("code=")[2].partition("&")[0], stolen)
    assert refusal(thief, house, mixed) == "code_refused"


def test_a_wrong_client_secret_is_refused(app: Flask, server: ProviderServer) -> None:
    there = a_house(app, server.tenant("secretive"))
    there.provider.clients["meldketen"] = "another"
    assert refusal(Browser(app), there) == "token_refused"


def test_a_client_that_sends_its_secret_in_the_body(app: Flask, server: ProviderServer) -> None:
    there = a_house(app, server.tenant("by-body"))
    there.provider.lies["metadata"] = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert Browser(app).log_in(there.slug).status_code == 303


def test_a_token_of_another_tenant_of_the_same_provider_is_refused(
    app: Flask, server: ProviderServer, house: OrganisationWithProvider
) -> None:
    """Signed with the same key, for the same client id, about the same subject."""
    other = server.tenant("two", meldketen=SECRET)
    house.provider.lies["claims"] = {"iss": other.url}
    assert refusal(Browser(app), house) == "id_token_invalid_claim"


def test_an_answer_of_another_provider_reaches_no_token_endpoint(
    app: Flask, server: ProviderServer, house: OrganisationWithProvider
) -> None:
    """Mix-up: a login that was begun at one is answered by another."""
    other = server.tenant("mixer", meldketen=SECRET)
    other.redirect_uris.add(CALLBACK)
    browser = Browser(app)
    browser.get(f"/login/{house.slug}/provider")
    browser.at_provider()
    asked = house.provider.asked[-1]
    assert refusal(browser, house, other.authorize(asked)) == "answer_issuer"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\nb"])
def test_the_way_back_ends_here(app: Flask, house: OrganisationWithProvider, target: str) -> None:
    assert Browser(app).log_in(house.slug, target).headers["Location"] == "/"


def test_an_address_without_a_provider_tells_nothing(app: Flask, stranger: Caller) -> None:
    for slug in (stranger.slug, "bestaat-niet"):
        assert [Browser(app).get(f"/login/{slug}{rest}").status_code for rest in ("", "/provider")] == [404, 404]
    assert Browser(app).get("/login/oidc/go").status_code == Browser(app).get("/login/oidc/callback").status_code == 403

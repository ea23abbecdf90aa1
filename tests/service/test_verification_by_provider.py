"""Proving whose register it is with a login for organisations: only the right number, level, session and errand."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from jinja2 import BytecodeCache

from service import create_app
from service.oidc.installation import NAME, asking
from service.oidc.organisations import kvk_number_in
from service.oidc.remembered import Remembered
from tenants.database import db
from tenants.history.entries import of_subject
from tenants.identity.users import APPROVER, AUDITOR, OWNER, PRIVACY_OFFICER
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import a_member, an_organisation, verified
from tests.oidc.browser import CALLBACK, Browser
from tests.oidc.provider import Provider, ProviderServer
from tests.service.caller import caller_for
from tests.service.whole_service import whole_service
from workflows.mail.outbox import Outbox
from workflows.running import jobs

CLAIM, LEVEL, SECRET = "urn:etoegang:1.9:EntityConcernedID:KvKnr", "urn:loa3", "een geheim + met/tekens:é"
NAME_CLAIM = "urn:etoegang:1.11:attribute-represented:CompanyName"
NUMBER = "12345678"


@pytest.fixture(scope="module")
def broker(server: ProviderServer) -> Provider:
    """A provider that knows organisations."""
    there = server.tenant("broker", meldketen=SECRET)
    there.redirect_uris.add(CALLBACK)
    return there


@pytest.fixture(scope="module")
def app(database: Database, broker: Provider, compiled: BytecodeCache) -> Iterator[Flask]:
    """An installation that is set up for it."""
    settings = replace(
        database.config, organisation_provider_issuer=broker.url, organisation_provider_client_id="meldketen",
        organisation_provider_client_secret=SECRET, organisation_provider_claim=CLAIM,
        organisation_provider_acr=(LEVEL, "urn:loa4"), organisation_provider_name_claim=NAME_CLAIM,
    )  # fmt: skip
    with whole_service(settings, compiled) as service:
        yield service


@pytest.fixture
def organisation(app: Flask, database: Database, broker: Provider) -> Iterator[UUID]:
    """Nobody proved whose it is; the provider is honest, and knows it."""
    app.extensions[NAME] = replace(asking(app), remembered=Remembered())
    made = an_organisation(is_verified=False)
    database.outside("update organisation set kvk_number = :n where id = :id", n=NUMBER, id=made)
    broker.user = {"sub": "sanne", "acr": LEVEL, CLAIM: NUMBER}
    yield made
    broker.lies.clear()


def browser_of(app: Flask, organisation: UUID, role: str = OWNER) -> tuple[Browser, str]:
    """Of a member, and the page."""
    who = a_member(organisation, role)
    assert who.id
    caller = caller_for(app, who.id)
    return Browser(app, caller.token), f"/o/{caller.slug}/verification"


def set_out(browser: Browser, page: str) -> str:
    """To the provider; the address that leads back."""
    going = browser.post(f"{page}/provider", on=page)
    assert going.status_code == 200 and "127.0.0.1" in going.text, going.text
    return browser.at_provider()


def tried(organisation: UUID) -> list[dict[str, Any]]:
    with acting_for(organisation):
        entries = [entry for entry in of_subject(organisation) if entry.what.startswith("verification.")]
        assert NUMBER not in str(entries) and "87654321" not in str(entries)
        return [{"what": entry.what.partition(".")[2], **entry.details} for entry in entries]


def is_verified(database: Database, organisation: UUID) -> bool:
    [row] = database.outside("select verified_how from organisation where id = :id", id=organisation)
    assert row["verified_how"] in (None, "provider")
    return row["verified_how"] == "provider"


@pytest.mark.parametrize("role", [OWNER, PRIVACY_OFFICER])
def test_the_own_number_verifies_and_its_people_hear(
    app: Flask, database: Database, broker: Provider, organisation: UUID, outbox: Outbox, role: str
) -> None:
    browser, page = browser_of(app, organisation, role)
    broker.asked.clear()
    back = browser.come_back(set_out(browser, page))
    assert back.status_code == 303 and back.headers["Location"] == page, back.text
    assert broker.asked[0]["acr_values"] == f"{LEVEL} urn:loa4"
    assert is_verified(database, organisation) and "is geverifieerd" in browser.get(page).text
    assert tried(organisation) == [{"what": "verified", "how": "provider"}]
    jobs.drain(str(organisation))
    assert any("geverifieerd" in mail.subject for mail in outbox.mails)


@pytest.mark.parametrize(("said", "is_checked"), [
    ("Kantoor", True), ("  KANTOOR ", True), ("Kantoor B.V.", False), ("", False), (["Kantoor"], False), (None, False),
])  # fmt: skip
def test_a_name_that_equals_is_checked_with_the_number(
    app: Flask, database: Database, broker: Provider, organisation: UUID, said: object, is_checked: bool
) -> None:
    browser, page = browser_of(app, organisation)
    broker.lies["claims"] = {NAME_CLAIM: said}
    assert browser.come_back(set_out(browser, page)).status_code == 303
    seen = browser.get(page).text
    assert f"KvK-nummer {NUMBER} bevestigd met een inlogmiddel voor organisaties" in seen
    assert ("de naam is ook gecontroleerd" in seen) is is_checked
    assert ("naam zoals de organisatie die zelf opgaf" in seen) is not is_checked
    checked = {"name": "checked"} if is_checked else {}
    assert tried(organisation) == [{"what": "verified", "how": "provider"} | checked]


LIES: dict[str, tuple[dict[str, Any], str, str]] = {
    "another number": ({CLAIM: "87654321"}, "another_number", "ander KvK-nummer"),
    "no claim": ({CLAIM: None}, "no_number", "geen KvK-nummer"),
    "a number without quotes": ({CLAIM: int(NUMBER)}, "no_number", "geen KvK-nummer"),
    "more than a number": ({CLAIM: f"{NUMBER} "}, "no_number", "geen KvK-nummer"),
    "several numbers": ({CLAIM: [NUMBER, "87654321"]}, "no_number", "geen KvK-nummer"),
    "nested where it is not": ({CLAIM: {"x": NUMBER}}, "no_number", "geen KvK-nummer"),
    "too low a level": ({"acr": "urn:loa2"}, "level_too_low", "niveau dat te laag is"),
    "no level": ({"acr": None}, "level_too_low", "niveau dat te laag is"),
    "levels in a list": ({"acr": [LEVEL]}, "level_too_low", "niveau dat te laag is"),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_is_not_its_own_number_at_the_level_is_refused_and_remembered(
    app: Flask, database: Database, broker: Provider, organisation: UUID, lie: str
) -> None:
    claims, why, words = LIES[lie]
    browser, page = browser_of(app, organisation)
    broker.lies["claims"] = claims
    back = browser.come_back(set_out(browser, page))
    assert back.status_code == 403 and words in back.text and "beheerder van Meldketen" in back.text, back.text
    assert not is_verified(database, organisation)
    assert tried(organisation) == [{"what": "refused", "how": "provider", "why": why}]


@pytest.mark.parametrize("lies", [
    {"claims": {"iss": "https://elsewhere.example"}}, {"claims": {"nonce": "of-another-login"}}, {"alg": "none"},
    {"claims": {"aud": "somebody-else"}}, {"answer": {"code": None, "error": "access_denied"}},
])  # fmt: skip
def test_a_token_that_is_not_for_this_errand_proves_nothing(
    app: Flask, database: Database, broker: Provider, organisation: UUID, lies: dict[str, Any]
) -> None:
    browser, page = browser_of(app, organisation)
    broker.lies.update(lies)
    back = browser.come_back(set_out(browser, page))
    assert back.status_code == 403 and "beheerder van Meldketen" in back.text
    assert not is_verified(database, organisation) and tried(organisation) == []


def test_an_errand_is_of_one_session_and_works_once(
    app: Flask, database: Database, broker: Provider, organisation: UUID
) -> None:
    browser, page = browser_of(app, organisation)
    address = set_out(browser, page)
    stranger, _ = browser_of(app, an_organisation())
    assert stranger.come_back(address).status_code == 403, "without the cookie of the errand"
    mine, theirs = (caller.client.get_cookie("meldketen_session") for caller in (browser, stranger))
    assert mine and theirs
    browser.client.set_cookie("meldketen_session", theirs.value)
    assert browser.come_back(address).status_code == 403, "somebody else logged in meanwhile"
    browser.client.set_cookie("meldketen_session", mine.value)
    assert browser.come_back(address).status_code == 403, "the errand is over"
    assert not is_verified(database, organisation) and tried(organisation) == []


def test_who_lost_the_seat_on_the_way_proves_nothing(
    app: Flask, database: Database, broker: Provider, organisation: UUID
) -> None:
    browser, page = browser_of(app, organisation, PRIVACY_OFFICER)
    address = set_out(browser, page)
    database.outside("update membership set role = 'auditor' where organisation_id = :id", id=organisation)
    assert browser.come_back(address).status_code == 403
    assert not is_verified(database, organisation) and tried(organisation) == []


def test_whose_seat_waits_by_then_proves_nothing(
    app: Flask, database: Database, broker: Provider, organisation: UUID
) -> None:
    """The database refuses it too: it is told who came back."""
    browser, page = browser_of(app, organisation, PRIVACY_OFFICER)
    address = set_out(browser, page)
    waits = "update membership set counts_from = now() + :days * interval '1 day' where organisation_id = :id"
    database.outside(waits, days=1, id=organisation)
    back = browser.come_back(address)
    assert back.status_code == 403 and "U beslist hier pas mee vanaf" in back.text
    assert not is_verified(database, organisation) and tried(organisation) == []
    assert browser.post(f"{page}/provider", on=page).status_code == 403
    database.outside(waits, days=0, id=organisation)
    assert browser.come_back(set_out(browser, page)).status_code == 303
    assert is_verified(database, organisation)


def test_who_was_verified_on_the_way_needs_nothing_more(
    app: Flask, database: Database, broker: Provider, organisation: UUID
) -> None:
    browser, page = browser_of(app, organisation)
    address = set_out(browser, page)
    verified(database.config.owner_url(), organisation)
    back = browser.come_back(address)
    assert back.status_code == 409 and "al geverifieerd" in back.text
    assert [attempt["how"] for attempt in tried(organisation) if "how" in attempt] == ["operator"]


@pytest.mark.parametrize("role", [AUDITOR, APPROVER])
def test_only_who_may_prove_it_sets_out(app: Flask, organisation: UUID, role: str) -> None:
    browser, page = browser_of(app, organisation, role)
    assert "Inloggen namens uw organisatie" not in browser.get(page).text
    assert browser.post(f"{page}/provider", on="/account").status_code == 403


def test_proving_by_provider_takes_a_fresh_second_factor(app: Flask, database: Database, organisation: UUID) -> None:
    browser, page = browser_of(app, organisation)
    assert "Inloggen namens uw organisatie" in browser.get(page).text
    token = browser.get(page).text
    database.outside("update login_session set proof_at = now() - interval '6 minutes'")
    assert "Bevestig eerst wie u bent" in browser.get(page).text
    assert "csrf_token" in token and browser.post(f"{page}/provider", on=page).status_code == 403


def test_an_installation_without_a_provider_offers_none(database: Database, organisation: UUID) -> None:
    plain = create_app(database.config)
    browser, page = browser_of(plain, organisation)
    assert "Inloggen namens uw organisatie" not in browser.get(page).text
    assert browser.post(f"{page}/provider", on=page).status_code == 404
    with plain.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(("claims", "claim", "number"), [
    ({"kvk": NUMBER}, "kvk", NUMBER), ({"a": {"b": {"c": NUMBER}}}, "a.b.c", NUMBER),
    ({CLAIM: NUMBER}, CLAIM, NUMBER), ({"urn:x:1.9": {"kvk": NUMBER}}, "urn:x:1.9.kvk", NUMBER),
    ({"a.b": NUMBER, "a": {"b": "87654321"}}, "a.b", NUMBER), ({"kvk": [NUMBER]}, "kvk", NUMBER),
    ({"a": "b"}, "a.b", None), ({"a": {"b": NUMBER}}, "a", None), ({}, "", None), ({"kvk": "1234567"}, "kvk", None),
    ({"kvk": "١٢٣٤٥٦٧٨"}, "kvk", None), ({"kvk": NUMBER + "\n"}, "kvk", None),
])  # fmt: skip
def test_where_the_number_stands(claims: dict[str, Any], claim: str, number: str | None) -> None:
    assert kvk_number_in(claims, claim) == number


def test_a_claim_with_many_dots_ends() -> None:
    claims: dict[str, Any] = {}
    claims["a"] = claims
    assert kvk_number_in(claims, ".".join("a" * 5000) + str(uuid4())) is None

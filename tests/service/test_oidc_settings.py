"""Setting up the provider of an organisation: its owner alone, and its secret is never shown."""

from typing import Any

import pytest
from flask import Flask

from tenants.history.entries import of_subject
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.oidc.browser import BASE_URL, CALLBACK, Browser
from tests.oidc.house import SECRET, OrganisationWithProvider, a_house
from tests.oidc.provider import ProviderServer
from tests.service.caller import Caller, caller_for, refused


def test_settings_never_show_the_secret(
    app: Flask, server: ProviderServer, database: Database, stranger: Caller
) -> None:
    there = a_house(app, server.tenant("settings"))
    answer = there.owner.get("provider").json
    assert "client_secret" not in answer and SECRET not in str(answer)
    assert answer["login_url"] == f"{BASE_URL}/login/{there.slug}" and answer["redirect_uri"] == CALLBACK
    [row] = database.outside("select sealed_secret from identity_provider where organisation_id = :id", id=there.id)
    assert SECRET.encode() not in bytes(row["sealed_secret"])
    body = {"name": "Anders", "issuer": there.provider.url, "client_id": "meldketen"}
    assert there.owner.put("provider", body).status_code == 200
    assert Browser(app).log_in(there.slug).status_code == 303, "the secret that was there stays"
    refused(stranger.get("provider"), 404, "provider.none")
    refused(stranger.call("DELETE", "provider"), 404, "provider.none")
    assert there.owner.call("DELETE", "provider").status_code == 204
    refused(there.owner.get("provider"), 404, "provider.none")
    assert database.outside("select from identity_provider where organisation_id = :id", id=there.id) == []
    with acting_for(there.id):
        whole = [(entry.what, entry.details) for entry in of_subject(there.id)]
    assert [what for what, _ in whole] == ["provider.set", "provider.set", "provider.removed"]
    assert SECRET not in str(whole)


@pytest.mark.parametrize(("given", "key"), [
    ({"issuer": "http://login.example"}, "provider.issuer"), ({"issuer": "ftp://login.example"}, "provider.issuer"),
    ({"issuer": "https://u:p@login.example"}, "provider.issuer"),
    ({"issuer": "https://login.example/?x=1"}, "provider.issuer"),
    ({"client_id": ""}, "field.required"), ({"client_secret": None}, "field.required"),
])  # fmt: skip
def test_settings_that_cannot_be(stranger: Caller, given: dict[str, Any], key: str) -> None:
    body = {"name": "x", "issuer": "https://login.example", "client_id": "x", "client_secret": "x"} | given
    answer = stranger.put("provider", body)
    assert answer.status_code == 422 and answer.json["errors"][0]["key"] == key, answer.text


def test_only_an_owner_sets_the_provider_up(app: Flask, house: OrganisationWithProvider) -> None:
    member = Caller(app, caller_for(app, house.member).token, house.slug)
    body = {"name": "x", "issuer": "https://login.example", "client_id": "x", "client_secret": "x"}
    for answer in (member.get("provider"), member.put("provider", body), member.call("DELETE", "provider")):
        refused(answer, 403, "role.not_enough")


def test_an_owner_sets_the_provider_up_on_its_page(app: Flask, server: ProviderServer) -> None:
    there = a_house(app, server.tenant("paged"))
    browser, page = Browser(app, there.owner.token), f"/o/{there.slug}/provider"
    shown = browser.get(page)
    assert there.provider.url in shown.text and CALLBACK in shown.text and "geheim" not in shown.text
    form = {"name": "Nieuwe naam", "issuer": there.provider.url, "client_id": "meldketen", "proof_acr": ["a", "b"]}
    assert browser.post(page, page, **form).status_code == 303
    assert there.owner.get("provider").json["proof_acr"] == ["a", "b"]
    wrong = browser.post(page, page, **form | {"issuer": "http://x.example"})
    assert wrong.status_code == 422 and "begint met https://" in wrong.text
    assert browser.post(f"{page}/removal", page).status_code == 303
    assert browser.post(f"{page}/removal", page).status_code == 404

"""A provider that misbehaves: what is not wholly right is refused, with a plain page, and logged without a person."""

import logging
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import RSAKey

from tests.oidc.browser import Browser
from tests.oidc.house import OrganisationWithProvider, refusal

FOREIGN, WEAK = RSAKey.generate_key(2048), RSAKey.generate_key(1024)
LIES = {
    "wrong iss": ({"claims": {"iss": "https://elsewhere.example"}}, "id_token_invalid_claim"),
    "no iss": ({"claims": {"iss": None}}, "id_token_missing_claim"),
    "wrong aud": ({"claims": {"aud": "somebody-else"}}, "id_token_missing_claim"),
    "aud without us": ({"claims": {"aud": ["a", "b"], "azp": "meldketen"}}, "id_token_audience"),
    "aud of several, for another": ({"claims": {"aud": ["meldketen", "b"], "azp": "b"}}, "id_token_invalid_claim"),
    "aud of several, for nobody": ({"claims": {"aud": ["meldketen", "b"]}}, "id_token_missing_claim"),
    "wrong nonce": ({"claims": {"nonce": "of-another-login"}}, "id_token_invalid_claim"),
    "no nonce": ({"claims": {"nonce": None}}, "id_token_missing_claim"),
    "odd nonce": ({"claims": {"nonce": ["x"]}}, "id_token_invalid_claim"),
    "expired": ({"claims": {"exp": 1}}, "id_token_expired_token"),
    "without exp": ({"claims": {"exp": None}}, "id_token_missing_claim"),
    "aud of another, signed for us": ({"claims": {"aud": "b", "azp": "meldketen"}}, "id_token_audience"),
    "from tomorrow": ({"claims": {"iat": 4_000_000_000}}, "id_token_invalid_claim"),
    "no sub": ({"claims": {"sub": None}}, "id_token_missing_claim"),
    "odd sub": ({"claims": {"sub": 7}}, "id_token_"),
    "long sub": ({"claims": {"sub": "x" * 256}}, "id_token_subject"),
    "alg none": ({"alg": "none"}, "id_token_"),
    "HS256 with the public key": ({"alg": "HS256"}, "id_token_"),
    "alg not pinned": ({"alg": "PS256"}, "id_token_"),
    "another key": ({"key": FOREIGN}, "id_token_bad_signature"),
    "no token": ({"token": {"id_token": None}}, "no_id_token"),
    "no jwt": ({"token": {"id_token": "a.b.c"}}, "id_token_"),
    "a shared secret as key": ({"jwks": {"keys": [{"kty": "oct", "k": "AAAA"}]}}, "no_keys"),
    "a key that is not for signatures": (
        {"key": FOREIGN, "jwks": {"keys": [FOREIGN.as_dict(private=False) | {"use": "enc"}]}}, "no_keys",
    ),
    "a key that is too short": ({"key": WEAK, "jwks": {"keys": [WEAK.as_dict(private=False)]}}, "weak_key"),
    "a sub of two lines": ({"claims": {"sub": "fenna\n1"}}, "id_token_subject"),
    "logged in tomorrow": ({"claims": {"auth_time": 4_000_000_000}}, "id_token_auth_time"),
    "answer of another": ({"answer": {"iss": "https://elsewhere.example"}}, "answer_issuer"),
    "answer of nobody": ({"answer": {"iss": None}}, "answer_without_issuer"),
    "a made-up code": ({"answer": {"code": "made-up"}}, "code_refused"),
    "a code without end": ({"answer": {"code": "x" * 4097}}, "no_code"),
    "no code": ({"answer": {"code": None}}, "no_code"),
    "refused there": ({"answer": {"code": None, "error": "access_denied"}}, "denied"),
    "wrong state": ({"answer": {"state": "x" * 43}}, "lapsed"),
    "no state": ({"answer": {"state": None}}, "lapsed"),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_of_the_provider_is_refused(app: Flask, house: OrganisationWithProvider, lie: str) -> None:
    lies, because = LIES[lie]
    house.provider.lies.update(lies)
    assert refusal(Browser(app), house).startswith(because)


DISCOVERIES = {
    "another issuer": ({"metadata": {"issuer": "https://elsewhere.example"}}, "discovery_issuer"),
    "weak signatures": ({"metadata": {"id_token_signing_alg_values_supported": ["none", "HS256"]}}, "no_algorithm"),
    "no PKCE": ({"metadata": {"code_challenge_methods_supported": ["plain"]}}, "no_pkce"),
    "an endpoint without https": ({"metadata": {"token_endpoint": "http://elsewhere.example/token"}}, "not_https"),
    "an endpoint that is none": ({"metadata": {"jwks_uri": ["x"]}}, "discovery_endpoint"),
    "a script": ({"metadata": {"authorization_endpoint": "javascript:alert(1)"}}, "address"),
    "a redirect": ({"discovery": (302, b"", "http://127.0.0.1:1/")}, "redirect"),
    "too much": ({"discovery": (200, b"[" * 300_000)}, "too_large"),
    "too deep": ({"discovery": (200, b"[" * 200_000)}, "no_json"),
    "no JSON": ({"discovery": (200, b"<html>")}, "no_json"),
    "no object": ({"discovery": (200, b"[]")}, "no_json"),
    "no secret that we have": (
        {"metadata": {"token_endpoint_auth_methods_supported": ["private_key_jwt"]}}, "no_client_authentication",
    ),
    "an error": ({"discovery": (500, b"{}")}, "status"),
}  # fmt: skip


@pytest.mark.parametrize("lie", DISCOVERIES)
def test_a_provider_that_cannot_be_trusted_is_not_gone_to(
    app: Flask, house: OrganisationWithProvider, lie: str, caplog: Any
) -> None:
    lies, because = DISCOVERIES[lie]
    house.provider.lies.update(lies)
    browser = Browser(app)
    browser.get(f"/login/{house.slug}/provider")
    with caplog.at_level(logging.WARNING, "service.web.oidc"):
        answer = browser.get("/login/oidc/go")
    assert answer.status_code == 403 and "systeembeheerder" in answer.text
    assert [vars(record)["fault"] for record in caplog.records] == [because]

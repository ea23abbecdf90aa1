"""A login at a provider: the address to which a browser is sent, and the check of its return.

The browser keeps one random secret, and state, nonce and code verifier are derived from it. So no secret is stored
here, and nobody can finish a login without the cookie.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from service.oidc.fetching import Asker, ProviderFault
from service.oidc.id_token import SESSION, Expected, Identity, identity_in
from service.oidc.metadata import Metadata, metadata_of

SCOPE = "openid profile"
LONGEST_CODE = 4096


@dataclass(frozen=True)
class Client:
    """Our registration at one organisation's provider."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    proof_acr: tuple[str, ...] = ()
    wanted_acr: tuple[str, ...] = ()
    """The levels that are asked for. The caller checks whether one of them was reached."""


def derived(secret: str, what: str) -> str:
    """Return 43 characters that only the holder of this secret can derive. `what`: "state", "nonce" or "verifier"."""
    digest = hmac.digest(secret.encode(), what.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def address_to_go_to(client: Client, secret: str, asker: Asker) -> str:
    """Return the address where the browser asks the provider who its user is.

    Raises ProviderFault as `metadata_of` does.
    """
    metadata = metadata_of(client.issuer, asker)
    uri: str = prepare_grant_uri(
        metadata.authorization_endpoint, client_id=client.client_id, response_type="code", scope=SCOPE,
        redirect_uri=client.redirect_uri, state=derived(secret, "state"), nonce=derived(secret, "nonce"),
        code_challenge=create_s256_code_challenge(derived(secret, "verifier")), code_challenge_method="S256",
        max_age=int(SESSION.total_seconds()), acr_values=" ".join(client.wanted_acr) or None,
    )  # fmt: skip
    return uri


def is_answer_to(answer: Mapping[str, str], secret: str) -> bool:
    """Return whether this answer belongs to this browser's errand."""
    return hmac.compare_digest(answer.get("state", "").encode(), derived(secret, "state").encode())


def identity_from(
    answer: Mapping[str, str], client: Client, secret: str, asker: Asker, now: datetime
) -> Identity:
    """Return who came back. Raises ProviderFault for every answer that is not completely right."""
    metadata = metadata_of(client.issuer, asker)
    _refuse_another_issuer(answer, metadata)
    if "error" in answer or not 0 < len(answer.get("code", "")) <= LONGEST_CODE:
        raise ProviderFault("denied" if answer.get("error") == "access_denied" else "no_code")
    token = _token(answer["code"], client, secret, metadata, asker)
    expected = Expected(metadata, client.client_id, derived(secret, "nonce"))
    return _read(token, expected, client, asker, now)


def _read(token: object, expected: Expected, client: Client, asker: Asker, now: datetime) -> Identity:
    """Return the identity in the token. The keys may have changed, so they are asked anew before a token is refused."""
    uri = expected.metadata.jwks_uri
    remembered = asker.what_is_kept(uri)
    if remembered is not None:
        with suppress(ProviderFault):
            return identity_in(token, remembered, expected, now, client.proof_acr)
    return identity_in(token, asker.get(uri), expected, now, client.proof_acr)


def _refuse_another_issuer(answer: Mapping[str, str], metadata: Metadata) -> None:
    """Raise ProviderFault for an answer of another provider (RFC 9207), before its code is sent anywhere."""
    if metadata.says_who_answers and "iss" not in answer:
        raise ProviderFault("answer_without_issuer")
    if "iss" in answer and answer["iss"] != metadata.issuer:
        raise ProviderFault("answer_issuer")


def _token(code: str, client: Client, secret: str, metadata: Metadata, asker: Asker) -> object:
    body = prepare_token_request(
        "authorization_code", code=code, redirect_uri=client.redirect_uri, code_verifier=derived(secret, "verifier")
    )
    headers = {}
    if metadata.secret_in_body:
        body += "&" + urlencode({"client_id": client.client_id, "client_secret": client.client_secret})
    else:
        headers["Authorization"] = _basic(client)
    status, document = asker.post(metadata.token_endpoint, body, headers)
    if status != 200:
        raise ProviderFault("code_refused" if document.get("error") == "invalid_grant" else "token_refused")
    return document.get("id_token")


def _basic(client: Client) -> str:
    """Return both values, each encoded as in a form before they are joined (RFC 6749, 2.3.1)."""
    joined = ":".join(quote(part, safe="") for part in (client.client_id, client.client_secret))
    return "Basic " + base64.b64encode(joined.encode()).decode()

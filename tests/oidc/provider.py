"""A small real OpenID Connect provider on loopback: it checks what a good one checks, and misbehaves when told to.

`lies` are switches: {"iss": "https://elsewhere.example"} writes another issuer in the ID token, {"alg": "none"} leaves
out the signature, and so on; each test of a refusal turns one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey


@dataclass
class Provider:
    """One tenant of a provider: its clients, the user that logs in there, and what it lies about."""

    url: str
    key: RSAKey
    clients: dict[str, str] = field(default_factory=dict)
    redirect_uris: set[str] = field(default_factory=set)
    user: dict[str, Any] = field(default_factory=lambda: {"sub": "fenna-1", "name": "Fenna de Wit"})
    lies: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    def metadata(self) -> dict[str, Any]:
        """What discovery answers."""
        metadata = {
            "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/jwks",
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"], "response_types_supported": ["code"],
            "authorization_response_iss_parameter_supported": True,
        }  # fmt: skip
        return metadata | self.lies.get("metadata", {})

    def authorize(self, given: dict[str, str]) -> str:
        """The user logs in at once; where their browser goes."""
        assert given["client_id"] in self.clients and given["redirect_uri"] in self.redirect_uris, given
        assert given["response_type"] == "code" and "openid" in given["scope"].split(), given
        assert given["code_challenge_method"] == "S256" and len(given["state"]) >= 43, given
        self.asked.append(given)
        code = secrets.token_urlsafe(24)
        self.codes[code] = given
        answer = {"code": code, "state": given["state"], "iss": self.url} | self.lies.get("answer", {})
        return f"{given['redirect_uri']}?{urlencode({k: v for k, v in answer.items() if v is not None})}"

    def exchange(self, given: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """A code for a token: once, by the client that it was given to, with its secret and verifier."""
        client_id, secret = _client(given, authorization)
        if not hmac.compare_digest(self.clients.get(client_id, "-").encode(), secret.encode()):
            return 401, {"error": "invalid_client"}
        begun = self.codes.pop(given.get("code", ""), None)
        if begun is None or begun["client_id"] != client_id or begun["redirect_uri"] != given.get("redirect_uri"):
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != begun["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        tokens = {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token(begun)}
        return 200, tokens | self.lies.get("token", {})

    def id_token(self, begun: dict[str, str]) -> str:
        """Who logged in; with whatever is lied about."""
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": begun["client_id"], "nonce": begun["nonce"], "iat": now, "exp": now + 300,
            "auth_time": now, **self.user,
        } | self.lies.get("claims", {})  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        alg = self.lies.get("alg", "RS256")
        if alg == "none":
            return f"{_part({'alg': 'none'})}.{_part(claims)}."
        if alg == "HS256":  # with the public key, that anybody has, as the secret
            signed = f"{_part({'alg': 'HS256', 'kid': self.key.kid})}.{_part(claims)}"
            mac = hmac.digest(self.key.as_pem(private=False), signed.encode(), hashlib.sha256)
            return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"
        key = self.lies.get("key", self.key)
        return jwt.encode({"alg": alg, "kid": self.key.kid}, claims, key, algorithms=[alg])


class ProviderServer:
    """One address with several tenants under it, as the large providers have: /one, /two."""

    def __init__(self) -> None:
        self.tenants: dict[str, Provider] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answers", (_Answers,), {"tenants": self.tenants}))
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.key = RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def tenant(self, name: str, **clients: str) -> Provider:
        """A tenant with its own issuer; all sign with the same key, as those of one provider may."""
        self.tenants[name] = Provider(f"{self.url}/{name}", self.key, clients)
        return self.tenants[name]

    def stop(self) -> None:
        """Gone."""
        self.server.shutdown()
        self.server.server_close()


class _Answers(BaseHTTPRequestHandler):
    tenants: dict[str, Provider] = {}

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        name, _, path = parts.path.lstrip("/").partition("/")
        tenant = self.tenants[name]
        if path == "authorize":
            return self._answer(303, b"", tenant.authorize(dict(parse_qsl(parts.query))))
        if path == ".well-known/openid-configuration" and "discovery" in tenant.lies:
            return self._answer(*tenant.lies["discovery"])
        document = {"jwks": {"keys": [tenant.key.as_dict(private=False)]} | tenant.lies.get("jwks", {})}
        document[".well-known/openid-configuration"] = tenant.metadata()
        self._answer(200, json.dumps(document[path]).encode())

    def do_POST(self) -> None:
        name = self.path.lstrip("/").partition("/")[0]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form, authorization = dict(parse_qsl(body)), self.headers.get("Authorization", "")
        status, answer = self.tenants[name].exchange(form, authorization)
        self._answer(status, json.dumps(answer).encode())

    def _answer(self, status: int, body: bytes, location: str = "") -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


def _client(given: dict[str, str], authorization: str) -> tuple[str, str]:
    kind, _, value = authorization.partition(" ")
    if kind == "Basic":
        client_id, _, secret = base64.b64decode(value).decode().partition(":")
        return unquote(client_id), unquote(secret)
    return given.get("client_id", ""), given.get("client_secret", "")


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

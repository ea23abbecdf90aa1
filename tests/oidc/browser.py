"""A browser that keeps its cookies: it posts forms as they stand on a page, and goes to a provider and back."""

import re
import urllib.request
from http.client import HTTPMessage
from itertools import count
from typing import IO, Any

from flask import Flask
from werkzeug.test import TestResponse

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
KEY = re.compile(r'name="form_key" value="([^"]+)"')
BASE_URL = "http://127.0.0.1:8000"
CALLBACK = f"{BASE_URL}/login/oidc/callback"


_addresses = count()


class Browser:
    """One person's browser, at an address of its own: one address may not log in without end."""

    def __init__(self, app: Flask, session: str = "") -> None:
        self.client = app.test_client()
        self.client.environ_base["REMOTE_ADDR"] = f"198.18.0.{next(_addresses) % 250 + 1}"
        if session:
            self.client.set_cookie("meldketen_session", session)

    def get(self, path: str) -> TestResponse:
        """A page."""
        return self.client.get(path)

    def post(self, path: str, on: str, **form: Any) -> TestResponse:
        """A form that stands on a page, with the token and the key of that page."""
        page = self.get(on).text
        token, key = CSRF.search(page), KEY.search(page)
        assert token, on
        return self.client.post(path, data={"csrf_token": token[1], "form_key": key[1] if key else "", **form})

    def at_provider(self) -> str:
        """Follow the way to the provider, where somebody logs in; the address that leads back, not yet followed."""
        there = self.get("/login/oidc/go")
        assert there.status_code == 303, there.text
        return redirected_to(there.headers["Location"])

    def come_back(self, address: str) -> TestResponse:
        """Follow the way back."""
        assert address.startswith(f"{CALLBACK}?"), address
        return self.get(address.removeprefix(BASE_URL))

    def log_in(self, slug: str, target: str = "/") -> TestResponse:
        """All of it: to the provider, and back."""
        assert self.client.get(f"/login/{slug}/provider", query_string={"next": target}).status_code == 303
        return self.come_back(self.at_provider())


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Do not follow."""


def redirected_to(url: str) -> str:
    """Where this address of the provider sends a browser."""
    try:
        urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({})).open(url, timeout=10)
    except urllib.error.HTTPError as answer:
        return str(answer.headers["Location"])
    raise AssertionError(f"{url} did not redirect")

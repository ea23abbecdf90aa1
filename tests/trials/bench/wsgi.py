"""Sends requests straight into a WSGI app, so that only the app's own time is measured."""

import io
import sys
from collections.abc import Callable, Mapping
from contextvars import Context
from typing import Any
from urllib.parse import urlsplit

from service.story.client import TrialFailed

App = Callable[..., Any]


def ask(
    app: App, path: str, token: str = "", body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> bytes:
    """One request, its whole answer. Raises TrialFailed when it is not a 2xx.

    In a context of its own, as a server gives it: inside an app's context of ours it would find the login of the one
    before in Flask's `g`, and look up nothing.
    """
    return Context().run(_ask, app, path, token, body, headers or {})


def _ask(app: App, path: str, token: str, body: bytes | None, headers: Mapping[str, str]) -> bytes:
    answered: list[str] = []
    environ = _environ(path, token, body)
    environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    parts = app(environ, lambda status, headers, exc_info=None: answered.append(status))
    try:
        content = b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    if not answered[0].startswith("2"):
        raise TrialFailed(f"{path}: {answered[0]} {content[:300]!r}")
    return content


def _environ(path: str, token: str, body: bytes | None) -> dict[str, Any]:
    parts = urlsplit(path)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET" if body is None else "POST", "PATH_INFO": parts.path, "QUERY_STRING": parts.query,
        "SCRIPT_NAME": "", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1", "wsgi.version": (1, 0), "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body or b""), "wsgi.errors": sys.stderr, "wsgi.multithread": True,
        "wsgi.multiprocess": True, "wsgi.run_once": False,
    }  # fmt: skip
    if token:
        environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    if body is not None:
        environ |= {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body))}
    return environ

"""One request and its answer over real HTTP, on one connection that stays open."""

import http.client
import io
import json
import re
import zipfile
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from service.story.client import TrialFailed

ANSWER_WITHIN = 60.0
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
FLASK_COOKIE = "session"


@dataclass(frozen=True)
class Request:
    """One request: method, address, headers and body; `who` sends it, and `what` names what is tried with it."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    who: str = "nobody"
    tries: str = ""

    def with_headers(self, *more: tuple[str, str]) -> "Request":
        """Return the same request with these headers added."""
        return replace(self, headers=(*self.headers, *more))

    def said(self) -> str:
        """Return everything that the sender knew already, in lower case."""
        return f"{self.target} {self.headers} {(self.body or b'').decode('utf-8', 'replace')}".lower()

    def __str__(self) -> str:
        body = (self.body or b"")[:200]
        return f"{self.method} {self.target[:300]} by {self.who}{f' ({self.tries})' if self.tries else ''} {body!r}"


@dataclass(frozen=True)
class Answer:
    """The answer to one request: status, headers and body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    content: bytes

    def header(self, name: str) -> str:
        """Return the value of a header; empty when the answer has no such header."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def kind(self) -> str:
        """Return the content type without its parameters."""
        return self.header("Content-Type").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """Return the whole answer as text, headers included; of a zip the files in it."""
        headers = "\n".join(f"{name}: {value}" for name, value in self.headers)
        content = _unpacked(self.content) if self.kind == "application/zip" else self.content
        return f"{headers}\n\n{content.decode('utf-8', 'replace')}"

    @property
    def json(self) -> Any:
        """Return the JSON of the API's answer. Raises ValueError when the body is no JSON."""
        return json.loads(self.content)

    @property
    def csrf(self) -> str | None:
        """Return the token in the page's form; None when it has none."""
        field = CSRF.search(self.content.decode("utf-8", "replace"))
        return field[1] if field else None


@dataclass
class Client:
    """Sends each request exactly as it is, and counts them."""

    base_url: str
    sent: int = 0
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def send(self, request: Request) -> Answer:
        """Send the request and return the answer. Raises TrialFailed when the service does not answer any more."""
        self.sent += 1
        for kept in (True, False):
            try:
                return self._send(request)
            except (OSError, http.client.HTTPException) as fault:
                self._connection = None
                if not kept:
                    raise TrialFailed(f"{request}: no answer ({type(fault).__name__})") from fault
        raise AssertionError

    def _send(self, request: Request) -> Answer:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(urlsplit(self.base_url).netloc, timeout=ANSWER_WITHIN)
        connection = self._connection
        has_host = _has(request, "Host")
        connection.putrequest(request.method, request.target, skip_host=has_host, skip_accept_encoding=True)
        for name, value in request.headers:
            connection.putheader(name, value.encode("utf-8"))
        if request.body is not None and not _has(request, "Content-Length"):
            connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders(request.body)
        answer = connection.getresponse()
        content = answer.read()
        if answer.will_close:
            connection.close()
            self._connection = None
        return Answer(answer.status, tuple(answer.getheaders()), content)


def _unpacked(zipped: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def _has(request: Request, header: str) -> bool:
    return any(name.lower() == header.lower() for name, _ in request.headers)


def json_body(value: Any) -> bytes:
    """Return the content type and bytes of this value as a client sends JSON."""
    return json.dumps(value).encode()

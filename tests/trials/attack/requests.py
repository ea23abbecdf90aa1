"""One request and its answer, over real HTTP, on one connection that is kept."""

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
    """One request: what is asked, by whom (in words), and what is tried with it."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    who: str = "nobody"
    tries: str = ""

    def with_headers(self, *more: tuple[str, str]) -> "Request":
        """The same request with these headers too."""
        return replace(self, headers=(*self.headers, *more))

    def said(self) -> str:
        """Everything that the asker knew already, in lower case."""
        return f"{self.target} {self.headers} {(self.body or b'').decode('utf-8', 'replace')}".lower()

    def __str__(self) -> str:
        body = (self.body or b"")[:200]
        return f"{self.method} {self.target[:300]} by {self.who}{f' ({self.tries})' if self.tries else ''} {body!r}"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    content: bytes

    def header(self, name: str) -> str:
        """A header's value; empty when it is not there."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def kind(self) -> str:
        """The content type, without its parameters."""
        return self.header("Content-Type").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The whole answer as text, headers too; of a zip what is in it."""
        told = "\n".join(f"{name}: {value}" for name, value in self.headers)
        content = _unpacked(self.content) if self.kind == "application/zip" else self.content
        return f"{told}\n\n{content.decode('utf-8', 'replace')}"

    @property
    def json(self) -> Any:
        """What it says, of an answer of the API. Raises ValueError when it is none."""
        return json.loads(self.content)

    @property
    def csrf(self) -> str | None:
        """The token in its form, if it has one."""
        found = CSRF.search(self.content.decode("utf-8", "replace"))
        return found[1] if found else None


@dataclass
class Client:
    """Sends each request exactly as it is, and counts them."""

    base_url: str
    sent: int = 0
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def send(self, request: Request) -> Answer:
        """The answer. Raises TrialFailed when the service is gone."""
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
    """As a client writes it."""
    return json.dumps(value).encode()

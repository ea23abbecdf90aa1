"""A client of the public API, as somebody elsewhere would write it: JSON over one connection that is kept open."""

import http.client
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from service.story.codes import CodeApp

ANSWER_WITHIN = 60.0
PAUSE = 0.3
WANTS_PROOF = frozenset({"second_factor.required", "step.prove_again"})
WRONG_CODE = "second_factor.wrong_code"
PROOFS = 3


class TrialFailed(Exception):
    """The trial cannot go on. The message says why, in one line."""


class Refused(TrialFailed):
    """The API refused a request: its status, and the keys of what was wrong."""

    def __init__(self, method: str, path: str, status: int, problem: dict[str, Any]) -> None:
        self.status, self.problem = status, problem
        self.keys = [problem.get("key"), *(fault.get("key") for fault in problem.get("errors", []))]
        super().__init__(f"{method} {path}: {status} {problem.get('detail', '')} {problem.get('errors', '')}".strip())


@dataclass
class Api:
    """A user of the API. `prefix` is the organisation where they work, `token` is their session.

    With `patience` a request without an answer, or with a 5xx, is sent again with the same key for so many seconds.
    With an `app` the user gives a code when the service demands one, and then repeats the request.
    """

    base_url: str
    token: str | None = None
    prefix: str = "/api"
    patience: float = 0.0
    app: CodeApp | None = None
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def at(self, slug: str) -> "Api":
        """Return the same person, working in one organisation."""
        return Api(self.base_url, self.token, f"/api/o/{slug}", self.patience, self.app)

    def logged_in(self, session: dict[str, Any], app: CodeApp | None = None) -> "Api":
        """Return the user of this session, at work in their first organisation."""
        token, slug = session["token"], session["organisations"][0]["slug"]
        return Api(self.base_url, token, f"/api/o/{slug}", self.patience, app)

    def of_oneself(self) -> "Api":
        """Return the same person, without an app, at the addresses outside any organisation."""
        return Api(self.base_url, self.token, patience=self.patience)

    def without_app(self) -> "Api":
        """Return the same person at the same place without the app for codes."""
        return Api(self.base_url, self.token, self.prefix, self.patience)

    def get(self, path: str) -> Any:
        """Return the answer at this path."""
        return self._ask("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        """Send a POST. The same request sent twice counts once."""
        return self._ask("POST", path, body)

    def decide(self, path: str, act: str, body: Any = None) -> Any:
        """Read the answer at this path, then approve or send it, with the version that was read."""
        return self._ask("POST", f"{path}/{act}", body, version=self.get(path)["version"])

    def put(self, path: str, body: Any, kind: str = "application/json") -> Any:
        """Send a PUT. A string is sent as it is, anything else as JSON."""
        return self._ask("PUT", path, body, kind)

    def all(self, path: str) -> list[dict[str, Any]]:
        """Return every row of a list, page after page."""
        rows: list[dict[str, Any]] = []
        after = ""
        while True:
            page = self.get(f"{path}?limit=200{after}")
            rows += page["items"]
            if page["next"] is None:
                return rows
            after = f"&after={page['next']}"

    def prove(self) -> None:
        """Give a code as proof.

        The next request shows whether it was accepted, because the answer to this one may be lost.
        """
        assert self.app is not None
        try:
            self.of_oneself().post("/session/proof", {"code": self.app.next_code()})
        except Refused as refusal:
            if WRONG_CODE not in refusal.keys:
                raise

    def _ask(
        self, method: str, path: str, body: Any = None, kind: str = "application/json", version: int | None = None
    ) -> Any:
        for _ in range(PROOFS):
            try:
                return self._ask_once(method, path, body, kind, version)
            except Refused as refusal:
                if self.app is None or WANTS_PROOF.isdisjoint(refusal.keys):
                    raise
                self.prove()
        return self._ask_once(method, path, body, kind, version)

    def _ask_once(self, method: str, path: str, body: Any, kind: str, version: int | None) -> Any:
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if method != "GET":
            headers |= {"Content-Type": kind, "Idempotency-Key": str(uuid4())}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        content = None if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
        status, answer = self._patiently(method, self.prefix + path, content, headers)
        document = json.loads(answer) if answer else None
        if status >= 400:
            raise Refused(method, self.prefix + path, status, document or {})
        return document

    def _patiently(self, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        deadline = time.monotonic() + self.patience
        while True:
            try:
                status, answer = self._exchange(method, path, content, headers)
                if status < 500 or time.monotonic() >= deadline:
                    return status, answer
            except (TrialFailed, OSError, http.client.HTTPException):
                self._connection = None
                if time.monotonic() >= deadline:
                    raise
            time.sleep(PAUSE)

    def _exchange(self, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        kept = self._connection is not None
        try:
            return self._send(method, path, content, headers)
        except (ConnectionError, http.client.HTTPException) as fault:
            self._connection = None
            if not kept:
                raise TrialFailed(f"{method} {path}: no answer ({type(fault).__name__})") from fault
            return self._send(method, path, content, headers)  # The server closed a connection that was idle.
        except OSError as fault:
            raise TrialFailed(f"{method} {path}: no answer ({fault})") from fault

    def _send(self, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(urlsplit(self.base_url).netloc, timeout=ANSWER_WITHIN)
        self._connection.request(method, path, content, headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

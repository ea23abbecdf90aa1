"""The servers around the mail: the project's own SendGrid, and the other end of its webhook."""

import json
import subprocess
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import Any

KEY = "SG.for-the-mail-tests"
WITHIN = 15.0


def poll(met: Callable[[], Any]) -> Any:
    """Ask until there is a true answer, and return it."""
    end = time.monotonic() + WITHIN
    while not (answer := met()):
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)
    return answer


@dataclass
class Receiver:
    """The webhook's other end: it keeps what is posted."""

    server: ThreadingHTTPServer
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/"


@dataclass
class Sandbox:
    """The project's SendGrid, as a process of its own."""

    url: str
    process: subprocess.Popen[bytes]

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=WITHIN) as answer:
            return json.loads(answer.read() or "null")

    def fail(self, *rules: dict[str, Any]) -> None:
        self.ask("PUT", "/sandbox/faults", {"rules": rules})

    def is_up(self) -> bool:
        assert self.process.poll() is None, "the sandbox did not start"
        try:
            return bool(self.ask("GET", "/v3/scopes"))
        except OSError:
            return False

"""A real sandbox (gunicorn on a free loopback port) and a real receiver for its events."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sendgrid import SendGridAPIClient

ROOT = Path(__file__).parents[2]
KEY = "SG.for-tests"
DEADLINE = 10.0


def poll(met: Callable[[], Any], within: float = DEADLINE) -> Any:
    """Poll until there is a true answer, and return it."""
    end = time.monotonic() + within
    while not (answer := met()):
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)
    return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Answer:
    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def fields(self) -> list[str]:
        return [error["field"] for error in self.json["errors"]]


@dataclass
class Receiver:
    """The webhook's other end. ``status`` is what it answers; every POST that came is kept."""

    server: ThreadingHTTPServer
    status: int = 204
    posts: list[tuple[dict[str, str], bytes, int]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/webhooks/sendgrid"

    def events(self) -> list[dict[str, Any]]:
        taken = [json.loads(body) for _, body, status in self.posts if status < 300]
        return [event for events in taken for event in events]

    def of(self, address: str) -> list[str]:
        return [event["event"] for event in self.events() if event["email"] == address]


@dataclass
class SandboxProcess:
    """The sandbox as a person starts it, with its own folder."""

    folder: Path
    port: int
    webhook_url: str = ""
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "SandboxProcess":
        app = "service.sandbox.app:from_environment()"
        command = [sys.executable, "-m", "gunicorn", "-w", "1", "-k", "gthread", "--threads", "8"]
        command += ["--bind", f"127.0.0.1:{self.port}", "--no-control-socket", app]
        environ = {"SENDGRID_API_KEY": KEY, "SANDBOX_DIR": str(self.folder), "WEBHOOK_URL": self.webhook_url}
        with open(self.folder.parent / "gunicorn.log", "ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environ, stdout=log, stderr=log, start_new_session=True
            )
        poll(self._answers)
        return self

    def kill(self) -> None:
        """kill -9, the whole family."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        headers_sent = {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}", **headers}
        request = urllib.request.Request(self.url + path, data, headers_sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=DEADLINE) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as problem:
            with problem:
                return Answer(problem.code, problem.headers, problem.read())

    def send(self, mail: Any) -> Answer:
        return self.ask("POST", "/v3/mail/send", mail)

    def log(self) -> dict[str, Any]:
        return self.ask("GET", "/sandbox/log").json

    def fail(self, *rules: dict[str, Any], **webhook: Any) -> None:
        assert self.ask("PUT", "/sandbox/faults", {"rules": rules, "webhook": webhook}).status == 200

    def client(self, timeout: float = DEADLINE) -> SendGridAPIClient:
        """The library the product uses, pointed here."""
        client = SendGridAPIClient(KEY, host=self.url)
        client.client.timeout = timeout
        return client

    def _answers(self) -> bool:
        assert self.process is not None and self.process.poll() is None, "the sandbox did not start"
        try:
            return self.ask("GET", "/v3/scopes").status == 200
        except OSError:
            return False


def make_mail(*addresses: str, **changes: Any) -> dict[str, Any]:
    """A mail SendGrid accepts, one personalization an address; a change to None leaves a key out."""
    people = [
        {"to": [{"email": address}], "custom_args": {"n": "notice-1", "m": f"m-{place}", "b": "batch-1"}}
        for place, address in enumerate(addresses)
    ]
    mail = {
        "personalizations": people,
        "from": {"email": "meldketen@example.nl", "name": "Meldketen"},
        "subject": "Uw gegevens",
        "content": [{"type": "text/plain", "value": "Beste lezer"}],
        **changes,
    }
    return {name: value for name, value in mail.items() if value is not None}


@pytest.fixture(scope="session")
def mail_to() -> Callable[..., dict[str, Any]]:
    return make_mail


@pytest.fixture(scope="session")
def wait_until() -> Callable[..., Any]:
    return poll


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """One sandbox without a webhook, for tests that leave nothing behind but mail."""
    folder = tmp_path_factory.mktemp("shared") / "sandbox"
    folder.mkdir()
    running = SandboxProcess(folder, free_port()).start()
    yield running
    running.kill()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            there.posts.append((dict(self.headers), body, there.status))
            self.send_response(there.status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quiet: the tests look at the posts."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there = Receiver(server)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield there
    server.shutdown()
    server.server_close()


@pytest.fixture
def sandbox(tmp_path: Path, receiver: Receiver) -> Iterator[SandboxProcess]:
    """A sandbox of one's own, whose events go to the receiver."""
    folder = tmp_path / "sandbox"
    folder.mkdir()
    running = SandboxProcess(folder, free_port(), receiver.url).start()
    yield running
    running.kill()

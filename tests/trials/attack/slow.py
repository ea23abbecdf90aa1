"""Slow parties on both sides: clients that send a byte and wait, and a provider that never finishes its answer.

While they hold as many threads as they can, the service must answer others. Their requests are bounded in number and in
time.
"""

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import urlsplit

from tests.trials.attack.judging import Judge
from tests.trials.attack.requests import Client, Request, json_body
from tests.trials.attack.visitors import Visitor

PEERS = 20
"""The number of connections: more than the threads of this trial's web server (two processes of eight)."""
ANSWERS_WITHIN_S = 10.0
HEADER_EVERY_S, LASTS_S = 1.0, 30.0
PLACES = ("/healthz", "/genuine")
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def hold(client: Client, judge: Judge, owner: Visitor, slug: str) -> None:
    """Hold the service with slow requests, then with a slow provider, and count where others are not answered."""
    host = urlsplit(client.base_url).netloc
    for name, opening in REQUESTS.items():
        with ExitStack() as held:
            for _ in range(PEERS):
                held.enter_context(_holding(host, opening.replace(b"HOST", host.encode())))
            _still_answers(host, judge, name)
            client.sent += PEERS
    with _slow_provider() as port:
        _use_provider(client, owner, slug, f"http://127.0.0.1:{port}")
        errands = [_errand(client, slug) for _ in range(PEERS)]
        with ExitStack() as held:
            for cookie in errands:
                going = f"GET /login/oidc/go HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n"
                held.enter_context(_holding(host, going.encode()))
            _still_answers(host, judge, "a slow provider")
            client.sent += PEERS
        client.send(Request("DELETE", f"/api/o/{slug}/provider", owner.headers(True), who=owner.name))


REQUESTS = {
    "slow headers": b"GET /genuine HTTP/1.1\r\nHost: HOST\r\nX-Slow: ",
    "slow bodies": b"POST /login HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                   b"Content-Length: 50\r\n\r\ne",
    "slow bodies at the webhook": b"POST /webhooks/sendgrid HTTP/1.1\r\nHost: HOST\r\n"
                                  b"Content-Type: application/json\r\nContent-Length: 50\r\n\r\n[",
}  # fmt: skip
"""The bytes that a client sends before it waits."""


def _still_answers(host: str, judge: Judge, name: str) -> None:
    for place in PLACES:
        line = http.client.HTTPConnection(host, timeout=ANSWERS_WITHIN_S)
        try:
            line.request("GET", place)
            status = line.getresponse().status
            if status not in (200, 503):
                judge.count("stopped", f"{status} at {place} beside {name}", place)
        except (OSError, http.client.HTTPException) as fault:
            judge.count("stopped", f"no answer at {place} beside {name}", type(fault).__name__)
        finally:
            line.close()


@contextmanager
def _holding(host: str, opening: bytes) -> Iterator[None]:
    """Open a connection that sends these bytes and waits. The service may refuse it or end it."""
    name, _, port = host.partition(":")
    with ExitStack() as kept:
        with suppress(OSError):
            line = kept.enter_context(socket.create_connection((name, int(port)), timeout=ANSWERS_WITHIN_S))
            line.sendall(opening)
        yield


def _use_provider(client: Client, owner: Visitor, slug: str, issuer: str) -> None:
    body = {"name": "Traag", "issuer": issuer, "client_id": "meldketen", "client_secret": "geheim"}
    headers = (*owner.headers(True), ("Content-Type", "application/json"))
    client.send(Request("PUT", f"/api/o/{slug}/provider", headers, json_body(body), owner.name, "slow provider"))


def _errand(client: Client, slug: str) -> str:
    answer = client.send(Request("GET", f"/login/{slug}/provider", tries="slow provider"))
    return answer.header("Set-Cookie").partition(";")[0]


@contextmanager
def _slow_provider() -> Iterator[int]:
    """Run a server that begins every answer and sends one header line each second, until it is stopped."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0), backlog=2 * PEERS) as listening:
        listening.settimeout(0.2)
        threading.Thread(target=_serve, args=(listening, over), daemon=True).start()
        try:
            yield listening.getsockname()[1]
        finally:
            over.set()


def _serve(listening: socket.socket, over: threading.Event) -> None:
    while not over.is_set():
        with suppress(OSError):
            line, _ = listening.accept()
            threading.Thread(target=_drip, args=(line, over), daemon=True).start()


def _drip(line: socket.socket, over: threading.Event) -> None:
    with suppress(OSError), line:
        line.sendall(HEAD)
        for _ in range(int(LASTS_S / HEADER_EVERY_S)):
            if over.wait(HEADER_EVERY_S):
                return
            line.sendall(b"X-Slow: 1\r\n")

"""Whoever sends slowly, or reads slowly, keeps nobody else waiting, and is ended."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from service.embedded.ports import any_free
from service.http.web_worker import MOST_ARRIVING, refuse_the_open_internet
from tests.conftest import Database
from tests.service.served import (
    HURRIED,
    PATIENT,
    ROOT,
    THREADS,
    answer_of,
    asked,
    is_alive,
    lines,
    now_and_then,
    served,
    whole_answer_of,
)  # fmt: skip

HEAD = b"POST /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
BODY = b'{"email": 5, "password": "%s"}' % (b"x" * 500)
WHOLE = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY
LAST = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
BEGINNINGS = {
    "nothing": b"",
    "a word": b"GE",
    "half a head": HEAD,
    "a head that goes on": HEAD + b"X-More: 1\r\n" * 20,
    "a body that never comes": HEAD + b"Content-Length: 50\r\n\r\n",
    "a body of one byte": HEAD + b"Content-Length: 50\r\n\r\n{",
}


@pytest.fixture(scope="module")
def web(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The web server with its own deadlines."""
    with served(database.config, tmp_path_factory.mktemp("web")) as port:
        yield port


@pytest.fixture(scope="module")
def hurried(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The web server with deadlines of a second."""
    with served(database.config, tmp_path_factory.mktemp("hurried"), HURRIED) as port:
        yield port


@pytest.fixture(scope="module")
def patient(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The web server without deadlines that count here."""
    with served(database.config, tmp_path_factory.mktemp("patient"), PATIENT) as port:
        yield port


@pytest.mark.parametrize("begin", BEGINNINGS.values(), ids=BEGINNINGS)
def test_slow_senders_leave_the_threads_to_others(web: int, begin: bytes) -> None:
    with lines(web, 4 * THREADS, begin):
        assert is_alive(web)
        assert b" 422 " in asked(web, WHOLE.replace(b"Host", b"Connection: close\r\nHost")).split(b"\r\n")[0]


@pytest.mark.parametrize("begin", BEGINNINGS.values(), ids=BEGINNINGS)
def test_what_does_not_come_in_time_is_ended(hurried: int, begin: bytes) -> None:
    with lines(hurried, 1, begin) as [line]:
        assert answer_of(line)[:13] == (b"HTTP/1.1 408 " if begin else b"")
    assert is_alive(hurried)


@pytest.mark.parametrize("begin", [HEAD, HEAD + b"Content-Length: 5000\r\n\r\n"], ids=["head", "body"])
def test_a_sender_of_single_bytes_is_ended_in_time(hurried: int, begin: bytes) -> None:
    with lines(hurried, 2 * THREADS, begin) as slow:
        stop_at = time.monotonic() + 30
        for line in slow:
            Thread(target=now_and_then, args=(line, b"x" * 300, stop_at), daemon=True).start()
        assert is_alive(hurried)
        assert all(answer_of(line).startswith(b"HTTP/1.1 408 ") for line in slow)


def test_who_takes_no_answer_is_given_up(hurried: int) -> None:
    asks = b"GET /static/inter-latin.woff2 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 200
    with lines(hurried, 2 * THREADS) as readers:
        for line in readers:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            line.sendall(asks)
        for _ in range(20):  # longer than it takes until the readers hold every thread
            assert is_alive(hurried)
            time.sleep(0.1)


def test_open_connections_leave_threads_to_others(web: int) -> None:
    with lines(web, 40, LAST):
        assert is_alive(web)


def test_when_too_many_are_slow_the_slowest_go_first(patient: int) -> None:
    """To begin so many takes a busy machine longer than the deadline of a head."""
    with lines(patient, MOST_ARRIVING + 5, HEAD) as slow:
        assert all(answer_of(line).startswith(b"HTTP/1.1 503 ") for line in slow[:5])
        assert is_alive(patient)
        slow[-1].sendall(WHOLE[len(HEAD) :])
        assert slow[-1].recv(100).startswith(b"HTTP/1.1 422 ")


def test_a_request_in_pieces_is_one_request(web: int) -> None:
    for size in (1, 7, 100):
        with lines(web, 1) as [line]:
            for place in range(0, len(WHOLE), size):
                line.sendall(WHOLE[place : place + size])
            assert line.recv(100).startswith(b"HTTP/1.1 422 ")


@pytest.mark.parametrize("more", [0, 50_000], ids=["read at once", "more than is read at once"])
def test_requests_behind_each_other_are_each_answered(web: int, more: int) -> None:
    body = BODY.replace(b"x", b"x" * (more + 1), 1)
    whole = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
    came = asked(web, LAST.replace(b"close", b"keep-alive") + whole + LAST)
    assert [part[:3] for part in came.split(b"HTTP/1.1 ")[1:]] == [b"200", b"422", b"200"]


def test_a_connection_is_used_again(web: int) -> None:
    with lines(web, 1) as [line]:
        for _ in range(3):
            line.sendall(WHOLE)
            assert whole_answer_of(line).startswith(b"HTTP/1.1 422 ")


@pytest.mark.parametrize(("request_", "status"), [
    (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
    (HEAD + b"X: " + b"x" * 70_000, b"431"),
    (HEAD + b"Content-Length: 1x\r\n\r\n", b"400"),
    (b"nonsense\r\n\r\n", b"400"),
    (HEAD + b"Content-Length: 9000000\r\n\r\n" + b"x" * 9_000_000, b"413"),
    (HEAD + b"Content-Length: 99999999999\r\n\r\nx", b"413"),
    (HEAD + b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n", b"100"),
])  # fmt: skip
def test_what_is_refused_or_asked_to_go_on(web: int, request_: bytes, status: bytes) -> None:
    with lines(web, 1, request_) as [line]:
        assert line.recv(100).split(b" ")[1] == status
    assert is_alive(web)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.1", "example.nl"])
def test_the_open_internet_is_refused(address: str) -> None:
    refuse_the_open_internet(["127.0.0.1", "::1", "localhost"])
    with pytest.raises(RuntimeError, match=f"TRUSTED_PROXIES is not set, and web would listen on {address}"):
        refuse_the_open_internet([address])


@pytest.mark.parametrize(("proxies", "starts"), [("0", False), ("", False), ("1", True)])
def test_the_procfile_starts_only_behind_a_proxy(database: Database, proxies: str, starts: bool) -> None:
    web = next(line for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith("web: "))
    environ = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "TRUSTED_PROXIES": proxies, "PORT": str(any_free()),
    }  # fmt: skip
    if not starts:  # without other settings it ends in any case
        environ = database.config.as_environment() | environ
    command = ["sh", "-c", f"exec {web.removeprefix('web: ')}"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode
    assert ("TRUSTED_PROXIES is not set" in done.stderr) is not starts

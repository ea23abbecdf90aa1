"""The web server as a process of its own, with real connections to it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from service.config import Config
from service.embedded.ports import any_free, wait_for
from service.http.web_worker import WholeRequests

ROOT = Path(__file__).parents[2]
THREADS = 2
PATIENCE_S = 20.0
WITH_LENGTH = re.compile(rb".*?\r\nContent-Length: ([0-9]+)\r\n.*?\r\n\r\n", re.S | re.I)
"""A test fails then; nothing is judged by it."""
WHOLE = "service.http.web_worker.WholeRequests"
HURRIED, PATIENT = "tests.service.served.Hurried", "tests.service.served.Patient"


class Hurried(WholeRequests):
    """The same with short deadlines, so that their effect is seen."""

    head_within_s = whole_within_s = 1.0
    answer_within_s = 1.0


class Patient(WholeRequests):
    """The same with deadlines that no busy machine reaches, where a test looks at something else."""

    head_within_s = whole_within_s = answer_within_s = 3600.0


@contextmanager
def served(config: Config, folder: Path, worker: str = WHOLE, threads: int = THREADS) -> Iterator[int]:
    """One process with so many threads, on the port that this gives."""
    port = any_free()
    command = [
        sys.executable, "-m", "gunicorn", "--worker-class", worker, "--workers", "1", "--threads", str(threads),
        "--bind", f"127.0.0.1:{port}", "--no-control-socket", "--graceful-timeout", "1", "wsgi:app",
    ]  # fmt: skip
    environ = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    with (folder / "web.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environ | config.as_environment(), stdout=log, stderr=log, start_new_session=True
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", 60, lambda: None if process.poll() is None else "it ended")
        yield port
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def lines(port: int, count: int, begin: bytes = b"") -> Iterator[list[socket.socket]]:
    """So many connections, on each of which this was sent."""
    with ExitStack() as open_lines:
        made = [open_lines.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE_S))
                for _ in range(count)]  # fmt: skip
        for line in made:
            line.sendall(begin)
        yield made


def answer_of(line: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    line.settimeout(PATIENCE_S)
    came = b""
    try:
        while more := line.recv(65536):
            came += more
    except ConnectionResetError:
        pass
    return came


def whole_answer_of(line: socket.socket) -> bytes:
    """One answer up to its length, on a connection that stays open: its head and its body may come apart."""
    came = b""
    while (answer := WITH_LENGTH.match(came)) is None or len(came) < answer.end() + int(answer[1]):
        more = line.recv(65536)
        assert more, "the other side closed"
        came += more
    return came


def asked(port: int, request: bytes) -> bytes:
    """The answer to one request, on a connection of its own."""
    with lines(port, 1, request) as [line]:
        return answer_of(line)


def is_alive(port: int) -> bool:
    """Whether /healthz answers."""
    return asked(port, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").startswith(
        b"HTTP/1.1 200"
    )


def now_and_then(line: socket.socket, part: bytes, stop_at: float) -> None:
    """A byte at a time, slowly, until then or until nobody listens."""
    for place in range(len(part)):
        if time.monotonic() > stop_at:
            return
        try:
            line.sendall(part[place : place + 1])
        except OSError:
            return
        time.sleep(0.1)


def in_time(call: Callable[[], Any]) -> Any:
    """What it comes to; fails when it never ends."""
    answer: Future[Any] = Future()

    def run() -> None:
        try:
            answer.set_result(call())
        except BaseException as fault:
            answer.set_exception(fault)

    Thread(target=run, daemon=True).start()
    return answer.result(PATIENCE_S)

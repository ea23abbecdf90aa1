"""Ports on this machine: which are free, and who answers there."""

import http.client
import socket
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from service.embedded.errors import EmbeddedError

LOOPBACK = "127.0.0.1"
TRIES = 20


def is_free(port: int) -> bool:
    """Whether we could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def exactly(port: int) -> int:
    """The port asked for by hand; never another one."""
    if not is_free(port):
        raise EmbeddedError(f"Port {port} is taken by another program; give another one with --port.")
    return port


def from_upwards(port: int, besides: int | None = None) -> int:
    """The first free port from here on, and not the one we have in mind for something else."""
    for candidate in range(port, port + TRIES):
        if candidate != besides and is_free(candidate):
            return candidate
    raise EmbeddedError(f"Ports {port} to {port + TRIES - 1} are all taken; give another one with --port.")


def any_free() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    """Whether a web server answers there, whatever it answers."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait_for(url: str, within: float, failed: Callable[[], str | None]) -> None:
    """Wait until it answers; stop at once when ``failed`` knows why it never will."""
    deadline = time.monotonic() + within
    while not answers(url):
        reason = failed()
        if reason is not None:
            raise EmbeddedError(reason)
        if time.monotonic() > deadline:
            raise EmbeddedError(f"{url} does not answer within {within:.0f} seconds.")
        time.sleep(0.1)

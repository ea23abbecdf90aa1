"""Ports on this machine: which are free, holding one, and who answers there."""

import http.client
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

from service.embedded.errors import EmbeddedError

LOOPBACK = "127.0.0.1"
TRIES = 20


def hold(port: int) -> socket.socket:
    """Hold the port (0: any that is free) until this is closed. A server of ours then listens there and shares it.

    A port is taken when it is chosen, not a minute later when the server starts, so two installations that start at
    the same time get different ports. Nothing listens yet: who connects too early is refused. Raises OSError when the
    port is taken.
    """
    held = socket.socket()
    try:
        # Connections of an earlier server that still linger do not block us.
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind((LOOPBACK, port))
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)  # From now on we block every other server,
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # except one that asks to share the port.
    except OSError:
        held.close()
        raise
    return held


def number_of(held: socket.socket) -> int:
    """Return the number of the port."""
    return int(held.getsockname()[1])


def exactly(port: int) -> socket.socket:
    """Hold exactly the port that was asked for. Raises EmbeddedError when it is taken."""
    try:
        return hold(port)
    except OSError as fault:
        raise EmbeddedError(f"Port {port} is taken by another program; give another one with --port.") from fault


def from_upwards(port: int) -> socket.socket:
    """Hold the first free port from this number on. Raises EmbeddedError when 20 in a row are taken."""
    for candidate in range(port, port + TRIES):
        with suppress(OSError):
            return hold(candidate)
    raise EmbeddedError(f"Ports {port} to {port + TRIES - 1} are all taken; give another one with --port.")


def any_free() -> int:
    """Return a port that is free now, for a server that starts at once."""
    with hold(0) as held:
        return number_of(held)


def answers(url: str) -> bool:
    """Return whether a web server answers on this port, with any status."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait_for(url: str, within: float, failed: Callable[[], str | None]) -> None:
    """Wait until the server answers. Raises EmbeddedError after the time, or at once when ``failed`` gives a reason."""
    deadline = time.monotonic() + within
    while not answers(url):
        reason = failed()
        if reason is not None:
            raise EmbeddedError(reason)
        if time.monotonic() > deadline:
            raise EmbeddedError(f"{url} does not answer within {within:.0f} seconds.")
        time.sleep(0.1)

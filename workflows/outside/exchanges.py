"""One HTTP request to a server of somebody else and its answer, with one deadline for the whole of it.

Looking up the name, connecting, TLS, the request, the headers and the body share the same seconds, so a server that
sends one byte now and then cannot hold a thread. The answer, with its headers, has a limit in bytes.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPMessage
from threading import BoundedSemaphore, Thread
from typing import Any
from urllib.parse import SplitResult, urlsplit

MOST_ADDRESSES = 3
MOST_AT_ONCE = 64 * 1024
"""Bytes of one read or write."""
MOST_LOOKUPS = 8
"""The most threads that may wait for the system's resolver, which has no deadline."""
_lookups = BoundedSemaphore(MOST_LOOKUPS)
Resolver = Callable[..., list[Any]]


class NotSent(OSError):
    """Raised when nothing was sent to the other side yet: its name, the connection or TLS failed. The cause says why.
    """


class TooLarge(OSError):
    """Raised when an answer is larger than its limit."""


class Deadline:
    """One end for a whole exchange, `until` on the monotonic clock in seconds, and the most bytes it may bring."""

    def __init__(self, until: float, most_bytes: int) -> None:
        self._until, self._room = until, most_bytes

    def left(self) -> float:
        """Return the seconds that are left. Raises TimeoutError when there are none."""
        seconds = self._until - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("the deadline of this exchange has passed")
        return seconds

    def count(self, received: int) -> None:
        """Count so many bytes as received. Raises TooLarge when they exceed the limit."""
        self._room -= received
        if self._room < 0:
            raise TooLarge("more came back than we read")


@dataclass(frozen=True)
class Question:
    """The request to send, and its address."""

    method: str
    url: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Reply:
    """The answer that was received."""

    status: int
    headers: HTTPMessage
    body: bytes


def ask(question: Question, deadline: Deadline, check: Callable[[list[str]], None] = lambda addresses: None) -> Reply:
    """Send the request once, without redirects or repeats. `check` may refuse the addresses that the name stands for.

    Raises NotSent before anything was sent; TimeoutError, TooLarge, other OSError or HTTPException after that.
    """
    parts = urlsplit(question.url)
    with _line_to(parts, deadline, check) as line:
        connection = http.client.HTTPConnection(parts.hostname or "")
        connection.sock = _Bounded(line, deadline)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = parts.netloc.rpartition("@")[2]
        connection.request(question.method, path, question.body, {"Host": host, **question.headers})
        answer = connection.getresponse()
        return Reply(answer.status, answer.msg, b"".join(iter(lambda: answer.read1(MOST_AT_ONCE), b"")))


def addresses_of(host: str, port: int, deadline: Deadline, resolver: Resolver = socket.getaddrinfo) -> list[str]:
    """Return the addresses of this name; a resolver answers as getaddrinfo does. Raises OSError, also after the
    deadline."""
    try:
        numeric = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        numeric = _looked_up(host, port, deadline, resolver)
    return [str(entry[4][0]) for entry in numeric]


def reached(addresses: list[str], port: int, deadline: Deadline) -> socket.socket:
    """Connect to the first address that answers, of at most MOST_ADDRESSES: a machine may reach only one of IPv4 and
    IPv6.

    Each address has its share of the time. Raises OSError when none answers.
    """
    failed: OSError = OSError("no address")
    tried = addresses[:MOST_ADDRESSES]
    for place, address in enumerate(tried):
        try:
            return socket.create_connection((address, port), deadline.left() / (len(tried) - place))
        except OSError as fault:
            failed = fault
    raise failed


def _looked_up(host: str, port: int, deadline: Deadline, resolver: Resolver) -> list[Any]:
    if not _lookups.acquire(timeout=deadline.left()):
        raise TimeoutError("too many names are being looked up")
    answer: Future[list[Any]] = Future()

    def look_up() -> None:
        try:
            answer.set_result(resolver(host, port, type=socket.SOCK_STREAM))
        except Exception as fault:
            answer.set_exception(fault)
        finally:
            _lookups.release()

    Thread(target=look_up, name="lookup", daemon=True).start()
    return answer.result(deadline.left())


def _line_to(parts: SplitResult, deadline: Deadline, check: Callable[[list[str]], None]) -> socket.socket:
    """Return a connection, over TLS for https. Raises NotSent, and whatever `check` raises."""
    host, is_safe = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_safe else 80)
    try:
        addresses = addresses_of(host, port, deadline)
    except (OSError, UnicodeError) as fault:
        raise NotSent(type(fault).__name__) from fault
    check(addresses)
    try:
        line = reached(addresses, port, deadline)
        return _over_tls(line, host, deadline) if is_safe else line
    except OSError as fault:
        raise NotSent(type(fault).__name__) from fault


def _over_tls(line: socket.socket, host: str, deadline: Deadline) -> ssl.SSLSocket:
    """Return a TLS connection whose certificate bears the name; the whole handshake must end within the time that is
    left."""
    try:
        line.settimeout(deadline.left())
        return _trust().wrap_socket(line, server_hostname=host)
    except OSError:
        line.close()
        raise


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


class _Bounded:
    """A connected socket, as http.client uses one: each read and each write gets the time that is left."""

    def __init__(self, line: socket.socket, deadline: Deadline) -> None:
        self._line, self._deadline = line, deadline

    def sendall(self, content: bytes) -> None:
        """Send all bytes. Raises TimeoutError when the time is over."""
        rest = memoryview(content)
        while rest:
            self._line.settimeout(self._deadline.left())
            rest = rest[self._line.send(rest[:MOST_AT_ONCE]) :]

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return a file to read the answer from; closing it leaves the connection open."""
        return io.BufferedReader(_Reading(self._line, self._deadline))

    def close(self) -> None:
        """Do nothing: the answer may still be read, and the caller of `ask` closes the connection."""


class _Reading(io.RawIOBase):
    def __init__(self, line: socket.socket, deadline: Deadline) -> None:
        self._line, self._deadline = line, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._line.settimeout(self._deadline.left())
        received = self._line.recv_into(buffer)
        self._deadline.count(received)
        return received

"""The web server's worker. A thread only gets a request that is complete, so a slow sender holds no thread.

gunicorn's own gthread gives a connection to a thread at once. That thread then waits for the bytes, so as many slow
senders as there are threads block everybody else. Here one loop accepts connections and collects head and body, each
within a time and a size, without waiting. An idle or slow connection costs a descriptor; when there are too many, the
slowest is closed first. A thread begins when the request is complete. Sending its answer has a time limit too.

``gunicorn --worker-class service.http.web_worker.WholeRequests``
"""

import ipaddress
import selectors
import socket
import time
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from service.config import environment
from service.http.arriving import BUSY, LATE, Arriving, Collected, Refusal

HEAD_WITHIN_S = 10.0
WHOLE_WITHIN_S = 60.0
"""Seconds from the first byte to the last of the largest body.

A slow telephone may need them, and it holds no thread.
"""
ANSWER_WITHIN_S = 15.0
"""Seconds for a reader to take one part of an answer. Most answers fit in the kernel's buffer."""
LINGER_S = 2.0
LOOKS_EVERY_S = 0.2
MOST_ARRIVING = 500
MOST_BYTES_ARRIVING = 128 * 1024 * 1024
KEPT_BY_THE_KERNEL = 256 * 1024
AT_ONCE = 256 * 1024
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
NOTHING = "HTTP/1.1 {}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Connection(TConn):
    """One connection. Closing it does not hold up the loop that serves all others."""

    def __init__(self, worker: "WholeRequests", *about: Any) -> None:
        super().__init__(*about)
        self.worker = worker
        self.arriving = Arriving()
        self.until, self.has_more_time = 0.0, False

    @property
    def begun(self) -> bool:
        """Return whether any byte of the awaited request has arrived."""
        return self.arriving.count > 0

    def take(self, more: bytes) -> None:
        """Take these bytes. Raises Refusal as `Arriving.take` does."""
        self.arriving.take(more)

    def close(self, graceful: bool = False) -> None:
        """Close at once; or, when `graceful`, announce the end and let the other side read what was sent."""
        if graceful:
            self.worker.linger(self)
        else:
            super().close()


class WholeRequests(ThreadWorker):
    """gunicorn's threaded worker, with requests collected before a thread takes them."""

    head_within_s, whole_within_s, answer_within_s = HEAD_WITHIN_S, WHOLE_WITHIN_S, ANSWER_WITHIN_S

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.arriving: dict[Connection, None] = {}  # The connections are kept in the order in which they came.
        self.looks_at = 0.0
        self.leaving: dict[Connection, None] = {}

    @property
    def bytes_arriving(self) -> int:
        """Return how many bytes of incomplete requests are held now, without those that were refused."""
        return sum(conn.arriving.count for conn in self.arriving)

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        """Refuse to listen on the open internet where no proxy is configured. Raises RuntimeError."""
        super().check_config(cfg, log)
        refuse_the_open_internet([address[0] for address in cfg.address if isinstance(address, tuple)])

    def accept(self, listener: Any) -> None:
        """Accept a connection, and begin to collect its request."""
        try:
            sock, client = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KEPT_BY_THE_KERNEL)
        self.enqueue_req(Connection(self, self.cfg, sock, client, listener.getsockname()))

    def enqueue_req(self, conn: Connection) -> None:
        """Collect the next request of this connection. Bytes that were read too early are its beginning."""
        begun = conn.parser.unreader.take_buffered() if conn.initialized else b""
        conn.until, conn.has_more_time = time.monotonic() + self.head_within_s, False
        conn.sock.setblocking(False)
        self.arriving[conn] = None
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._collect, conn))
        try:
            conn.arriving = Arriving()
            conn.take(begun)
        except Refusal as refusal:
            return self._refuse(conn, str(refusal))
        if conn.arriving.is_whole:
            return self._go_on(conn)
        self._collect(conn, conn.sock)
        self._make_room()

    def finish_request(self, conn: Connection, fs: Any) -> None:
        """Finish an answer. Bytes that arrived after this request are the beginning of the next one."""
        if conn.initialized:
            conn.parser.unreader.settle()
        super().finish_request(conn, fs)

    def handle_request(self, req: Any, conn: Connection) -> Any:
        """Answer the request. Close the connection when the reader takes no bytes."""
        conn.sock.settimeout(self.answer_within_s)
        try:
            return super().handle_request(req, conn)
        except TimeoutError:
            self.log.info("An answer was not read in time.")
            return False

    def murder_pending(self) -> None:
        """Close connections that are too slow, and those that were ended before.

        A worker that stops waits for fewer.
        """
        super().murder_pending()
        now = time.monotonic()
        if now < self.looks_at:
            return
        self.looks_at = now + LOOKS_EVERY_S
        for conn in [conn for conn in self.arriving if conn.until < now or not (self.alive or conn.begun)]:
            self._refuse(conn, LATE)
        for conn in [conn for conn in self.leaving if conn.until < now]:
            self._gone(conn)

    def linger(self, conn: Connection) -> None:
        """Wait a moment before closing: closing with unread bytes would undo the answer (RFC 9112, 9.6).

        The loop goes on.
        """
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._let_go, conn))
        except (OSError, ValueError, KeyError):
            conn.close()
            return
        conn.until = time.monotonic() + LINGER_S
        self.leaving[conn] = None
        if len(self.leaving) > MOST_ARRIVING:
            self._gone(next(iter(self.leaving)))

    def _collect(self, conn: Connection, sock: Any) -> None:
        try:
            more = sock.recv(AT_ONCE)
            if not more:
                return self._drop(conn)
            conn.take(more)
        except BlockingIOError:
            pass
        except Refusal as refusal:
            return self._refuse(conn, str(refusal))
        except OSError:
            return self._drop(conn)
        self._go_on(conn)

    def _go_on(self, conn: Connection) -> None:
        """Give a complete request to a thread; else begin the time limit of the body."""
        if conn.arriving.is_whole:
            self._forget(conn)
            conn.init()
            conn.parser.unreader, conn.data_ready = Collected(conn.arriving.content), True
            super().enqueue_req(conn)
        elif conn.arriving.has_head and not conn.has_more_time:
            conn.has_more_time, conn.until = True, time.monotonic() + self.whole_within_s
            if conn.arriving.asks_to_go_on:
                with suppress(OSError):
                    conn.sock.send(GO_ON)

    def _make_room(self) -> None:
        """Close the slowest connection. A connection that sent its request at once is never chosen."""
        while len(self.arriving) > MOST_ARRIVING or self.bytes_arriving > MOST_BYTES_ARRIVING:
            self._refuse(next(iter(self.arriving)), BUSY)

    def _refuse(self, conn: Connection, status: str) -> None:
        self._forget(conn)
        self.nr_conns -= 1
        if conn.begun:
            with suppress(OSError):
                conn.sock.send(NOTHING.format(status).encode())
        conn.close(graceful=True)

    def _drop(self, conn: Connection) -> None:
        self._forget(conn)
        self.nr_conns -= 1
        conn.close()

    def _forget(self, conn: Connection) -> None:
        self.arriving.pop(conn, None)
        self.poller.unregister(conn.sock)

    def _let_go(self, conn: Connection, sock: Any) -> None:
        try:
            ended = not sock.recv(AT_ONCE)
        except BlockingIOError:
            return
        except OSError:
            ended = True
        if ended:
            self._gone(conn)

    def _gone(self, conn: Connection) -> None:
        self.leaving.pop(conn, None)
        self.poller.unregister(conn.sock)
        conn.close()


def refuse_the_open_internet(addresses: list[str]) -> None:
    """Check that a proxy is configured when the web server listens outside this machine.

    Raises RuntimeError without one.
    """
    proxies = environment().get("TRUSTED_PROXIES", "").strip() or "0"
    outside = [address for address in addresses if not _is_loopback(address)]
    if outside and proxies == "0":
        raise RuntimeError(
            f"TRUSTED_PROXIES is not set, and web would listen on {outside[0]}: put a proxy before it and set how "
            "many there are, or bind it to 127.0.0.1. See README.md, Run it for real."
        )


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
